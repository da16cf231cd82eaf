// Native, labelled controls and read-outs that follow the traits of a widget.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: `tag` of HTML or, where it begins with "svg:", of SVG. */
function make(tag, attributes = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** Mathematics in HTML: letters become italic, `^x` a superscript, `_x` an index. */
function maths(text) {
  const nodes = text.split(/([_^]?[A-Za-z])/).map((part) => {
    if (!/[A-Za-z]$/.test(part)) return part;
    const letter = make("i", {}, part.at(-1));
    if (part[0] === "^") return make("sup", {}, letter);
    if (part[0] === "_") return make("sub", {}, letter);
    return letter;
  });
  return make("span", { class: "gce-maths" }, ...nodes);
}

/** Two decimals, or more where the value has them: 0.7 → "0.70", 0.125 → "0.125". */
function decimals(value) {
  const short = String(Number(value.toFixed(4)));
  return short.length > 4 ? short : value.toFixed(2);
}

/** Three decimals; "∞" for infinity, "–" for a number that does not exist. */
function threeDecimals(value) {
  if (Number.isNaN(value)) return "–";
  return Number.isFinite(value) ? value.toFixed(3) : "∞";
}

const clamp = (value, { min, max }) => Math.min(max, Math.max(min, value));

let lastId = 0;

/** A labelled `<input type=range>` for one trait, its value read out by `show`. */
function slider(model, name, options) {
  const { label, min, max, step = 0.01, symbol = name, show = decimals } = options;
  const id = `gce-${name}-${++lastId}`;
  const input = make("input", { type: "range", id, min, max, step, name });
  const output = make("output", { for: id });
  const el = make(
    "div",
    { class: "gce-slider" },
    make("label", { for: id }, maths(symbol), ` ${label}`),
    output,
    input,
  );
  input.addEventListener("input", () => {
    model.set(name, Number(input.value));
    model.save_changes();
  });
  const update = () => {
    input.value = model.get(name);
    output.textContent = show(model.get(name));
  };
  return { el, update };
}

/** Radio buttons for one trait: `options` maps each value to its label. */
function choice(model, name, legend, options) {
  const group = `gce-${name}-${++lastId}`;
  const inputs = Object.keys(options).map((value) =>
    make("input", { type: "radio", name: group, value }),
  );
  const labels = inputs.map((input) =>
    make("label", {}, input, make("span", {}, options[input.value])),
  );
  const el = make(
    "fieldset",
    { class: "gce-choice" },
    make("legend", { class: "gce-hidden" }, legend),
    ...labels,
  );
  el.addEventListener("change", (event) => {
    model.set(name, event.target.value);
    model.save_changes();
  });
  const update = () => {
    for (const input of inputs) input.checked = input.value === model.get(name);
  };
  return { el, update };
}

/** A table of numbers: `set(row, column, value)` shows and stores each of them. */
function readout(columns, rows) {
  const cells = {};
  const row = ([key, header]) => {
    cells[key] = Object.keys(columns).map((name) =>
      make("td", { "data-row": key, "data-column": name }),
    );
    return make("tr", {}, make("th", { scope: "row" }, header), ...cells[key]);
  };
  const header = Object.values(columns).map((title) =>
    make("th", { scope: "col" }, title),
  );
  const corner = make("td");
  const el = make(
    "table",
    { class: "gce-readout" },
    make("thead", {}, make("tr", {}, corner, ...header)),
    make("tbody", {}, ...Object.entries(rows).map(row)),
  );
  const set = (key, column, value) => {
    const cell = cells[key][Object.keys(columns).indexOf(column)];
    cell.textContent = threeDecimals(value);
    cell.dataset.value = value;
  };
  return { el, set, corner };
}

/** The swatch of a curve, for a legend. */
function swatch(kind) {
  const line = make("svg:path", { class: `gce-curve gce-${kind}`, d: "M2,4H26" });
  const box = { class: "gce-swatch", viewBox: "0 0 28 8", "aria-hidden": "true" };
  return make("svg:svg", box, line);
}

/** A sentence that says what the figure shows; screen readers hear it when it rests. */
function narration() {
  const seen = make("p", { class: "gce-sentence", "aria-hidden": "true" });
  const heard = make("p", { class: "gce-hidden", "aria-live": "polite" });
  let timer;
  const say = (text) => {
    seen.textContent = text;
    clearTimeout(timer);
    timer = setTimeout(() => (heard.textContent = text), 500);
  };
  return { el: make("div", {}, seen, heard), say };
}

/** Call `draw` now and, at most once a frame, when one of the traits changes. */
function follow(model, names, draw) {
  let frame = 0;
  const redraw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
  for (const name of names) model.on(`change:${name}`, redraw);
  draw();
  return () => {
    cancelAnimationFrame(frame);
    for (const name of names) model.off(`change:${name}`, redraw);
  };
}
