// The playground: two networks learn in the page, one by cross entropy, one by L_q.

import { button } from "../controls.js";
import { make } from "../dom.js";
import { explorer } from "../figure.js";
import { decimals, percent } from "../numbers.js";
import { narration } from "../readout.js";
import { onTheme } from "../theme.js";
import { plane } from "./canvas.js";
import { KINDS, layout, playControls, pointKey, scoreChart, scoreTable, SPEEDS } from "./parts.js";
import { advance, createRace, EPOCHS, epochOf, finished, STEPS } from "./race.js";

const FRAME = 16; // milliseconds of a frame that learning may take
const DATA = ["dataset", "noise_rate", "seed"]; // a change of one starts anew
const BOTH = ["ce", "lq"];

/** What the figure shows, in words. */
function describeRace(race, { q }) {
  const epoch = epochOf(race);
  if (epoch === 0) return "Two networks with the same first weights. Press Play.";
  const { ce, lq } = race.learners;
  const now = (learner, what) => percent(learner.history[what][epoch], 0);
  return [
    `Epoch ${epoch}. Cross entropy repeats ${now(ce, "memorised")} of the wrong labels`,
    `and is right on ${now(ce, "test")} of new points.`,
    `The other network, now at q = ${decimals(q)}, repeats ${now(lq, "memorised")}`,
    `and is right on ${now(lq, "test")}.`,
  ].join(" ");
}

function build({ model, signal }) {
  const state = () =>
    Object.fromEntries(Object.keys(KINDS).map((name) => [name, model.get(name)]));
  const controls = playControls(model);
  const planes = {
    ce: plane("What cross entropy has learned; the numbers are in the table below"),
    lq: plane("What L_q has learned; the numbers are in the table below"),
  };
  const key = pointKey();
  const charts = [
    scoreChart("Right on new points", "test", () => drawCharts()),
    scoreChart("Wrong labels repeated", "memorised", () => drawCharts()),
  ];
  const numbers = scoreTable();
  const sentence = narration();
  let race = createRace(state());
  let drawn = false; // nothing is, before the figure is in its page
  let colours;
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

  /** Start anew; what was drawn of the same first weights can stay. */
  function begin() {
    const before = race;
    race = createRace(state());
    due = 0;
    const same = before.step === 0 && before.start === race.start;
    drawAll(same ? [] : BOTH);
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
    for (const name of fresh) planes[name].predict(race.learners[name]);
    for (const name of BOTH) planes[name].draw(race, race.learners[name], colours);
  }

  function drawControls() {
    for (const control of Object.values(controls)) control.update();
    play.textContent = model.get("playing") ? "Pause" : "Play";
    if (finished(race)) play.textContent = "Play again";
  }

  function drawAll(fresh = BOTH) {
    key.show(race.train.classes);
    drawControls();
    drawPlanes(fresh);
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
    drawPlanes(finished(race) ? BOTH : [BOTH[turn]]);
    if (scored) drawScores();
    if (model.get("playing")) frame = requestAnimationFrame(tickFrame);
  }

  function onPlaying() {
    if (!drawn) return;
    cancelAnimationFrame(frame);
    if (model.get("playing") && finished(race)) begin();
    else drawAll();
    if (!model.get("playing")) return;
    last = performance.now();
    frame = requestAnimationFrame(tickFrame);
  }

  /** A new method is felt from the next step on; other data start anew. */
  function draw(changed) {
    if (!drawn) start();
    else if (finished(race) || DATA.some((name) => changed.has(name))) begin();
    else {
      drawControls();
      drawScores();
    }
  }

  function start() {
    drawn = true;
    race = createRace(state());
    colours = key.colours();
    onTheme(signal, () => requestAnimationFrame(onNewColours));
    new ResizeObserver(() => drawPlanes([])).observe(planes.ce.el);
    onPlaying();
  }

  function onNewColours() {
    colours = key.colours();
    drawPlanes([]);
  }

  if (matchMedia("(prefers-reduced-motion: reduce)").matches) setPlaying(false);
  model.on("change:playing", onPlaying);
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    model.off("change:playing", onPlaying);
  });
  const buttons = [play, step, restart, clock];
  const parts = layout({ controls, buttons, planes, key, charts, numbers, sentence });
  return { parts, draw };
}

export default explorer({
  name: "playground",
  address: "play",
  label: "Playground of noisy labels",
  linked: () => KINDS,
  build,
});
