// What L_q hears of right and of wrong tokens, while a model learns to add.

import { chart } from "../chart.js";
import { choice, slider } from "../controls.js";
import { make, maths } from "../dom.js";
import { bold, controlRow, explorer, hint, key, panels } from "../figure.js";
import { weightOf } from "../lq.js";
import { decimals, fixed, percent } from "../numbers.js";
import { narration, readout } from "../readout.js";

const Q = { min: 0, max: 1 };
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];
const GRID = Array.from({ length: 101 }, (_, i) => i / 100);
const SHOWN = 8; // lines of a task; all of them count for the numbers
const TASKS = { sums: "sums", differences: "differences" };
const DEEPEST = 50; // per cent of a colour that letters can be read on

const sum = (values) => values.reduce((total, value) => total + value, 0);

/** The tokens of the answers of a task: what is given, what is right, and where. */
function tokensOf({ lines, answers }) {
  return lines.flatMap((line, i) =>
    [...answers[i]].map((right, j) => {
      const given = line.at(j - answers[i].length);
      return { line: i, place: j, given, right, wrong: given !== right };
    }),
  );
}

/** How many tokens there are of a kind, their mean weight p^q and mean pull. */
function meansOf(nll, q) {
  const weights = nll.map((each) => weightOf(each, { q }));
  const pulls = nll.map((each, i) => weights[i] * -Math.expm1(-each));
  const count = nll.length;
  return { count, weight: sum(weights) / count, pull: sum(pulls) / count };
}

/** The same of right, of wrong and of all tokens, with their shares of all pull. */
function hear({ right, wrong }, q) {
  const all = meansOf([...right, ...wrong], q);
  const share = (part) => ({
    ...part,
    share: (part.count * part.pull) / (all.count * all.pull),
  });
  return {
    right: share(meansOf(right, q)),
    wrong: share(meansOf(wrong, q)),
    all: share(all),
  };
}

/** What the figure shows, in words. */
function describe({ steps, task, q, now, start, believed }) {
  const when = steps === 0 ? "Before training" : `After ${steps} steps of sums`;
  const first = [
    `${when} the model reads ${task},`,
    `and gives their tokens a mean probability of ${fixed(believed, 2)}.`,
  ];
  const before = `${percent(start.wrong.share)} of the pull comes from wrong tokens.`;
  if (q === 0) return [...first, `At q = 0 every token counts in full, and ${before}`].join(" ");
  return [
    ...first,
    `At q = ${decimals(q)} right tokens keep ${fixed(now.right.weight, 2)}`,
    `of their weight and wrong ones ${fixed(now.wrong.weight, 2)}.`,
    `Of the pull ${percent(now.all.pull / start.all.pull)} is left;`,
    `wrong tokens make ${percent(now.wrong.share)} of it,`,
    `and made ${percent(start.wrong.share)} at q = 0.`,
  ].join(" ");
}

/** A row for a line: its prompt, and a cell for each token of its answer. */
function tokenTable() {
  const cell = (i, j) => make("td", { "data-row": `line${i}`, "data-column": j });
  const rows = Array.from({ length: SHOWN }, (_, i) => ({
    prompt: make("th", { scope: "row" }),
    cells: [cell(i, 0), cell(i, 1)],
  }));
  const column = (name) => make("th", { scope: "col" }, name);
  const el = make(
    "table",
    { class: "gce-lines" },
    make("caption", { class: "gce-hidden" }, "Lines, and the weight of each token of the answer"),
    make("thead", {}, make("tr", {}, make("td"), column("ones"), column("tens"))),
    make("tbody", {}, ...rows.map(({ prompt, cells }) => make("tr", {}, prompt, ...cells))),
  );

  const write = ({ lines, answers }, tokens) => {
    rows.forEach(({ prompt }, i) => {
      prompt.textContent = lines[i].slice(0, -answers[i].length);
    });
    for (const { line, place, given, right, wrong } of tokens) {
      const node = rows[line].cells[place];
      const token = make("span", { class: "gce-token" }, given);
      if (wrong) token.append(make("span", { class: "gce-truth" }, ` (${right})`));
      node.className = wrong ? "gce-wrong" : "gce-right";
      node.replaceChildren(token, make("span", { class: "gce-weight" }));
    }
  };
  const draw = (tokens, weights) =>
    tokens.forEach(({ line, place }, i) => {
      const node = rows[line].cells[place];
      node.dataset.value = weights[i];
      node.style.setProperty("--gce-shade", `${DEEPEST * weights[i]}%`);
      node.lastChild.textContent = fixed(weights[i], 2);
    });
  return { el, write, draw };
}

