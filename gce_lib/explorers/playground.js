// The playground: two networks learn in the page, one by cross-entropy, one by L_q.

const SPEEDS = { slow: 4, normal: 12, fast: 48 }; // epochs a second
const FRAME = 16; // milliseconds of a frame that learning may take
const DATA = ["dataset", "noise_rate", "seed"]; // a change of one starts anew
const METHOD = ["q", "k", "pruning"]; // a change of one is felt from the next step on
const LINKED = {
  dataset: Object.keys(PROBLEMS),
  noise_rate: NOISE,
  q: { min: 0, max: 1 },
  k: { min: 0, max: 0.99 },
  pruning: [true, false],
  seed: SEEDS,
};
const percent = (share) => `${Math.round(100 * share)}\u00a0%`;

/** What the figure shows, in words. */
function describeRace(race, { q }) {
  const epoch = epochOf(race);
  if (epoch === 0) return "Two networks with the same first weights. Press Play.";
  const { ce, lq } = race.learners;
  const now = (learner, what) => percent(learner.history[what][epoch]);
  return [
    `Epoch ${epoch}. Cross-entropy repeats ${now(ce, "memorised")} of the wrong labels`,
    `and is right on ${now(ce, "test")} of new points.`,
    `The other network, now at q = ${decimals(q)}, repeats ${now(lq, "memorised")}`,
    `and is right on ${now(lq, "test")}.`,
  ].join(" ");
}

function render({ model, el }) {
  const names = [...Object.keys(LINKED), "speed"];
  const start = Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const state = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  const controls = playControls(model);
  const planes = {
    ce: plane("What cross-entropy has learned; the numbers are in the table below"),
    lq: plane("What L_q has learned; the numbers are in the table below"),
  };
  const key = pointKey();
  const redraw = () => drawCharts();
  const charts = [
    scoreChart("Right on new points", "test", redraw),
    scoreChart("Wrong labels repeated", "memorised", redraw),
  ];
  const numbers = scoreTable();
  const sentence = narration();
  let race = createRace(state());
  let due = 0; // steps that the clock allows but that were not taken yet
  let last = 0;
  let frame = 0;
  let turn = 0;

  const play = button("Play", () => setPlaying(!model.get("playing")));
  const step = button("One epoch", () => {
    setPlaying(false);
    const end = Math.min(epochOf(race) + 1, EPOCHS) * STEPS;
    while (race.step < end) advance(race, state());
    drawAll();
  });
  const restart = button("Restart", () => begin());
  const clock = make("span", { class: "gce-clock" });

  function setPlaying(playing) {
    model.set("playing", playing);
    model.save_changes();
  }

  function begin() {
    race = createRace(state());
    due = 0;
    drawAll();
  }

  function drawScores() {
    const epoch = epochOf(race);
    const { learners } = race;
    clock.textContent = `epoch ${epoch} of ${EPOCHS}`;
    for (const [name, { history }] of Object.entries(learners)) {
      for (const [column, values] of Object.entries(history)) {
        numbers.set(name, column, values[epoch]);
      }
    }
    sentence.say(describeRace(race, state()));
    drawCharts();
  }

  function drawCharts() {
    for (const one of charts) one.draw(race.learners);
  }

  function drawPlanes(fresh) {
    const colours = key.colours();
    for (const name of fresh) planes[name].predict(race.learners[name]);
    for (const name of Object.keys(planes)) {
      planes[name].draw(race, race.learners[name], colours);
    }
  }

  function drawAll() {
    key.show(race.train.classes);
    for (const control of Object.values(controls)) control.update();
    play.textContent = model.get("playing") ? "Pause" : "Play";
    if (finished(race)) play.textContent = "Play again";
    drawPlanes(["ce", "lq"]);
    drawScores();
  }

  /** As many steps as the clock allows and the frame has time for. */
  function learn(now) {
    const speed = SPEEDS[model.get("speed")] * STEPS;
    due = Math.min(due + ((now - last) / 1000) * speed, speed / 4);
    const method = state();
    const before = epochOf(race);
    while (due >= 1 && !finished(race) && performance.now() - now < FRAME) {
      advance(race, method);
      due -= 1;
    }
    return epochOf(race) > before;
  }

  function tickFrame(now) {
    const scored = learn(now);
    last = now;
    if (finished(race)) setPlaying(false);
    turn = 1 - turn;
    drawPlanes(finished(race) ? ["ce", "lq"] : [["ce", "lq"][turn]]);
    if (scored) drawScores();
    if (model.get("playing")) frame = requestAnimationFrame(tickFrame);
  }

  function onPlaying() {
    cancelAnimationFrame(frame);
    if (model.get("playing") && finished(race)) begin();
    drawAll();
    if (!model.get("playing")) return;
    last = performance.now();
    frame = requestAnimationFrame(tickFrame);
  }

  const buttons = [play, step, restart, clock];
  const figure = layout({ controls, buttons, planes, key, charts, numbers, sentence });
  el.append(figure);
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) setPlaying(false);
  figure.append(stateButtons(model, start, linkState(model, LINKED, figure, "play-")));
  begin();
  model.on("change:playing", onPlaying);
  for (const name of DATA) model.on(`change:${name}`, begin);
  const stopFollowing = follow(model, [...METHOD, "speed"], () =>
    finished(race) ? begin() : drawAll(),
  );
  const stopTheme = onTheme(() => requestAnimationFrame(drawAll));
  new ResizeObserver(() => drawPlanes([])).observe(planes.ce.el);
  if (model.get("playing")) onPlaying();
  return () => {
    cancelAnimationFrame(frame);
    stopFollowing();
    stopTheme();
    model.off("change:playing", onPlaying);
    for (const name of DATA) model.off(`change:${name}`, begin);
  };
}

export default { render };
export { EPOCHS, HALF_WIDTH, INPUTS, STEPS };
export { advance, createNetwork, createRace, finished };
export { gridInputs, lossAndGradient, predict };
