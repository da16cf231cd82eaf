// Which labels pruning drops: those whose probability is below k, epoch by epoch.

import { chart } from "../chart.js";
import { slider } from "../controls.js";
import { make, maths, swatch } from "../dom.js";
import { bold, controlRow, explorer, hint, key, panels } from "../figure.js";
import { decimals, percent } from "../numbers.js";
import { narration, readout } from "../readout.js";

const STEPS = 100; // k moves in hundredths
const BIN = 2; // of them to a bar
const FLOOR = -0.25; // of the logarithmic axis, below one label
const ABOVE = 9; // out of sight
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

const height = (count) => (count > 0 ? Math.log10(count) : FLOOR - 1);

/** The outline of a histogram; `below[i]` counts what lies below i hundredths. */
function outline(below) {
  const bars = Array.from({ length: STEPS / BIN }, (_, i) => {
    const top = height(below[BIN * (i + 1)] - below[BIN * i]);
    return [
      [(BIN * i) / STEPS, top],
      [(BIN * (i + 1)) / STEPS, top],
    ];
  });
  return [[0, FLOOR - 1], ...bars.flat(), [1, FLOOR - 1]];
}

/** What dropping everything below i hundredths achieves; NaN for nothing of nothing. */
function rates({ right, wrong }, i) {
  const dropped = right[i] + wrong[i];
  const all = right[STEPS] + wrong[STEPS];
  return {
    dropped: dropped / all,
    precision: wrong[i] / dropped,
    recall: wrong[i] / wrong[STEPS],
    noise: (wrong[STEPS] - wrong[i]) / (all - dropped),
  };
}

/** What the figure shows, in words. */
function describe({ below, k, epoch, now }) {
  const when = epoch === 0 ? "Before training" : `After epoch ${epoch}`;
  const all = below.right[STEPS] + below.wrong[STEPS];
  const count = Math.round(now.dropped * all);
  const start = `${when}, k = ${decimals(k)} drops ${count} of ${all} labels`;
  if (count === 0) return `${start}: all are kept, ${percent(now.noise)} of them wrong.`;
  if (count === all) return `${start}: nothing is left to learn from.`;
  return [
    `${start}. Of the dropped ones ${percent(now.precision)} are wrong (precision);`,
    `of the wrong ones ${percent(now.recall)} are dropped (recall).`,
    `Of the kept ones ${percent(now.noise)} are still wrong.`,
  ].join(" ");
}

/** How the probabilities of right and of wrong labels are spread. */
function spreadPanel({ most, description, onResize, onDrag }) {
  const decades = Array.from({ length: Math.ceil(most) + 1 }, (_, i) => i);
  const axes = chart({
    x: { from: 0, to: 1, ticks: QUARTERS, label: "p, the probability of the label" },
    y: { from: FLOOR, to: most, ticks: decades, show: (value) => 10 ** value },
    description,
    onResize,
  });
  const cut = axes.band("cut");
  const wrong = axes.curve("wrong");
  const right = axes.curve("right");
  const line = axes.line("probe");
  const notes = { drop: axes.note("drop"), keep: axes.note("keep") };
  axes.drag(onDrag);

  const draw = ({ below, k }) => {
    cut(0, k);
    wrong(outline(below.wrong));
    right(outline(below.right));
    line(k);
    notes.drop(k / 2, most - 0.2, k >= 0.2 ? "dropped" : "");
    notes.keep((1 + k) / 2, most - 0.2, k <= 0.85 ? "kept" : "");
  };
  return { axes, draw };
}

/** What pruning achieves, against k. */
function ratesPanel({ kinds, description, onResize, onDrag }) {
  const axes = chart({
    x: { from: 0, to: 1, ticks: QUARTERS, label: "k, the threshold" },
    y: { from: 0, to: 1.05, ticks: QUARTERS },
    description,
    onResize,
  });
  const cut = axes.band("cut");
  const line = axes.line("probe");
  const parts = kinds.map((kind) => [
    kind,
    { curve: axes.curve(kind), dot: axes.dot(kind, 5) },
  ]);
  axes.drag(onDrag);

  const draw = ({ below, k, now }) => {
    const along = Array.from({ length: STEPS }, (_, i) => rates(below, i));
    cut(0, k);
    line(k);
    for (const [kind, { curve, dot }] of parts) {
      const point = (at, i) => (Number.isNaN(at[kind]) ? null : [i / STEPS, at[kind]]);
      curve(along.map(point));
      dot(k, Number.isNaN(now[kind]) ? ABOVE : now[kind]);
    }
  };
  return { axes, draw };
}

const linked = (model) => ({
  k: { min: 0, max: 0.99 },
  epoch: { min: 0, max: model.get("below").right.length - 1, step: 1 },
});

function build({ model, redraw, mover }) {
  const recorded = model.get("below");
  const total = recorded.right[0][STEPS] + recorded.wrong[0][STEPS];
  const ranges = linked(model);
  const shared = { onResize: redraw, onDrag: mover("k") };
  const controls = [
    slider(model, "k", { label: "threshold", ...ranges.k }),
    slider(model, "epoch", {
      label: "epochs of training",
      symbol: "",
      show: String,
      ...ranges.epoch,
    }),
  ];
  const where = "the numbers are in the table below";
  const spread = spreadPanel({
    ...shared,
    most: Math.log10(total),
    description: `How many right and wrong labels have which probability p; ${where}`,
  });
  const achieved = ratesPanel({
    ...shared,
    kinds: ["precision", "recall", "noise"],
    description: `Precision, recall and the noise left, against k; ${where}`,
  });
  const row = (kind, name, meaning) =>
    make("span", {}, swatch(kind), `${name}: `, make("span", {}, meaning));
  const numbers = readout(
    { share: "share" },
    {
      dropped: make("span", {}, "dropped, of all labels"),
      precision: row("precision", "precision", "wrong among the dropped"),
      recall: row("recall", "recall", "dropped among the wrong"),
      noise: row("noise", "noise left", "wrong among the kept"),
    },
  );
  const sentence = narration();

  function state() {
    const k = model.get("k");
    const epoch = model.get("epoch");
    const below = { right: recorded.right[epoch], wrong: recorded.wrong[epoch] };
    return { k, epoch, below, now: rates(below, Math.round(STEPS * k)) };
  }

  function draw() {
    const current = state();
    for (const control of controls) control.update();
    spread.draw(current);
    achieved.draw(current);
    for (const [kind, share] of Object.entries(current.now)) {
      numbers.set(kind, "share", share);
    }
    sentence.say(describe(current));
  }

  const parts = [
    controlRow(controls),
    panels(
      [[bold("Labels"), key("wrong", "wrong"), key("right", "right")], spread.axes.el],
      [[bold("Pruning at ", maths("k")), hint("drag the line")], achieved.axes.el],
    ),
    numbers.el,
    sentence.el,
  ];
  return { parts, draw };
}

export default explorer({ name: "pruning", label: "Explorer of pruning", linked, build });
