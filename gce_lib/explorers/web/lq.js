// L_q as a function of nll = −log p; k truncates it: constant where p ≤ k.

/** The greatest nll that counts. */
const cutOf = (k) => -Math.log(k);

export function lossOf(nll, { q, k = 0 }) {
  const counted = Math.min(nll, cutOf(k));
  return q === 0 ? counted : -Math.expm1(-q * counted) / q;
}

/** The factor before the gradient of cross entropy: p^q, or 0 where p ≤ k. */
export const weightOf = (nll, { q, k = 0 }) => (nll < cutOf(k) ? Math.exp(-q * nll) : 0);

/** The greatest value of the loss; the least is 0. */
export const lossRange = (method) => lossOf(Infinity, method);
