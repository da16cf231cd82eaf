// Methods in a race, as recorded: every epoch puts them in an order of its own.

import { chart } from "../chart.js";
import { choice, slider } from "../controls.js";
import { make, swatch } from "../dom.js";
import { bold, controlRow, explorer, hint, panels } from "../figure.js";
import { percent } from "../numbers.js";
import { narration, readout } from "../readout.js";

const TITLES = { symmetric: "uniform", "class-map": "class-dependent" };

const inPercent = (share) => String(Math.round(100 * share));

/** The class of a loss: "gce:0.7" is drawn as "gce". */
const kindOf = (loss) => `m-${loss.split(":")[0]}`;

/** "symmetric:0.4" in words. */
function title(noise) {
  const [kind, rate] = noise.split(":");
  return rate ? `${TITLES[kind] ?? kind} ${rate}` : kind;
}

/** A name of a loss with the q of L_q as an index. */
function typeset(name) {
  const [before, after] = name.split("L_q");
  return after === undefined ? [name] : [before, "L", make("sub", {}, "q"), after];
}

/** The names of `numbers`, the largest number first. */
const order = (numbers) => Object.keys(numbers).sort((a, b) => numbers[b] - numbers[a]);

/** An axis from the tenth below all of `values` to the tenth above them. */
function tenths(values) {
  const from = Math.floor(10 * Math.min(...values));
  const to = Math.max(from + 1, Math.ceil(10 * Math.max(...values)));
  const all = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const ticks = all.length > 7 ? all.filter((tick) => tick % 2 === 0) : all;
  return { from: from / 10, to: to / 10, ticks: ticks.map((tick) => tick / 10), show: inPercent };
}

/** What the figure shows, in words. */
function describe({ noise, epoch, names, now, chosen, memorised }) {
  const named = (columns) => order(columns).map((loss) => [names[loss], columns[loss]]);
  const [[first, lead], second] = named(now);
  const [[honest, chosenLead]] = named(chosen);
  const [[worst, most]] = named(memorised);
  const head = `With ${title(noise)} noise, after epoch ${epoch}, ${first} leads: ${percent(lead)}`;
  const next = second ? `, then ${second[0]}: ${percent(second[1])}.` : ".";
  const learned = `Most wrong labels were learned by ${worst}: ${percent(most)}.`;
  const choice =
    honest === first
      ? `Chosen by noisy validation, ${first} leads, too.`
      : `Chosen by noisy validation, ${honest} leads: ${percent(chosenLead)}.`;
  return `${head}${next} ${learned} ${choice}`;
}

/** Curves over the epochs, one for each loss. */
function epochPanel({ losses, last, y, description, onResize, onDrag }) {
  const ticks = Array.from({ length: 5 }, (_, i) => Math.round(1 + (i * (last - 1)) / 4));
  const axes = chart({
    x: { from: 1, to: Math.max(2, last), ticks: [...new Set(ticks)], label: "epoch" },
    y,
    description,
    onResize,
  });
  const line = axes.line("probe");
  const curves = losses.map((loss) => [loss, axes.curve(kindOf(loss)), axes.dot(kindOf(loss), 4)]);
  axes.drag(onDrag);

  const draw = (columns, epoch) => {
    line(epoch);
    for (const [loss, curve, dot] of curves) {
      const values = columns[loss] ?? [];
      curve(values.map((value, i) => [i + 1, value]));
      dot(epoch, values[epoch - 1] ?? 2);
    }
  };
  return { axes, draw };
}

const linked = (model) => {
  const { last, noises } = model.get("recorded");
  return { noise: Object.keys(noises), epoch: { min: 1, max: last, step: 1 } };
};

function build({ model, redraw, mover }) {
  const { last, names, noises } = model.get("recorded");
  const { noise: kinds, epoch: range } = linked(model);
  const losses = [...new Set(kinds.flatMap((noise) => Object.keys(noises[noise])))];
  const controls = [
    slider(model, "epoch", { label: "epoch", symbol: "", show: String, ...range }),
    choice(model, "noise", "Noise", Object.fromEntries(kinds.map((n) => [n, title(n)]))),
  ];
  const all = (name) =>
    Object.values(noises).flatMap((cells) => Object.values(cells).flatMap((cell) => cell[name]));
  const where = "the numbers are in the table below";
  const shared = { losses, last, onResize: redraw, onDrag: mover("epoch") };
  const accuracy = epochPanel({
    ...shared,
    y: tenths(all("test_accuracy")),
    description: `Test accuracy in per cent over the epochs; ${where}`,
  });
  const learned = epochPanel({
    ...shared,
    y: tenths(all("memorised")),
    description: "Share of the wrong labels memorised, in per cent, over the epochs",
  });
  const row = (loss) => [loss, make("span", {}, swatch(kindOf(loss)), ...typeset(names[loss]))];
  const numbers = readout(
    { now: "this epoch", chosen: "by validation", peek: "best epoch" },
    Object.fromEntries(losses.map(row)),
  );
  const sentence = narration();

  function draw() {
    const [noise, epoch] = [model.get("noise"), model.get("epoch")];
    const cells = noises[noise];
    const column = (name) =>
      Object.fromEntries(Object.entries(cells).map(([loss, cell]) => [loss, cell[name]]));
    const at = (columns) =>
      Object.fromEntries(Object.entries(columns).map(([loss, values]) => [loss, values[epoch - 1]]));
    const [tests, memory] = [column("test_accuracy"), column("memorised")];
    const [now, chosen, peek] = [at(tests), column("chosen"), column("peek")];
    for (const control of controls) control.update();
    accuracy.draw(tests, epoch);
    learned.draw(memory, epoch);
    for (const loss of losses) {
      for (const [name, values] of Object.entries({ now, chosen, peek })) {
        numbers.set(loss, name, values[loss] ?? NaN);
      }
    }
    sentence.say(describe({ noise, epoch, names, now, chosen, memorised: at(memory) }));
  }

  const parts = [
    controlRow(controls),
    panels(
      [[bold("Test accuracy, %"), hint("drag the line")], accuracy.axes.el],
      [[bold("Wrong labels learned, %")], learned.axes.el],
    ),
    numbers.el,
    sentence.el,
  ];
  return { parts, draw };
}

export default explorer({
  name: "records",
  label: "Explorer of recorded trainings",
  linked,
  build,
});
