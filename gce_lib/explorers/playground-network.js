// The playground's network: a ReLU network with two hidden layers, its loss and its gradient.
// Nothing here allocates once a network is made.

/** Layers of `sizes`, such as [2, 32, 32, 3]; initial weights are drawn from the seed. */
function createNetwork(sizes, seed) {
  const layers = [];
  let count = 0;
  for (let l = 1; l < sizes.length; l++) {
    const [inputs, outputs] = [sizes[l - 1], sizes[l]];
    layers.push({ inputs, outputs, weight: count, bias: count + inputs * outputs });
    count += (inputs + 1) * outputs;
  }
  const parameters = new Float64Array(count);
  const normal = normals(uniforms(seed));
  for (const { inputs, outputs, weight } of layers) {
    const scale = Math.sqrt(2 / inputs);
    for (let j = 0; j < inputs * outputs; j++) parameters[weight + j] = scale * normal();
  }
  return {
    layers,
    parameters,
    gradient: new Float64Array(count),
    values: sizes.map((size) => new Float64Array(size)), // input, hidden, log-probabilities
    errors: sizes.map((size) => new Float64Array(size)), // the loss's gradient in them
  };
}

/** Log-probabilities of the classes at the point (x, y); they live in the network. */
function forward({ layers, parameters, values }, x, y) {
  values[0][0] = x;
  values[0][1] = y;
  const last = layers.length - 1;
  for (let l = 0; l <= last; l++) {
    const { inputs, outputs, weight, bias } = layers[l];
    const [from, to] = [values[l], values[l + 1]];
    for (let o = 0; o < outputs; o++) to[o] = parameters[bias + o];
    for (let i = 0; i < inputs; i++) {
      const value = from[i];
      if (value === 0) continue;
      const row = weight + i * outputs;
      for (let o = 0; o < outputs; o++) to[o] += value * parameters[row + o];
    }
    if (l < last) for (let o = 0; o < outputs; o++) to[o] = to[o] > 0 ? to[o] : 0;
  }
  return logSoftmax(values[last + 1]);
}

function logSoftmax(logits) {
  let top = logits[0];
  for (let j = 1; j < logits.length; j++) top = Math.max(top, logits[j]);
  let sum = 0;
  for (let j = 0; j < logits.length; j++) sum += Math.exp(logits[j] - top);
  const shift = top + Math.log(sum);
  for (let j = 0; j < logits.length; j++) logits[j] -= shift;
  return logits;
}

/** L_q at log-probability `logp` of the label, truncated where p ≤ k. */
function lossAt(logp, q, k) {
  const nll = k > 0 ? Math.min(-logp, -Math.log(k)) : -logp;
  return q === 0 ? nll : -Math.expm1(-q * nll) / q;
}

/** What multiplies the gradient of cross-entropy: p^q, or 0 where p ≤ k > 0. */
function weightAt(logp, q, k) {
  return k > 0 && logp <= Math.log(k) ? 0 : Math.exp(q * logp);
}

/** Add `scale` times the gradient of the loss at one example to the network's. */
function backward({ layers, parameters, gradient, values, errors }, label, scale) {
  const last = layers.length;
  for (let j = 0; j < values[last].length; j++) {
    errors[last][j] = scale * (Math.exp(values[last][j]) - (j === label ? 1 : 0));
  }
  for (let l = last - 1; l >= 0; l--) {
    const { inputs, outputs, weight, bias } = layers[l];
    const [from, error, below] = [values[l], errors[l + 1], errors[l]];
    for (let o = 0; o < outputs; o++) gradient[bias + o] += error[o];
    for (let i = 0; i < inputs; i++) {
      const value = from[i];
      below[i] = 0;
      if (value === 0) continue;
      const row = weight + i * outputs;
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        gradient[row + o] += value * error[o];
        sum += error[o] * parameters[row + o];
      }
      below[i] = sum;
    }
  }
}

/**
 * The mean loss over the examples order[from] … order[to − 1], its gradient left in
 * `network.gradient`. Where `keep` is 0 an example counts as loss 0.
 */
function lossAndGradient(network, data, { q, k, keep }, order, from, to) {
  network.gradient.fill(0);
  let loss = 0;
  for (let n = from; n < to; n++) {
    const i = order[n];
    if (!keep[i]) continue;
    const label = data.noisy[i];
    const logp = forward(network, data.x[2 * i], data.x[2 * i + 1])[label];
    loss += lossAt(logp, q, k) / (to - from);
    const weight = weightAt(logp, q, k);
    if (weight > 0) backward(network, label, weight / (to - from));
  }
  return loss;
}
