// Transition matrices, T[i][j] = P(noisy = j | clean = i), and labels drawn from them.

const identity = (c) =>
  Array.from({ length: c }, (_, i) => Array.from({ length: c }, (_, j) => +(i === j)));

/** With probability `eta` a label becomes one of the other classes, all alike. */
const uniformNoise = (c, eta) =>
  identity(c).map((row) => row.map((right) => (right ? 1 - eta : eta / (c - 1))));

/** With probability `rate` a label of class i becomes `map[i]`, if there is one. */
function mappedNoise(c, map, rate) {
  const T = identity(c);
  for (const [from, to] of Object.entries(map)) {
    T[from][from] = 1 - rate;
    T[from][to] = rate;
  }
  return T;
}

export function transitionMatrix(kind, rate, { names, map }) {
  const c = names.length;
  const following = Object.fromEntries(names.map((_, i) => [i, (i + 1) % c]));
  if (kind === "uniform") return uniformNoise(c, rate);
  if (kind === "redrawn") return uniformNoise(c, (rate * (c - 1)) / c);
  return mappedNoise(c, kind === "pair" ? following : map, rate);
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The label of an example of class y: `draws` says whether it flips, and to what. */
export function relabel(T, y, [flip, target]) {
  const others = T[y].map((value, j) => (j === y ? 0 : value));
  const wrong = sum(others);
  if (flip >= wrong) return y;
  let reached = 0;
  return others.findIndex((value) => (reached += value / wrong) > target);
}

/** What T does to labels whose classes have the probabilities `prior`. */
export function summarise(T, prior) {
  const right = prior.map((share, i) => share * T[i][i]);
  const total = prior.map((_, j) => sum(prior.map((share, i) => share * T[i][j])));
  const margins = T.map((row, i) => row[i] - Math.max(...row.filter((_, j) => j !== i)));
  return {
    right,
    wrong: total.map((value, j) => value - right[j]),
    rate: 1 - sum(right),
    worst: Math.max(...T.map((row, i) => 1 - row[i])),
    margin: Math.min(...margins),
    outvoted: margins.flatMap((margin, i) => (margin < 1e-12 ? [i] : [])),
  };
}
