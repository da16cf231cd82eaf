// Native, labelled controls that follow the traits of a widget.

import { make, maths, uniqueId } from "./dom.js";
import { watchFinger } from "./finger.js";
import { clamp, decimals } from "./numbers.js";

// JupyterLab leaves the keys to such an element that are its shortcuts elsewhere.
const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

const native = (attributes) => make("input", { ...OWN_KEYS, ...attributes });

/** A labelled `<input type=range>` for one trait, its value read out by `show`. */
export function slider(model, name, options) {
  const { label, min, max, step = 0.01, symbol = name, show = decimals } = options;
  const id = uniqueId(name);
  const input = native({ type: "range", id, min, max, step, name });
  const output = make("output", { for: id });
  const el = make(
    "div",
    { class: "gce-slider" },
    make("label", { for: id }, maths(symbol), ` ${label}`),
    output,
    input,
  );
  let touched;
  const save = (value) => {
    model.set(name, Number(value));
    model.save_changes();
  };
  const undecided = watchFinger(input, () => {
    if (touched !== undefined) save(touched);
    touched = undefined;
  });
  input.addEventListener("pointerdown", () => (touched = undefined));
  input.addEventListener("input", () => {
    if (!undecided()) return save(input.value);
    touched = input.value;
    input.value = model.get(name);
  });
  const update = () => {
    input.value = model.get(name);
    output.textContent = show(model.get(name));
  };
  return { el, update };
}

/** Radio buttons for one trait: `options` maps each value to its label. */
export function choice(model, name, legend, options) {
  const group = uniqueId(name);
  const inputs = Object.keys(options).map((value) =>
    native({ type: "radio", name: group, value }),
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

/** A labelled check box for one trait. */
export function tick(model, name, ...label) {
  const input = native({ type: "checkbox", name });
  const el = make("label", { class: "gce-tick-box" }, input, make("span", {}, ...label));
  input.addEventListener("change", () => {
    model.set(name, input.checked);
    model.save_changes();
  });
  return { el, update: () => (input.checked = model.get(name)) };
}

/** A labelled field for a whole number. */
export function whole(model, name, label, { min, max, step }) {
  const input = native({ type: "number", name, min, max, step });
  const el = make("label", { class: "gce-whole" }, `${label} `, input);
  input.addEventListener("change", () => {
    const value = Math.round(Number(input.value) || 0);
    model.set(name, clamp(value, { min, max }));
    input.value = model.get(name);
    model.save_changes();
  });
  return { el, update: () => (input.value = model.get(name)) };
}

export function button(label, onClick) {
  const el = make("button", { ...OWN_KEYS, type: "button" }, label);
  el.addEventListener("click", onClick);
  return el;
}
