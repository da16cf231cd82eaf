// A learner's view of the plane: what it predicts where, and the labels it was given.

import { make } from "../dom.js";
import { gridInputs, HALF_WIDTH, INPUTS } from "./data.js";
import { forward } from "./network.js";

const CELLS = 48; // the predictions are computed on a grid of 48 × 48
const POINT = 4.2; // the radius of an example of weight 1, in pixels
const AREA = CELLS * CELLS;

/** The outline of a point of each true class, to add to a path. */
const SHAPES = [
  (path, x, y, r) => {
    path.moveTo(x + r, y);
    path.arc(x, y, r, 0, 2 * Math.PI);
  },
  (path, x, y, r) => path.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r),
  (path, x, y, r) => {
    path.moveTo(x, y - 1.2 * r);
    path.lineTo(x + 1.15 * r, y + 0.8 * r);
    path.lineTo(x - 1.15 * r, y + 0.8 * r);
    path.closePath();
  },
  (path, x, y, r) => {
    path.moveTo(x, y - 1.3 * r);
    path.lineTo(x + 1.3 * r, y);
    path.lineTo(x, y + 1.3 * r);
    path.lineTo(x - 1.3 * r, y);
    path.closePath();
  },
];

/** A square canvas: `predict(learner)` computes, `draw(race, learner)` paints. */
export function plane(description) {
  const canvas = make("canvas", { role: "img", "aria-label": description });
  const context = canvas.getContext("2d");
  const field = make("canvas", { width: CELLS, height: CELLS });
  const fieldContext = field.getContext("2d");
  const pixels = fieldContext.createImageData(CELLS, CELLS);
  const inputs = gridInputs(CELLS);
  const lead = SHAPES.map(() => new Float64Array(AREA));

  /** How far each class leads its best rival in every cell; below 0 it is behind. */
  function predict({ network }) {
    for (let i = 0; i < AREA; i++) {
      const logp = forward(network, inputs, i);
      for (let j = 0; j < logp.length; j++) {
        let rival = -Infinity;
        for (let h = 0; h < logp.length; h++) {
          if (h !== j) rival = Math.max(rival, logp[h]);
        }
        lead[j][i] = logp[j] - rival;
      }
    }
  }

  /** Each cell in the colour of its class, the paler the narrower its lead. */
  function paintField(classes, colours) {
    for (let i = 0; i < AREA; i++) {
      for (let j = 0; j < classes; j++) {
        if (lead[j][i] < 0) continue;
        const [red, green, blue] = colours.classes[j];
        pixels.data[4 * i] = red;
        pixels.data[4 * i + 1] = green;
        pixels.data[4 * i + 2] = blue;
        pixels.data[4 * i + 3] = 35 + 95 * Math.tanh(lead[j][i] / 3);
      }
    }
    fieldContext.putImageData(pixels, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(field, 0, 0, canvas.width, canvas.height);
  }

  /** The decision boundary: where some class has no lead over its best rival. */
  function strokeBoundary(classes, size, ink) {
    context.beginPath();
    for (let j = 0; j < classes; j++) contour(context, lead[j], size / CELLS);
    context.strokeStyle = ink;
    context.lineWidth = 1.25;
    context.stroke();
  }

  /** Fill the kept points of one given label, wrong or right, `rim` times their size. */
  function fillPoints({ train }, { weights, keep }, { label, wrong, rim, size, colour }) {
    const largest = rim * POINT * Math.min(1, 0.15 + size / 420);
    context.beginPath();
    for (let i = 0; i < train.count; i++) {
      if (train.noisy[i] !== label || !keep[i]) continue;
      if ((train.clean[i] !== label) !== wrong) continue;
      const x = ((train.inputs[i * INPUTS] / HALF_WIDTH + 1) * size) / 2;
      const y = ((1 - train.inputs[i * INPUTS + 1] / HALF_WIDTH) * size) / 2;
      SHAPES[train.clean[i]](context, x, y, (0.35 + 0.65 * weights[i]) * largest);
    }
    context.fillStyle = colour;
    context.fill();
  }

  /** Every example on its rim: paper where the label is right, ink where it is wrong. */
  function paintPoints(race, learner, size, { names, paper, ink }) {
    for (const wrong of [false, true]) {
      const [rim, around] = wrong ? [1.45, ink] : [1.2, paper];
      for (let label = 0; label < race.train.classes; label++) {
        const group = { label, wrong, size };
        fillPoints(race, learner, { ...group, rim, colour: around });
        fillPoints(race, learner, { ...group, rim: 1, colour: names[label] });
      }
    }
  }

  function draw(race, learner, colours) {
    const size = canvas.clientWidth;
    const scale = Math.min(2, devicePixelRatio);
    if (canvas.width !== Math.round(size * scale)) {
      canvas.width = canvas.height = Math.round(size * scale);
    }
    context.setTransform(1, 0, 0, 1, 0, 0);
    paintField(race.train.classes, colours);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    strokeBoundary(race.train.classes, size, colours.ink);
    paintPoints(race, learner, size, colours);
  }

  return { el: canvas, predict, draw };
}

/** Add to a path the zero line of `values`, given at the middles of the cells. */
function contour(path, values, cell) {
  for (let row = 0; row < CELLS - 1; row++) {
    for (let column = 0; column < CELLS - 1; column++) {
      const i = row * CELLS + column;
      const a = values[i];
      const b = values[i + 1];
      const c = values[i + CELLS + 1];
      const d = values[i + CELLS];
      const signs = (a > 0) + (b > 0) + (c > 0) + (d > 0);
      if (signs === 0 || signs === 4) continue;
      const x = (column + 0.5) * cell;
      const y = (row + 0.5) * cell;
      let begun = false;
      const cross = (px, py) => {
        if (begun) path.lineTo(px, py);
        else path.moveTo(px, py);
        begun = !begun;
      };
      if (a > 0 !== b > 0) cross(x + (cell * a) / (a - b), y);
      if (b > 0 !== c > 0) cross(x + cell, y + (cell * b) / (b - c));
      if (d > 0 !== c > 0) cross(x + (cell * d) / (d - c), y + cell);
      if (a > 0 !== d > 0) cross(x, y + (cell * a) / (a - d));
    }
  }
}
