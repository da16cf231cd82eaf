// Random learning problems with uniform noise, small enough to be solved exactly.

import { lossOf } from "../lq.js";
import { uniforms } from "../random.js";
import { pureNoise } from "./theory.js";

const PROBLEMS = 600;
const HYPOTHESES = 8;
const INPUTS = 2;
const ROUNDING = 1e-12; // of a risk; two hypotheses closer than that are a tie

/** Fill `out` with the logarithms of a random distribution, from flat to one-hot. */
function drawDistribution(uniform, out) {
  const sharpness = 10 ** (2 * uniform() - 1);
  let sum = 0;
  for (let j = 0; j < out.length; j++) {
    out[j] = sharpness * Math.log(-Math.log1p(-uniform() - 2 ** -33));
    sum += Math.exp(out[j]);
  }
  const log = Math.log(sum);
  for (let j = 0; j < out.length; j++) out[j] -= log;
}

/**
 * Problems with c classes: a noise rate in [0, 1 − 1/c), the distribution of the label
 * of each input, and −log of what each hypothesis predicts for it. The inputs of a
 * problem are equally likely.
 */
export function drawProblems(c, seed = 1) {
  const uniform = uniforms(seed);
  const draw = (rows) => {
    const logs = new Float64Array(rows * c);
    for (let row = 0; row < rows; row++) {
      drawDistribution(uniform, logs.subarray(row * c, (row + 1) * c));
    }
    return logs;
  };
  return Array.from({ length: PROBLEMS }, () => ({
    noise: uniform() * pureNoise(c),
    posterior: draw(INPUTS).map(Math.exp), // (inputs, c)
    nll: draw(HYPOTHESES * INPUTS).map((log) => -log), // (hypotheses, inputs, c)
  }));
}

/** Both risks of every hypothesis: under clean labels, and under uniform noise. */
export function risks({ noise, posterior, nll }, { q, k, c }) {
  const method = { q, k };
  const clean = new Float64Array(HYPOTHESES);
  const noisy = new Float64Array(HYPOTHESES);
  const size = INPUTS * c;
  for (let h = 0; h < HYPOTHESES; h++) {
    for (let i = 0; i < size; i++) {
      const loss = lossOf(nll[h * size + i], method) / INPUTS;
      const relabelled = (1 - posterior[i]) * (noise / (c - 1));
      clean[h] += posterior[i] * loss;
      noisy[h] += (posterior[i] * (1 - noise) + relabelled) * loss;
    }
  }
  return { clean, noisy };
}

const least = (values) => values.indexOf(Math.min(...values));

/** What each problem loses by noise: R^η(f*) − R^η(f̂) and R(f̂) − R(f*). */
export function gaps(problem, parameters) {
  const { clean, noisy } = risks(problem, parameters);
  const [best, learned] = [least(clean), least(noisy)];
  const gap = (value) => (value > ROUNDING ? value : 0);
  return {
    noise: problem.noise,
    noisy: gap(noisy[best] - noisy[learned]),
    clean: gap(clean[learned] - clean[best]),
  };
}

/** The gaps of the random problems; drawn again only when c changes. */
export function cloudMaker() {
  let drawn = { c: 0 };
  let solved = {};
  return ({ q, k, c }) => {
    if (drawn.c !== c) drawn = { c, problems: drawProblems(c) };
    if (solved.q !== q || solved.k !== k || solved.c !== c) {
      const points = drawn.problems.map((problem) => gaps(problem, { q, k, c }));
      solved = { q, k, c, points };
    }
    return solved.points;
  };
}
