// The pieces of the playground's figure: its controls, key, charts and layout.

const NOISE = { min: 0, max: 0.8 };
const SEEDS = { min: 0, max: 999, step: 1 };
const QUARTER_LABELS = [0, 0.25, 0.5, 0.75, 1];

/** The key of the points, whose swatches also tell the canvases the page's colours. */
function pointKey() {
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

/** Call `draw` when the page changes between light and dark. */
function onTheme(draw) {
  const observer = new MutationObserver(draw);
  const attributeFilter = ["data-theme", "theme", "data-jp-theme-light", "class"];
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter });
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", draw);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", draw);
  };
}

function playControls(model) {
  const label = (symbol, text) => [maths(symbol), ` ${text}`];
  return {
    dataset: choice(model, "dataset", "Data set", {
      blobs: "blobs",
      spirals: "spirals",
      moons: "moons",
    }),
    seed: whole(model, "seed", "seed", SEEDS),
    noise: called(
      slider(model, "noise_rate", { label: "", ...NOISE }),
      ...label("η", "share of wrong labels"),
    ),
    q: slider(model, "q", { label: "from CE to MAE", min: 0, max: 1 }),
    k: slider(model, "k", { label: "truncation", min: 0, max: 0.99 }),
    pruning: tick(
      model,
      "pruning",
      "truncate by pruning: drop labels with ",
      maths("p < k"),
      ` every ${PRUNE_EVERY} epochs, from epoch ${PRUNE_FROM}`,
    ),
    speed: choice(model, "speed", "Speed", {
      slow: "slow",
      normal: "normal",
      fast: "fast",
    }),
  };
}

function scoreChart(title, what, onResize) {
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
  const el = make("div", {}, make("div", { class: "gce-heading" }, make("b", {}, title)));
  el.append(axes.el);
  return { el, draw };
}

function scoreTable() {
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

/** The whole figure, from the controls down to the sentence. */
function layout({ controls, buttons, planes, key, charts, numbers, sentence }) {
  const { dataset, seed, noise, q, k, pruning, speed } = controls;
  const group = (kind, ...children) => make("div", { class: kind }, ...children);
  const panel = (name, ...heading) =>
    group(
      "gce-plane",
      group("gce-heading", make("b", {}, swatch(name), ...heading)),
      planes[name].el,
    );
  return make(
    "section",
    { class: "gce-explorer gce-playground", "aria-label": "Playground of noisy labels" },
    group("gce-row", dataset.el, seed.el),
    group("gce-controls", noise.el, q.el, k.el),
    group("gce-row", pruning.el),
    group("gce-row gce-buttons", ...buttons, speed.el),
    group(
      "gce-panels gce-planes",
      panel("ce", "Cross-entropy"),
      panel("lq", maths("L_q")),
    ),
    key.el,
    group("gce-panels", ...charts.map((one) => one.el)),
    numbers.el,
    sentence.el,
  );
}
