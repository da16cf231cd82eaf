// The playground's data: three problems in the plane, with some labels made wrong.

const HALF_WIDTH = 1.25; // all points that are drawn lie in [-1.25, 1.25]²

/** Uniform numbers in [0, 1) from an integer seed: the generator mulberry32. */
function uniforms(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers, two uniform ones for each (Box and Muller). */
function normals(uniform) {
  return () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  };
}

/** Each problem: its classes, its spread, and the middle line of a class at t in [0, 1). */
const PROBLEMS = {
  moons: {
    classes: 2,
    spread: 0.1,
    place(label, t) {
      const [x, y] = [Math.cos(Math.PI * t), Math.sin(Math.PI * t)];
      const [side, up] = label ? [1 - x, 0.5 - y] : [x, y];
      return [0.7 * (side - 0.5), 0.9 * (up - 0.25)];
    },
  },
  spirals: {
    classes: 3,
    spread: 0.04,
    place(label, t) {
      const angle = 2 * Math.PI * (label / 3 + 0.75 * t);
      const radius = 0.1 + 0.95 * t;
      return [radius * Math.cos(angle), radius * Math.sin(angle)];
    },
  },
  blobs: {
    classes: 3,
    spread: 0.25,
    place(label) {
      const angle = 2 * Math.PI * (label / 3 + 0.25);
      return [0.6 * Math.cos(angle), 0.6 * Math.sin(angle)];
    },
  },
};

/** `count` points with their true labels: `x` holds both coordinates of each in turn. */
function sample(name, count, seed) {
  const { classes, spread, place } = PROBLEMS[name];
  const uniform = uniforms(seed);
  const normal = normals(uniform);
  const x = new Float64Array(2 * count);
  const clean = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    clean[i] = i % classes;
    const middle = place(clean[i], uniform());
    x[2 * i] = middle[0] + spread * normal();
    x[2 * i + 1] = middle[1] + spread * normal();
  }
  return { x, clean, count, classes };
}

/**
 * Uniform label noise: each label is replaced, with probability `rate`, by one of the
 * other classes. A higher rate with the same seed keeps the flips and adds some.
 */
function corrupt({ clean, count, classes }, rate, seed) {
  const uniform = uniforms(seed);
  const noisy = Uint8Array.from(clean);
  for (let i = 0; i < count; i++) {
    const flip = uniform() < rate;
    const step = 1 + Math.floor(uniform() * (classes - 1));
    if (flip) noisy[i] = (clean[i] + step) % classes;
  }
  return noisy;
}
