// Noise of a kind and a rate: its matrix, the labels it leaves, a wall of images.

import { choice, slider } from "../controls.js";
import { make, maths } from "../dom.js";
import { bold, controlRow, explorer, hint, panels } from "../figure.js";
import { narration, readout } from "../readout.js";
import { relabel, summarise, transitionMatrix } from "./model.js";

const RATE = { min: 0, max: 1 };
const KINDS = {
  uniform: "uniform",
  redrawn: "redrawn (self-flips)",
  pair: "pair",
  "class-map": "Fashion-MNIST map",
};
const COLUMNS = 6; // of the sprite
const TALLEST = 0.22; // of the bars

const inPercent = (value) => String(Math.round(100 * value));
const outOf100 = (value) => String(Number((100 * value).toFixed(1)));

/** A few names: "a", "a and b", "a, b and c". */
function list(names) {
  const head = names.slice(0, -1).join(", ");
  return head ? `${head} and ${names.at(-1)}` : names.join("");
}

/** What the figure shows, in words. */
function describe({ kind, rate, names, noise, wrongHere, count }) {
  const redrawn =
    kind === "redrawn" ? `Of 100 labels ${outOf100(rate)} are redrawn, and ` : "Of 100 labels ";
  const wrong = `${redrawn}${outOf100(noise.rate)} are wrong; here, ${wrongHere} of ${count}.`;
  const { outvoted, margin } = noise;
  if (outvoted.length === 0) {
    const lead = outOf100(margin);
    return `${wrong} In every class the true label is still the most frequent one, by ${lead} points or more.`;
  }
  const where = outvoted.length === names.length ? "every class" : list(outvoted.map((i) => names[i]));
  return `${wrong} The truth has lost its lead in ${where}: no vote among labels finds it there.`;
}

/** A transition matrix as a table, and under each column how often its label is given. */
function matrixTable(names) {
  const cell = (i, j) =>
    make("td", { "data-row": `T${i}`, "data-column": j, class: i === j ? "gce-right" : "gce-wrong" });
  const cells = names.map((_, i) => names.map((_, j) => cell(i, j)));
  const part = (kind, j) =>
    make("div", { class: `gce-${kind}`, "data-row": kind, "data-column": j });
  const bars = names.map((_, j) => [part("wrong", j), part("right", j)]);
  const shares = names.map(() => make("span"));
  const el = make(
    "table",
    { class: "gce-matrix" },
    make("caption", { class: "gce-hidden" }, "Transition matrix, in per cent"),
    make(
      "thead",
      {},
      make(
        "tr",
        {},
        make("td"),
        ...names.map((name) => make("th", { scope: "col" }, make("span", {}, name))),
      ),
    ),
    make(
      "tbody",
      {},
      ...names.map((name, i) =>
        make("tr", {}, make("th", { scope: "row" }, name), ...cells[i]),
      ),
    ),
    make(
      "tfoot",
      {},
      make(
        "tr",
        {},
        make("th", { scope: "row" }, "all"),
        ...names.map((_, j) =>
          make("td", {}, make("div", { class: "gce-bar" }, ...bars[j]), shares[j]),
        ),
      ),
    ),
  );

  const draw = (T, { right, wrong }) => {
    T.forEach((row, i) =>
      row.forEach((value, j) => {
        const node = cells[i][j];
        node.dataset.value = value;
        node.style.setProperty("--gce-shade", `${46 * Math.sqrt(value)}%`);
        node.textContent = inPercent(value) === "0" ? "" : inPercent(value);
      }),
    );
    names.forEach((_, j) => {
      for (const [node, value] of [[bars[j][0], wrong[j]], [bars[j][1], right[j]]]) {
        node.dataset.value = value;
        node.style.height = `${(100 * value) / TALLEST}%`;
      }
      shares[j].textContent = inPercent(right[j] + wrong[j]);
    });
  };
  return { el, draw };
}

/** The images above their labels; a wrong one is framed, with the truth in brackets. */
function imageWall({ names, clean, sprite }) {
  const tiles = clean.map((_, i) => {
    const picture = make("div", { class: "gce-picture", "aria-hidden": "true" });
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    const last = COLUMNS - 1;
    picture.style.maskImage = `url(${sprite})`;
    picture.style.maskPosition = `${(100 * column) / last}% ${(100 * row) / last}%`;
    const label = make("span", { class: "gce-given" });
    const truth = make("span", { class: "gce-truth" });
    const frame = make("div", { class: "gce-frame" }, picture);
    return { el: make("li", {}, frame, label, truth), label, truth };
  });
  const attributes = { class: "gce-wall", "aria-label": "Images with their labels" };
  const el = make("ul", attributes, ...tiles.map((tile) => tile.el));
  const draw = (given) =>
    tiles.forEach((tile, i) => {
      const wrong = given[i] !== clean[i];
      tile.el.classList.toggle("gce-flipped", wrong);
      tile.label.textContent = names[given[i]];
      tile.truth.textContent = wrong ? `(${names[clean[i]]})` : "";
    });
  return { el, draw };
}

function build({ model }) {
  const examples = model.get("examples");
  const { names, prior, clean, draws } = examples;
  const controls = [
    slider(model, "rate", { label: "rate", symbol: "", ...RATE }),
    choice(model, "kind", "Kind of noise", KINDS),
  ];
  const matrix = matrixTable(names);
  const wall = imageWall(examples);
  const numbers = readout(
    { rate: "wrong labels", worst: "worst class", margin: "least lead", here: "wrong here" },
    { noise: make("span", {}, "share") },
  );
  const sentence = narration();

  function draw() {
    const [kind, rate] = [model.get("kind"), model.get("rate")];
    const T = transitionMatrix(kind, rate, examples);
    const noise = summarise(T, prior);
    const given = clean.map((y, i) => relabel(T, y, draws[i]));
    const wrongHere = given.filter((label, i) => label !== clean[i]).length;
    for (const control of controls) control.update();
    matrix.draw(T, noise);
    wall.draw(given);
    const { worst, margin } = noise;
    const shown = { rate: noise.rate, worst, margin, here: wrongHere / clean.length };
    for (const [column, value] of Object.entries(shown)) {
      numbers.set("noise", column, value);
    }
    sentence.say(describe({ kind, rate, names, noise, wrongHere, count: clean.length }));
  }

  const parts = [
    controlRow(controls),
    panels(
      [[bold(maths("T"), " in %"), hint("row: true, column: given")], matrix.el],
      [[bold("Given labels"), hint("✗ wrong, (true class)")], wall.el],
    ),
    numbers.el,
    sentence.el,
  ];
  return { parts, draw };
}

export default explorer({
  name: "noise",
  label: "Explorer of label noise",
  linked: () => ({ rate: RATE, kind: Object.keys(KINDS) }),
  build,
});
