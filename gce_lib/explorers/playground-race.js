// Cross-entropy and L_q side by side: the same data, noise, first weights and batches.

const COUNT = 500;
const HIDDEN = [32, 32];
const EPOCHS = 200;
const BATCH = 25;
const STEPS = COUNT / BATCH; // in an epoch
const LEARNING_RATE = 0.05;
const MOMENTUM = 0.9;
const PRUNE_FROM = 40; // the epoch of the first pruning
const PRUNE_EVERY = 10;
const CROSS_ENTROPY = { q: 0, k: 0, pruning: false };

/** One network, what it makes of the examples, and its scores after every epoch. */
function createLearner(sizes, seed) {
  const network = createNetwork(sizes, seed);
  return {
    network,
    velocity: new Float64Array(network.parameters.length),
    keep: new Uint8Array(COUNT).fill(1),
    weights: new Float64Array(COUNT).fill(1),
    history: { test: [], train: [], memorised: [] },
  };
}

/** Two learners at their start. Everything in it follows from the three arguments. */
function createRace({ dataset, noise_rate, seed }) {
  const stream = (purpose) => 8 * seed + purpose;
  const train = sample(dataset, COUNT, stream(0));
  train.noisy = corrupt(train, noise_rate, stream(1));
  const order = Uint16Array.from(train.clean.keys());
  const sizes = [INPUTS, ...HIDDEN, train.classes];
  const race = {
    train,
    test: sample(dataset, COUNT, stream(2)),
    shuffler: uniforms(stream(3)),
    order,
    batches: Array.from({ length: STEPS }, (_, n) =>
      order.subarray(n * BATCH, (n + 1) * BATCH),
    ),
    learners: {
      ce: createLearner(sizes, stream(4)),
      lq: createLearner(sizes, stream(4)),
    },
    step: 0,
  };
  score(race);
  return race;
}

const epochOf = (race) => Math.floor(race.step / STEPS);
const finished = (race) => race.step === EPOCHS * STEPS;

/** One step of both learners; `method` holds the q, k and pruning of L_q. */
function advance(race, method) {
  if (race.step % STEPS === 0) startEpoch(race, method);
  const batch = race.batches[race.step % STEPS];
  descend(race, race.learners.ce, CROSS_ENTROPY, batch);
  descend(race, race.learners.lq, method, batch);
  race.step += 1;
  if (race.step % STEPS === 0) score(race);
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
function predict(network, inputs, row) {
  const logp = forward(network, inputs, row);
  let best = 0;
  for (let j = 1; j < logp.length; j++) if (logp[j] > logp[best]) best = j;
  return best;
}

/** Add to the history the shares of right answers and of wrong labels repeated. */
function score({ train, test, learners }) {
  for (const { network, history } of Object.values(learners)) {
    let [right, flipped, repeated, rightInTest] = [0, 0, 0, 0];
    for (let i = 0; i < COUNT; i++) {
      const answer = predict(network, train.inputs, i);
      if (answer === train.clean[i]) right += 1;
      if (train.noisy[i] !== train.clean[i]) {
        flipped += 1;
        if (answer === train.noisy[i]) repeated += 1;
      }
      if (predict(network, test.inputs, i) === test.clean[i]) rightInTest += 1;
    }
    history.test.push(rightInTest / COUNT);
    history.train.push(right / COUNT);
    history.memorised.push(flipped ? repeated / flipped : 0);
  }
}
