// What Theorems 1 and 2 allow noise to cost, and what it costs random problems.

import { chart } from "../chart.js";
import { slider } from "../controls.js";
import { make, maths, swatch } from "../dom.js";
import { bold, controlRow, explorer, hint, panels } from "../figure.js";
import { lossRange } from "../lq.js";
import { decimals, fixed } from "../numbers.js";
import { narration, readout } from "../readout.js";
import { cloudMaker } from "./cloud.js";
import { exactUpTo, pureNoise, riskBounds } from "./theory.js";

const RANGES = {
  q: { min: 0.01, max: 1 },
  k: { min: 0, max: 0.99 },
  num_classes: { min: 2, max: 100, step: 1 },
  noise_rate: { min: 0, max: 0.99 },
};
const SLIDERS = {
  q: { label: "CE to MAE" },
  k: { label: "truncation" },
  num_classes: { symbol: "c", label: "classes", show: String },
  noise_rate: { symbol: "η", label: "noise rate" },
};
// Costs are shares of the range of the loss, on a logarithmic axis.
const LOWEST = -3;
const HIGHEST = 1;
const TICKS = [-3, -2, -1, 0];
// Random problems with many classes take longer than a frame: they wait for the hand.
const MANY_CLASSES = 20;
const PATIENCE = 80; // milliseconds
const GRID = Array.from({ length: 400 }, (_, i) => (i + 0.5) / 400);

const height = (share) => (share > 0 ? Math.log10(share) : LOWEST - 1);
const twoDigits = (share) => `${Number((100 * share).toPrecision(2))} %`;

/** A curve of shares; the pen is lifted where there is nothing to draw. */
const points = (shareAt) =>
  GRID.map((noise) => [noise, shareAt(noise)]).map(([noise, share]) =>
    Number.isFinite(share) ? [noise, Math.min(height(share), HIGHEST + 1)] : null,
  );

/** The greatest share of the bound `kind` that a problem uses. */
function mostUsed(cloud, kind, parameters) {
  const used = cloud
    .filter((problem) => problem[kind] > 0)
    .map((problem) => problem[kind] / riskBounds({ ...parameters, ...problem })[kind]);
  return Math.max(0, ...used);
}

/** Whether a problem attains A′, or what the greatest cost is; about L_q only. */
function exactness({ parameters, bounds }) {
  if (parameters.k > 0) return "";
  if (parameters.noise <= exactUpTo(parameters)) return "A problem costs as much. ";
  return `The greatest cost that occurs is ${fixed(bounds.most, 3)}. `;
}

/** What the figure shows, in words. */
function describe(state) {
  const { parameters, bounds, range, cloud } = state;
  const { q, k, c, noise } = parameters;
  const touched = cloud.filter((problem) => problem.clean > 0).length;
  const random = `Of ${cloud.length} random problems, noise changes the choice in ${touched}.`;
  if (q === 1 && k === 0) {
    return `At q = 1 the loss is symmetric: uniform noise never changes the choice. ${random}`;
  }
  if (!(bounds.clean < Infinity)) {
    const limit = `1 − 1/c = ${decimals(pureNoise(c))}`;
    return `η = ${decimals(noise)} is not below ${limit}: nothing is bounded on clean labels. ${random}`;
  }
  const share = bounds.clean / range;
  const verdict =
    share < 1
      ? `${twoDigits(share)} of the range of the loss.`
      : "more than the range of the loss: the bound is empty.";
  const cost = fixed(bounds.clean, 3);
  return `On clean labels, noise costs at most ${cost}, ${verdict} ${exactness(state)}${random}`;
}

