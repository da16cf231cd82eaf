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

/** The noise rate up to which some problem attains A′ under L_q. */
export const exactUpTo = ({ q, c }) => -Math.expm1(-q * Math.log(c));

/** The most that uniform noise can cost on clean labels: |A′|, or the root of a tie. */
function largestCleanCost({ q, c, noise, clean }) {
  if (noise >= pureNoise(c) - 1e-12) return 1 / q;
  if (noise <= exactUpTo({ q, c })) return clean;
  let [low, high] = [0, 1]; // of 1 − a^q
  for (let i = 0; i < 60; i++) {
    const lost = (low + high) / 2;
    const other = -Math.expm1(Math.log1p(-lost) / q) / (c - 1); // (1 − a)/(c − 1)
    if ((1 - noise) * lost <= noise * other ** q) low = lost;
    else high = lost;
  }
  return high / q;
}

/** The sharp bound of the noisy risk if noise turns every class into one other. */
function sharpBound({ q, noise }) {
  const greatest = Math.max(noise, 1 - noise);
  const ratio = Math.min(noise, 1 - noise) / greatest;
  const power = ratio === 1 ? 1 : Math.exp(Math.log(ratio) / (1 - q));
  const rise = greatest * Math.expm1((1 - q) * Math.log1p(power));
  return (greatest - (1 - noise) + rise) / q;
}

/**
 * Theorem 1, { noisy: A, clean: |A′| }, and Theorem 2, { byClass: B }; the exact worst
 * cases, { most, sharp }. All but Theorem 1 are about L_q only; NaN where one does not
 * apply.
 */
export function riskBounds({ q, k, c, noise }) {
  const G = classSumRange({ q, k, c });
  const byClass = k === 0 ? G * (1 - noise) : NaN;
  const sharp = k === 0 ? sharpBound({ q, noise }) : NaN;
  if (noise > pureNoise(c) + 1e-12) {
    return { noisy: NaN, clean: NaN, most: NaN, byClass, sharp };
  }
  const left = c - 1 - noise * c;
  const clean = left > 1e-12 * c ? (noise * G) / left : Infinity;
  return {
    noisy: (noise * G) / (c - 1),
    clean,
    get most() {
      return k === 0 ? largestCleanCost({ q, c, noise, clean }) : NaN;
    },
    byClass,
    sharp,
  };
}
