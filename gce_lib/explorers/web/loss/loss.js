// L_q against the probability of the label, and what its gradient weighs.

import { chart } from "../chart.js";
import { choice, slider } from "../controls.js";
import { make, maths, swatch } from "../dom.js";
import { bold, controlRow, explorer, hint, panels } from "../figure.js";
import { lossOf, weightOf } from "../lq.js";
import { decimals, fixed } from "../numbers.js";
import { narration, readout } from "../readout.js";

const RANGES = {
  q: { min: 0, max: 1 },
  k: { min: 0, max: 0.99 },
  p: { min: 0.01, max: 0.99 },
};
const GRADIENTS = ["logit", "weight"];
const GHOSTS = { ce: { q: 0, k: 0 }, mae: { q: 1, k: 0 } };
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];
const NOWHERE = 9;
// Crowded towards 0, where the losses are steep.
const GRID = Array.from({ length: 201 }, (_, i) => Math.max(1e-6, (i / 200) ** 2));

/** L_q(p), its weight p^q on the cross entropy gradient, and the logit gradient. */
function lq(p, method) {
  const nll = -Math.log(p);
  const weight = weightOf(nll, method);
  return { loss: lossOf(nll, method), weight, logit: weight * (1 - p) };
}

/** The points of one curve, with the pen lifted where the truncation cuts it. */
function points(quantity, parameters) {
  const { k } = parameters;
  const at = (p) => [p, lq(p, parameters)[quantity]];
  const kept = GRID.filter((p) => p > k).map(at);
  if (k === 0) return kept;
  if (quantity === "loss") return [at(0), at(k), ...kept];
  return [[0, 0], [k, 0], null, at(k * (1 + 1e-9)), ...kept];
}

/** What the figure shows, in words. */
function describe({ q, k, p }) {
  const here = `At p = ${decimals(p)}`;
  const cut = `k = ${decimals(k)}`;
  if (p <= k) {
    return `${here} the label is cut off: up to ${cut} the loss is flat, with no gradient.`;
  }
  const { loss, weight, logit } = lq(p, { q, k });
  const peak = q / (1 + q);
  const strongest = peak > k ? `at q/(1 + q) = ${fixed(peak, 2)}` : `just above ${cut}`;
  return [
    `${here} the loss is ${fixed(loss, 2)}.`,
    `Its gradient is ${fixed(weight, 2)} times that of cross entropy`,
    `and pulls on the label’s logit with a force of ${fixed(logit, 2)};`,
    `the pull is strongest ${strongest}.`,
  ].join(" ");
}

/** One chart with its curves, the probe and the part that the truncation cuts. */
function panel({ top, ticks, description, onResize, onDrag }) {
  const axes = chart({
    x: { from: 0, to: 1, ticks: QUARTERS, label: "p, the probability of the label" },
    y: { from: 0, to: top, ticks },
    description,
    onResize,
  });
  const cut = axes.band("cut");
  const probe = axes.line("probe");
  const kinds = { ce: 3.5, mae: 3.5, lq: 7 };
  const parts = Object.entries(kinds).map(([kind, radius]) => [
    kind,
    { curve: axes.curve(kind), dot: axes.dot(kind, radius) },
  ]);
  axes.drag(onDrag);

  const draw = (quantity, curves, p) => {
    cut(0, curves.lq.k);
    probe(p);
    for (const [kind, { curve, dot }] of parts) {
      curve(points(quantity, curves[kind]));
      dot(p, lq(p, curves[kind])[quantity]);
    }
  };
  return { axes, draw };
}

/** The place where the logit gradient is largest. */
function peakMark(axes) {
  const dot = axes.dot("peak", 4);
  const note = axes.note("peak");
  return ({ q, k }, quantity) => {
    const p = q / (1 + q);
    const shown = quantity === "logit" && p > k;
    const { logit } = lq(p, { q, k });
    dot(p, shown ? logit : NOWHERE);
    note(Math.max(p, 0.18), logit + 0.07, shown ? `q/(1+q) = ${fixed(p, 2)}` : "");
  };
}

function build({ model, redraw, mover }) {
  const traits = [...Object.keys(RANGES), "gradient"];
  const read = () => Object.fromEntries(traits.map((name) => [name, model.get(name)]));
  const controls = [
    slider(model, "q", { label: "from CE to MAE", ...RANGES.q }),
    slider(model, "k", { label: "truncation", ...RANGES.k }),
    slider(model, "p", { label: "label’s probability", ...RANGES.p }),
  ];
  const whichGradient = choice(model, "gradient", "Which gradient to draw", {
    logit: maths("p^q (1 − p)"),
    weight: maths("p^q"),
  });
  const where = "the numbers are in the table below";
  const shared = { onResize: redraw, onDrag: mover("p") };
  const loss = panel({
    ...shared,
    top: 4,
    ticks: [0, 1, 2, 3, 4],
    description: `The loss against p; ${where}`,
  });
  const gradient = panel({
    ...shared,
    top: 1.05,
    ticks: QUARTERS,
    description: `The gradient against p; ${where}`,
  });
  const drawPeak = peakMark(gradient.axes);
  const numbers = readout(
    {
      loss: "loss",
      weight: make("span", {}, "weight ", maths("p^q")),
      logit: make("span", {}, "pull ", maths("p^q (1 − p)")),
    },
    {
      lq: make("span", {}, swatch("lq"), maths("L_q")),
      ce: make("span", {}, swatch("ce"), "CE"),
      mae: make("span", {}, swatch("mae"), "½ MAE"),
    },
  );
  const sentence = narration();

  function draw() {
    const state = read();
    const curves = { ...GHOSTS, lq: state };
    for (const control of [...controls, whichGradient]) control.update();
    loss.draw("loss", curves, state.p);
    gradient.draw(state.gradient, curves, state.p);
    drawPeak(state, state.gradient);
    numbers.corner.replaceChildren(maths("p"), ` = ${decimals(state.p)}`);
    for (const [kind, parameters] of Object.entries(curves)) {
      for (const [column, value] of Object.entries(lq(state.p, parameters))) {
        numbers.set(kind, column, value);
      }
    }
    sentence.say(describe(state));
  }

  const parts = [
    controlRow(controls),
    panels(
      [[bold("Loss"), hint("drag the dot")], loss.axes.el],
      [[bold("Gradient"), whichGradient.el], gradient.axes.el],
    ),
    numbers.el,
    sentence.el,
  ];
  return { parts, draw };
}

export default explorer({
  name: "loss",
  label: "Explorer of the loss L_q",
  linked: () => ({ ...RANGES, gradient: GRADIENTS }),
  build,
});
