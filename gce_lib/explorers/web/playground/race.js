// Cross entropy and L_q side by side: the same data, noise, first weights and batches.

import { uniforms } from "../random.js";
import { corrupt, INPUTS, sample } from "./data.js";
import { copyNetwork, createNetwork, forward, lossAndGradient } from "./network.js";

const COUNT = 500;
const HIDDEN = [32, 32];
export const EPOCHS = 200;
const BATCH = 25;
export const STEPS = COUNT / BATCH; // in an epoch
const LEARNING_RATE = 0.05;
const MOMENTUM = 0.9;
export const PRUNE_FROM = 40; // the epoch of the first pruning
export const PRUNE_EVERY = 10;
const CROSS_ENTROPY = { q: 0, k: 0, pruning: false };

/** What the data set and the seed fix: points, first weights and what these answer. */
function createStart(dataset, seed) {
  const train = sample(dataset, COUNT, streamOf(seed, 0));
  const test = sample(dataset, COUNT, streamOf(seed, 2));
  const network = createNetwork([INPUTS, ...HIDDEN, train.classes], streamOf(seed, 4));
  const answers = { train: answer(network, train), test: answer(network, test) };
  return { dataset, seed, train, test, network, answers };
}

const streamOf = (seed, purpose) => 8 * seed + purpose;

let latest = {}; // most races differ from the one before in their noise only

function startOf(dataset, seed) {
  if (latest.dataset !== dataset || latest.seed !== seed) latest = createStart(dataset, seed);
  return latest;
}

/** One network, what it makes of the examples, and its scores after every epoch. */
function createLearner(network) {
  return {
    network,
    velocity: new Float64Array(network.parameters.length),
    keep: new Uint8Array(COUNT).fill(1),
    weights: new Float64Array(COUNT).fill(1),
    history: { test: [], train: [], memorised: [] },
  };
}

/** Two learners at their start. Everything in it follows from the three arguments. */
export function createRace({ dataset, noise_rate, seed }) {
  const start = startOf(dataset, seed);
  const noisy = corrupt(start.train, noise_rate, streamOf(seed, 1));
  const order = Uint16Array.from(noisy.keys());
  const race = {
    start,
    train: { ...start.train, noisy },
    test: start.test,
    shuffler: uniforms(streamOf(seed, 3)),
    order,
    batches: Array.from({ length: STEPS }, (_, n) =>
      order.subarray(n * BATCH, (n + 1) * BATCH),
    ),
    learners: {
      ce: createLearner(copyNetwork(start.network)),
      lq: createLearner(copyNetwork(start.network)),
    },
    step: 0,
  };
  for (const { history } of Object.values(race.learners)) {
    score(history, start.answers, race);
  }
  return race;
}

export const epochOf = (race) => Math.floor(race.step / STEPS);
export const finished = (race) => race.step === EPOCHS * STEPS;

/** One step of both learners; `method` holds the q, k and pruning of L_q. */
export function advance(race, method) {
  if (race.step % STEPS === 0) startEpoch(race, method);
  const batch = race.batches[race.step % STEPS];
  descend(race, race.learners.ce, CROSS_ENTROPY, batch);
  descend(race, race.learners.lq, method, batch);
  race.step += 1;
  if (race.step % STEPS > 0) return;
  for (const { network, history } of Object.values(race.learners)) {
    const answers = { train: answer(network, race.train), test: answer(network, race.test) };
    score(history, answers, race);
  }
}

function startEpoch(race, method) {
  const { order, shuffler, learners } = race;
  for (let i = COUNT - 1; i > 0; i--) {
    const j = Math.floor(shuffler() * (i + 1));
    const other = order[i];
    order[i] = order[j];
    order[j] = other;
  }
  prune(learners.lq, race.train, method, epochOf(race));
}

/** The w-step of alternate convex search: keep an example where p ≥ k. */
function prune({ network, keep }, train, { k, pruning }, epoch) {
  if (!pruning || epoch < PRUNE_FROM) keep.fill(1);
  else if ((epoch - PRUNE_FROM) % PRUNE_EVERY === 0) {
    for (let i = 0; i < COUNT; i++) {
      const logp = forward(network, train.inputs, i)[train.noisy[i]];
      keep[i] = logp >= Math.log(k) ? 1 : 0;
    }
  }
}

/** One step of SGD with momentum, its rate a cosine that ends at 0. */
function descend(race, learner, { q, k, pruning }, batch) {
  const { network, velocity } = learner;
  const { parameters, gradient } = network;
  lossAndGradient(learner, race.train, { q, k: pruning ? 0 : k }, batch);
  const done = race.step / (EPOCHS * STEPS);
  const rate = LEARNING_RATE * 0.5 * (1 + Math.cos(Math.PI * done));
  for (let j = 0; j < parameters.length; j++) {
    velocity[j] = MOMENTUM * velocity[j] + gradient[j];
    parameters[j] -= rate * velocity[j];
  }
}

/** The class that the network finds most probable. */
export function predict(network, inputs, row) {
  const logp = forward(network, inputs, row);
  let best = 0;
  for (let j = 1; j < logp.length; j++) if (logp[j] > logp[best]) best = j;
  return best;
}

/** The class that it finds most probable for each of the points. */
const answer = (network, { inputs, count }) =>
  Uint8Array.from({ length: count }, (_, i) => predict(network, inputs, i));

/** Add to the history the shares of right answers and of wrong labels repeated. */
function score(history, answers, { train, test }) {
  let [right, flipped, repeated, rightInTest] = [0, 0, 0, 0];
  for (let i = 0; i < COUNT; i++) {
    const given = answers.train[i];
    if (given === train.clean[i]) right += 1;
    if (train.noisy[i] !== train.clean[i]) {
      flipped += 1;
      if (given === train.noisy[i]) repeated += 1;
    }
    if (answers.test[i] === test.clean[i]) rightInTest += 1;
  }
  history.test.push(rightInTest / COUNT);
  history.train.push(right / COUNT);
  history.memorised.push(flipped ? repeated / flipped : 0);
}
