// The pieces of the playground's figure: its controls, key, charts and layout.

import { chart } from "../chart.js";
import { choice, slider, tick, whole } from "../controls.js";
import { make, maths, swatch } from "../dom.js";
import { bold, panels } from "../figure.js";
import { readout } from "../readout.js";
import { PROBLEMS } from "./data.js";
import { EPOCHS, PRUNE_EVERY, PRUNE_FROM } from "./race.js";

export const SPEEDS = { slow: 4, normal: 12, fast: 48 }; // epochs a second
export const KINDS = {
  dataset: Object.keys(PROBLEMS),
  noise_rate: { min: 0, max: 0.8 },
  q: { min: 0, max: 1 },
  k: { min: 0, max: 0.99 },
  pruning: [true, false],
  seed: { min: 0, max: 999, step: 1 },
  speed: Object.keys(SPEEDS),
};
const QUARTER_LABELS = [0, 0.25, 0.5, 0.75, 1];

/** The key of the points, whose swatches also tell the canvases the page's colours. */
export function pointKey() {
  const glyphs = ["●", "■", "▲", "◆"];
  const classes = glyphs.map((glyph, j) =>
    make("span", { class: `gce-class gce-class-${j}` }, glyph),
  );
  const line = (...parts) => make("span", {}, ...parts);
  const el = make(
    "div",
    { class: "gce-key" },
    line("shape: true class ", ...classes.map((node) => node.cloneNode(true))),
    line("colour: the label it was given ", ...classes),
    line(make("span", { class: "gce-ringed" }), " ringed: a wrong label"),
    line("size: its weight ", maths("p^q"), "; pruned ones vanish"),
  );
  const resolve = (node, name) => getComputedStyle(node).getPropertyValue(name);
  const colours = () => {
    const names = classes.map((node) => resolve(node, "color"));
    const rgb = (name) => name.match(/[\d.]+/g).slice(0, 3).map(Number);
    return {
      names,
      classes: names.map(rgb),
      ink: resolve(el, "color"),
      paper: resolve(el, "background-color"),
    };
  };
  const show = (count) => {
    for (const nodes of el.querySelectorAll(".gce-class")) {
      const j = Number(nodes.className.at(-1));
      nodes.hidden = j >= count;
    }
  };
  return { el, colours, show };
}

/** A choice between words that name themselves. */
const words = (model, name, legend) =>
  choice(model, name, legend, Object.fromEntries(KINDS[name].map((word) => [word, word])));

export function playControls(model) {
  return {
    dataset: words(model, "dataset", "Data set"),
    seed: whole(model, "seed", "seed", KINDS.seed),
    noise: slider(model, "noise_rate", {
      symbol: "η",
      label: "share of wrong labels",
      ...KINDS.noise_rate,
    }),
    q: slider(model, "q", { label: "from CE to MAE", ...KINDS.q }),
    k: slider(model, "k", { label: "truncation", ...KINDS.k }),
    pruning: tick(
      model,
      "pruning",
      "truncate by pruning: drop labels with ",
      maths("p < k"),
      ` every ${PRUNE_EVERY} epochs, from epoch ${PRUNE_FROM}`,
    ),
    speed: words(model, "speed", "Speed"),
  };
}

export function scoreChart(title, what, onResize) {
  const axes = chart({
    x: { from: 0, to: EPOCHS, ticks: [0, 50, 100, 150, 200], label: "epoch" },
    y: { from: 0, to: 1, ticks: QUARTER_LABELS },
    description: `${title} after every epoch; the numbers are in the table below`,
    onResize,
  });
  const curves = { ce: axes.curve("ce"), lq: axes.curve("lq") };
  const draw = (learners) => {
    for (const [name, curve] of Object.entries(curves)) {
      curve(learners[name].history[what].map((value, epoch) => [epoch, value]));
    }
  };
  return { panel: [[bold(title)], axes.el], draw };
}

export function scoreTable() {
  return readout(
    {
      test: "right on new points",
      train: "right on old points",
      memorised: "wrong labels repeated",
    },
    {
      ce: make("span", {}, swatch("ce"), "CE"),
      lq: make("span", {}, swatch("lq"), maths("L_q")),
    },
  );
}

/** The figure from the controls down to the sentence. */
export function layout({ controls, buttons, planes, key, charts, numbers, sentence }) {
  const { dataset, seed, noise, q, k, pruning, speed } = controls;
  const group = (kind, ...children) => make("div", { class: kind }, ...children);
  const panel = (name, ...heading) =>
    group(
      "gce-plane",
      group("gce-heading", bold(swatch(name), ...heading)),
      planes[name].el,
    );
  return [
    group("gce-row", dataset.el, seed.el),
    group("gce-controls", noise.el, q.el, k.el),
    group("gce-row", pruning.el),
    group("gce-row gce-buttons", ...buttons, speed.el),
    group(
      "gce-panels gce-planes",
      panel("ce", "Cross entropy"),
      panel("lq", maths("L_q")),
    ),
    key.el,
    panels(...charts.map((one) => one.panel)),
    numbers.el,
    sentence.el,
  ];
}
