// The playground's network: two hidden layers of tanh units, its loss and its gradient.
// Once a network is made, nothing here allocates.

import { lossOf, weightOf } from "../lq.js";
import { normals, uniforms } from "../random.js";

/** Layers of `sizes`, such as [10, 32, 32, 4], with initial weights from the seed. */
export function createNetwork(sizes, seed) {
  const layers = [];
  let count = 0;
  for (let l = 1; l < sizes.length; l++) {
    const [inputs, outputs] = [sizes[l - 1], sizes[l]];
    layers.push({ inputs, outputs, weight: count, bias: count + inputs * outputs });
    count += (inputs + 1) * outputs;
  }
  const parameters = new Float64Array(count);
  const normal = normals(uniforms(seed));
  for (const { inputs, weight, bias } of layers) {
    for (let j = weight; j < bias; j++) parameters[j] = normal() / Math.sqrt(inputs);
  }
  return withMemory(sizes, layers, parameters);
}

/** A network of its own with the same parameters. */
export function copyNetwork({ sizes, layers, parameters }) {
  return withMemory(sizes, layers, parameters.slice());
}

function withMemory(sizes, layers, parameters) {
  return {
    sizes,
    layers,
    parameters, // of each layer the weights, a row an input, then the biases
    gradient: new Float64Array(parameters.length),
    values: sizes.map((size) => new Float64Array(size)), // inputs, …, log-probabilities
    errors: sizes.map((size) => new Float64Array(size)), // the loss's gradient in them
  };
}

/** Log-probabilities of the classes for one row of `inputs`, in the network's memory. */
export function forward({ layers, parameters, values }, inputs, row) {
  const first = values[0];
  for (let i = 0; i < first.length; i++) first[i] = inputs[row * first.length + i];
  const last = layers.length - 1;
  for (let l = 0; l <= last; l++) {
    const { inputs: width, outputs, weight, bias } = layers[l];
    const from = values[l];
    const to = values[l + 1];
    for (let o = 0; o < outputs; o++) to[o] = parameters[bias + o];
    for (let i = 0; i < width; i++) {
      const value = from[i];
      const start = weight + i * outputs;
      for (let o = 0; o < outputs; o++) to[o] += value * parameters[start + o];
    }
    if (l < last) for (let o = 0; o < outputs; o++) to[o] = Math.tanh(to[o]);
  }
  return logSoftmax(values[last + 1]);
}

/** Turn logits into log-probabilities, in place. */
function logSoftmax(logits) {
  let top = logits[0];
  for (let j = 1; j < logits.length; j++) top = Math.max(top, logits[j]);
  let sum = 0;
  for (let j = 0; j < logits.length; j++) sum += Math.exp(logits[j] - top);
  const shift = top + Math.log(sum);
  for (let j = 0; j < logits.length; j++) logits[j] -= shift;
  return logits;
}

/** Add `scale` times the gradient of −log p at the example of the last `forward`. */
function backward({ layers, parameters, gradient, values, errors }, label, scale) {
  const top = layers.length;
  for (let j = 0; j < values[top].length; j++) {
    errors[top][j] = scale * (Math.exp(values[top][j]) - (j === label ? 1 : 0));
  }
  for (let l = top - 1; l >= 0; l--) {
    const { inputs, outputs, weight, bias } = layers[l];
    const from = values[l];
    const error = errors[l + 1];
    const below = errors[l];
    for (let o = 0; o < outputs; o++) gradient[bias + o] += error[o];
    for (let i = 0; i < inputs; i++) {
      const value = from[i];
      const start = weight + i * outputs;
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        gradient[start + o] += value * error[o];
        sum += parameters[start + o] * error[o];
      }
      below[i] = sum * (1 - value * value); // the slope of tanh; unused for the inputs
    }
  }
}

/**
 * The mean loss over some rows of the data; its gradient is left in the network, and
 * each example's weight in `weights`. Where `keep` is 0 an example is left out, and
 * the others pull as before.
 */
export function lossAndGradient({ network, keep, weights }, data, method, rows) {
  network.gradient.fill(0);
  let loss = 0;
  for (let n = 0; n < rows.length; n++) {
    const i = rows[n];
    weights[i] = 0;
    if (!keep[i]) continue;
    const label = data.noisy[i];
    const nll = -forward(network, data.inputs, i)[label];
    loss += lossOf(nll, method) / rows.length;
    weights[i] = weightOf(nll, method);
    if (weights[i]) backward(network, label, weights[i] / rows.length);
  }
  return loss;
}
