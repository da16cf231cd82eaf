// L_q against the probability of the label, and what its gradient weighs.

const RANGES = {
  q: { min: 0, max: 1 },
  k: { min: 0, max: 0.99 },
  p: { min: 0.01, max: 0.99 },
};
const GHOSTS = { ce: { q: 0, k: 0 }, mae: { q: 1, k: 0 } };
const LOSS_TOP = 4;
// Squares crowd towards 0, where the losses are steep.
const GRID = Array.from({ length: 201 }, (_, i) => Math.max(1e-6, (i / 200) ** 2));

/** L_q(p), its weight p^q on the cross-entropy gradient, and the logit gradient. */
function lq(p, { q, k }) {
  const nll = -Math.log(Math.max(p, k));
  const weight = p <= k ? 0 : Math.exp(-q * nll);
  const loss = q === 0 ? nll : -Math.expm1(-q * nll) / q;
  return { loss, weight, logit: weight * (1 - p) };
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

function describe({ q, k, p }, { loss, weight, logit }) {
  const here = `At p = ${decimals(p)}`;
  if (p <= k) {
    return `${here} the label is cut off: below k = ${decimals(k)} the loss is flat and the gradient is zero.`;
  }
  const peak = q / (1 + q);
  const strongest =
    peak > k
      ? `The pull on the logit is strongest at p = q/(1 + q) = ${peak.toFixed(2)}.`
      : `The pull on the logit is strongest just above k = ${decimals(k)}.`;
  return (
    `${here} the loss is ${loss.toFixed(2)}; its gradient is cross-entropy’s times ${weight.toFixed(2)}` +
    ` and pulls on the label’s logit with ${logit.toFixed(2)}. ${strongest}`
  );
}

function render({ model, el }) {
  const read = (names) => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const start = read(["q", "k", "p", "gradient"]);
  const setP = (p) => {
    const { min, max } = RANGES.p;
    model.set("p", Number(Math.min(max, Math.max(min, p)).toFixed(2)));
    model.save_changes();
  };

  const controls = {
    q: slider(model, "q", { label: "from CE (0) to MAE (1)", ...RANGES.q }),
    k: slider(model, "k", { label: "truncation", ...RANGES.k }),
    p: slider(model, "p", { label: "probability of the label", ...RANGES.p }),
    gradient: choice(model, "gradient", "Which gradient to draw", {
      logit: maths("p^q(1 − p)"),
      weight: maths("p^q"),
    }),
  };

  const panel = (top, ticks, description) => {
    const x = { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: "p, the probability of the label" };
    const axes = chart({ x, y: { from: 0, to: top, ticks }, description, onResize: () => draw() });
    const parts = {
      axes,
      cut: axes.band("cut"),
      probe: axes.line("probe"),
      curves: { ce: axes.curve("ce"), mae: axes.curve("mae"), lq: axes.curve("lq") },
      dots: { ce: axes.dot("ce", 3.5), mae: axes.dot("mae", 3.5), lq: axes.dot("lq", 7) },
    };
    axes.drag(setP);
    return parts;
  };
  const loss = panel(LOSS_TOP, [0, 1, 2, 3, 4], "The loss against p; the numbers are in the table below");
  const gradient = panel(1.05, [0, 0.25, 0.5, 0.75, 1], "The gradient against p; the numbers are in the table below");
  const peak = { dot: gradient.axes.dot("peak", 4), note: gradient.axes.note("peak") };

  const numbers = readout(
    "",
    { loss: "loss", weight: maths("weight p^q"), logit: maths("p^q(1 − p)") },
    {
      lq: make("span", {}, swatch("lq"), maths("L_q")),
      ce: make("span", {}, swatch("ce"), "CE"),
      mae: make("span", {}, swatch("mae"), "MAE / 2"),
    },
  );
  const sentence = narration();

  const heading = (...content) => make("div", { class: "gce-heading" }, ...content);
  const figure = make(
    "section",
    { class: "gce-explorer", "aria-label": "Explorer of the generalized cross entropy loss" },
    make("div", { class: "gce-controls" }, controls.q.el, controls.k.el, controls.p.el),
    make(
      "div",
      { class: "gce-panels" },
      make("div", {}, heading(make("b", {}, "Loss")), loss.axes.el),
      make("div", {}, heading(make("b", {}, "Gradient"), controls.gradient.el), gradient.axes.el),
    ),
    numbers.el,
    sentence.el,
  );

  function drawPanel(panel, quantity, curves, p) {
    panel.cut(0, curves.lq.k);
    panel.probe(p);
    for (const [kind, parameters] of Object.entries(curves)) {
      panel.curves[kind](points(quantity, parameters));
      panel.dots[kind](p, lq(p, parameters)[quantity]);
    }
  }

  function drawPeak({ q, k }, quantity) {
    const at = q / (1 + q);
    const shown = quantity === "logit" && at > k;
    const height = shown ? lq(at, { q, k }).logit : 2;
    peak.dot(at, height);
    peak.note(Math.max(at, 0.12), height + 0.05, shown ? `q/(1+q) = ${at.toFixed(2)}` : "");
  }

  function draw() {
    const state = read(["q", "k", "p"]);
    const quantity = model.get("gradient");
    const curves = { ...GHOSTS, lq: state };
    for (const control of Object.values(controls)) control.update();
    drawPanel(loss, "loss", curves, state.p);
    drawPanel(gradient, quantity, curves, state.p);
    drawPeak(state, quantity);
    for (const [kind, parameters] of Object.entries(curves)) {
      for (const [column, value] of Object.entries(lq(state.p, parameters))) {
        numbers.set(kind, column, value);
      }
    }
    numbers.corner.textContent = `at p = ${decimals(state.p)}`;
    sentence.say(describe(state, lq(state.p, state)));
  }

  el.append(figure);
  const link = linkState(model, RANGES, figure);
  figure.append(stateButtons(model, start, link));
  return follow(model, ["q", "k", "p", "gradient"], draw);
}

export default { render };
