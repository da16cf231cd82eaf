// The class sum of L_q and of the truncated loss, and the bounds that follow from it.

import { lossOf, lossRange } from "../lq.js";

/** The range G of the class sum. */
function classSumRange({ q, k, c }) {
  if (k === 0) return Math.expm1((1 - q) * Math.log(c)) / q;
  const highest = lossRange({ q, k });
  const logD = Math.log1p(-q) / q - Math.log(k);
  const d = Math.exp(Math.min(Math.max(logD, 0), Math.log(c)));
  const lower = d * lossOf(Math.log(d), { q }) + (c - d) * highest;
  const upper = Math.min(c * highest, (c - 1) / q);
  return Math.max(upper - lower, 0);
}

/** The noise rate from which on uniform noise leaves nothing of the labels. */
export const pureNoise = (c) => 1 - 1 / c;

/**
 * Theorem 1, { noisy: A, clean: |A′| }, and Theorem 2, { byClass: B }, which is about
 * L_q only. NaN where a theorem does not apply.
 */
export function riskBounds({ q, k, c, noise }) {
  const G = classSumRange({ q, k, c });
  const byClass = k === 0 ? G * (1 - noise) : NaN;
  if (noise > pureNoise(c) + 1e-12) return { noisy: NaN, clean: NaN, byClass };
  const left = c - 1 - noise * c;
  const clean = left > 1e-12 * c ? (noise * G) / left : Infinity;
  return { noisy: (noise * G) / (c - 1), clean, byClass };
}
