// Numbers in ranges { min, max, step }, and as they are written.

export const clamp = (value, { min, max }) => Math.min(max, Math.max(min, value));

/** The nearest value that a slider of this range can have. */
export function snap(value, range) {
  const { step = 0.01 } = range;
  return Number(clamp(Math.round(value / step) * step, range).toFixed(10));
}

/** So many decimals, and no sign before a zero. */
export const fixed = (value, digits) => (Number(value.toFixed(digits)) + 0).toFixed(digits);

/** Two decimals, or more where the value has them: 0.7 → "0.70", 0.125 → "0.125". */
export function decimals(value) {
  const short = String(Number(value.toFixed(4)));
  return short.length > 4 ? short : fixed(value, 2);
}

/** Three decimals; "∞" for infinity, "–" for a number that does not exist. */
export function threeDecimals(value) {
  if (Number.isNaN(value)) return "–";
  return Number.isFinite(value) ? fixed(value, 3) : "∞";
}

/** A share in per cent, with one decimal unless told. */
export const percent = (share, digits = 1) => `${fixed(100 * share, digits)}\u00a0%`;