/** Where the pull comes from, and how much of it there is, against q. */
function pullPanel({ onResize, onDrag }) {
  const axes = chart({
    x: { from: 0, to: 1, ticks: QUARTERS, label: "q" },
    y: { from: 0, to: 1.05, ticks: QUARTERS },
    description:
      "The share of the pull that comes from wrong tokens, and the mean pull, against q; " +
      "the numbers are in the table below",
    onResize,
  });
  const share = axes.curve("share");
  const mean = axes.curve("mean");
  const line = axes.line("probe");
  const dots = { share: axes.dot("share", 5), mean: axes.dot("mean", 5) };
  axes.drag(onDrag);

  const draw = (along, { q, now }) => {
    share([[0, 0], ...along.map((heard, i) => [GRID[i], heard.wrong.share]), [1, 0]]);
    mean(along.map((heard, i) => [GRID[i], heard.all.pull]));
    line(q);
    dots.share(q, now.wrong.share);
    dots.mean(q, now.all.pull);
  };
  return { axes, draw };
}

const linked = (model) => ({
  q: Q,
  task: Object.keys(TASKS),
  stage: { min: 0, max: model.get("recorded").steps.length - 1, step: 1 },
});

function build({ model, redraw, mover }) {
  const { steps, tasks } = model.get("recorded");
  const controls = [
    slider(model, "q", { label: "from CE to MAE", ...Q }),
    slider(model, "stage", {
      label: "steps of training on sums",
      symbol: "",
      show: (stage) => String(steps[stage]),
      ...linked(model).stage,
    }),
    choice(model, "task", "What the model reads", TASKS),
  ];
  const lines = tokenTable();
  const pull = pullPanel({ onResize: redraw, onDrag: mover("q") });
  const numbers = readout(
    {
      weight: make("span", {}, "mean weight ", maths("p^q")),
      pull: make("span", {}, "mean pull ", maths("p^q (1 − p)")),
      share: "share of the pull",
    },
    { right: "right tokens", wrong: "wrong tokens", all: "all tokens" },
  );
  const sentence = narration();

  function draw() {
    const [q, task, stage] = ["q", "task", "stage"].map((name) => model.get(name));
    const tokens = tokensOf(tasks[task]);
    const nll = tasks[task].nll[stage].flat();
    const of = (wrong) => nll.filter((_, i) => tokens[i].wrong === wrong);
    const parts = { right: of(false), wrong: of(true) };
    const now = hear(parts, q);
    const along = GRID.map((value) => hear(parts, value));
    const shown = tokens.filter(({ line }) => line < SHOWN);
    for (const control of controls) control.update();
    lines.write(tasks[task], shown);
    lines.draw(shown, nll.map((each) => weightOf(each, { q })));
    pull.draw(along, { q, now });
    for (const [kind, heard] of Object.entries(now)) {
      for (const column of ["weight", "pull", "share"]) {
        numbers.set(kind, column, heard[column]);
      }
    }
    const [start, believed] = [along[0], along.at(-1).all.weight];
    sentence.say(describe({ steps: steps[stage], task, q, now, start, believed }));
  }

  const parts = [
    controlRow(controls),
    panels(
      [[bold("Weights ", maths("p^q")), hint("✗ wrong, (right digit)")], lines.el],
      [[bold("Pull"), key("share", "share of wrong tokens"), key("mean", "mean")], pull.axes.el],
    ),
    numbers.el,
    sentence.el,
  ];
  return { parts, draw };
}

export default explorer({ name: "tokens", label: "Explorer of token weights", linked, build });