/** One chart: the empty region, the cloud, a curve for each bound, the probe. */
function panel({ kinds, description, onResize, onDrag }) {
  const axes = chart({
    x: { from: 0, to: 1, ticks: [0, 0.25, 0.5, 0.75, 1], label: "η, the noise rate" },
    y: { from: LOWEST, to: HIGHEST, ticks: TICKS, show: (value) => 10 ** value },
    description,
    onResize,
  });
  const loose = axes.band("loose");
  const beyond = axes.band("cut");
  const empty = axes.curve("empty");
  const note = axes.note("empty");
  const dots = axes.curve("cloud");
  const probe = axes.line("probe");
  const parts = Object.entries(kinds).map(([kind, style]) => [
    kind,
    { curve: axes.curve(style), dot: axes.dot(style, 6) },
  ]);
  axes.drag(onDrag);

  const draw = ({ parameters, range, cloud }, gap) => {
    beyond(pureNoise(parameters.c), 1);
    const shaded = "most" in kinds && parameters.k === 0;
    loose(shaded ? exactUpTo(parameters) : 1, shaded ? pureNoise(parameters.c) : 1);
    empty([[0, 0], [1, 0], [1, HIGHEST], [0, HIGHEST]]);
    note(0.5, HIGHEST / 2 - 0.1, "more than the loss can be: empty");
    const seen = cloud.filter((problem) => problem[gap] > 0);
    dots(
      seen.flatMap((problem) => {
        const at = [problem.noise, height(problem[gap] / range)];
        return [at, at, null];
      }),
    );
    probe(parameters.noise);
    for (const [kind, { curve, dot }] of parts) {
      const shareAt = (noise) => riskBounds({ ...parameters, noise })[kind] / range;
      const share = shareAt(parameters.noise);
      curve(points(shareAt));
      const shown = share > 10 ** LOWEST && share < 10 ** HIGHEST;
      dot(parameters.noise, shown ? height(share) : HIGHEST + 1);
    }
  };
  return { axes, draw };
}

function build({ model, redraw, mover, signal }) {
  const makeCloud = cloudMaker();
  const shared = { onResize: redraw, onDrag: mover("noise_rate") };
  const controls = Object.keys(RANGES).map((name) =>
    slider(model, name, { ...RANGES[name], ...SLIDERS[name] }),
  );
  const where = "as a share of the range of the loss; the numbers are in the table below";
  const noisy = panel({
    ...shared,
    kinds: { sharp: "mae", byClass: "ce", noisy: "lq" },
    description: `The bounds A, B and the sharp one of the noisy risk against η, ${where}`,
  });
  const clean = panel({
    ...shared,
    kinds: { most: "mae", clean: "lq" },
    description: `The bound |A′| and the greatest clean cost against η, ${where}`,
  });
  const numbers = readout(
    { bound: "bound", share: "of range", used: "used" },
    {
      noisy: make("span", {}, swatch("lq"), maths("A"), " noisy risk"),
      clean: make("span", {}, swatch("lq"), maths("|A′|"), " clean risk"),
      most: make("span", {}, swatch("mae"), "worst clean cost"),
      byClass: make("span", {}, swatch("ce"), maths("B"), " noisy risk"),
      sharp: make("span", {}, swatch("mae"), "sharp, noisy risk"),
    },
  );
  const sentence = narration();

  function state(waits) {
    const parameters = {
      q: model.get("q"),
      k: model.get("k"),
      c: model.get("num_classes"),
      noise: model.get("noise_rate"),
    };
    return {
      parameters,
      bounds: riskBounds(parameters),
      range: lossRange(parameters),
      cloud: waits ? [] : makeCloud(parameters),
    };
  }

  /** Whether the random problems are to be solved again, and that takes long. */
  const isSlow = (changed) =>
    changed.has("num_classes") ||
    (model.get("num_classes") > MANY_CLASSES && (changed.has("q") || changed.has("k")));

  let later = 0;

  function draw(changed) {
    const waits = isSlow(changed);
    clearTimeout(later);
    if (waits) later = setTimeout(() => draw(new Set()), PATIENCE);
    numbers.el.setAttribute("aria-busy", waits);
    const now = state(waits);
    for (const control of controls) control.update();
    noisy.draw(now, "noisy");
    clean.draw(now, "clean");
    numbers.corner.textContent = `loss up to ${fixed(now.range, 3)}`;
    for (const [kind, bound] of Object.entries(now.bounds)) {
      numbers.set(kind, "bound", bound);
      numbers.set(kind, "share", bound / now.range);
    }
    for (const kind of ["noisy", "clean"]) {
      numbers.set(kind, "used", mostUsed(now.cloud, kind, now.parameters));
    }
    for (const kind of ["most", "byClass", "sharp"]) numbers.set(kind, "used", NaN);
    if (!waits) sentence.say(describe(now));
  }

  signal.addEventListener("abort", () => clearTimeout(later));

  const parts = [
    controlRow(controls),
    panels(
      [[bold("Cost in noisy risk"), hint("drag the dot")], noisy.axes.el],
      [[bold("Cost in clean risk")], clean.axes.el],
    ),
    numbers.el,
    sentence.el,
  ];
  return { parts, draw };
}

export default explorer({
  name: "bounds",
  label: "Explorer of the bounds of Theorems 1 and 2",
  linked: () => RANGES,
  build,
});
