// The playground's data: three problems in the plane, with some labels made wrong.

import { normals, uniforms } from "../random.js";

export const HALF_WIDTH = 1.25; // what is drawn of the plane: [-1.25, 1.25]²
const WAVES = [Math.PI, 2 * Math.PI];
export const INPUTS = 2 + 4 * WAVES.length;

const around = (radius, turn) => [
  radius * Math.cos(2 * Math.PI * turn),
  radius * Math.sin(2 * Math.PI * turn),
];

/** Each problem: its classes, their spread, and the middle of a class at t in [0, 1). */
export const PROBLEMS = {
  blobs: {
    classes: 4,
    spread: 0.22,
    middle: (label) => around(0.75, label / 4 + 1 / 8),
  },
  spirals: {
    classes: 3,
    spread: 0.04,
    middle: (label, t) => around(0.1 + 0.95 * t, label / 3 + 0.75 * t),
  },
  moons: {
    classes: 2,
    spread: 0.1,
    middle(label, t) {
      const [x, y] = around(1, t / 2);
      const side = label ? -1 : 1;
      return [side * 0.7 * (x - 0.5), side * 0.9 * (y - 0.25)];
    },
  },
};

/**
 * What the network is told of the point (x, y): its coordinates, and their sines and
 * cosines at two wavelengths, so that a small network can draw fine detail.
 */
function putInputs(inputs, row, x, y) {
  let next = row * INPUTS;
  inputs[next++] = x;
  inputs[next++] = y;
  for (const wave of WAVES) {
    inputs[next++] = Math.sin(wave * x);
    inputs[next++] = Math.cos(wave * x);
    inputs[next++] = Math.sin(wave * y);
    inputs[next++] = Math.cos(wave * y);
  }
}

/** The network's inputs at the middle of every cell of a grid, from the top left. */
export function gridInputs(cells) {
  const inputs = new Float64Array(cells * cells * INPUTS);
  const at = (cell) => HALF_WIDTH * ((2 * cell + 1) / cells - 1);
  for (let i = 0; i < cells * cells; i++) {
    putInputs(inputs, i, at(i % cells), -at(Math.floor(i / cells)));
  }
  return inputs;
}

/** `count` points: the network's inputs, a row each, and the true labels. */
export function sample(name, count, seed) {
  const { classes, spread, middle } = PROBLEMS[name];
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const inputs = new Float64Array(count * INPUTS);
  const clean = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    clean[i] = i % classes;
    const [x, y] = middle(clean[i], uniform());
    putInputs(inputs, i, x + spread * normal(), y + spread * normal());
  }
  return { inputs, clean, count, classes };
}

/**
 * Uniform label noise: each label is replaced, with probability `rate`, by one of the
 * other classes. A higher rate with the same seed keeps these and adds more.
 */
export function corrupt({ clean, classes }, rate, seed) {
  const uniform = uniforms(seed);
  return clean.map((label) => {
    const flip = uniform() < rate;
    const step = 1 + Math.floor(uniform() * (classes - 1));
    return flip ? (label + step) % classes : label;
  });
}
