// Controls that only the playground has.

/** A labelled check box for one trait. */
function tick(model, name, ...label) {
  const input = make("input", { type: "checkbox", name });
  const el = make("label", { class: "gce-tick-box" }, input, make("span", {}, ...label));
  input.addEventListener("change", () => {
    model.set(name, input.checked);
    model.save_changes();
  });
  return { el, update: () => (input.checked = model.get(name)) };
}

/** A labelled field for a whole number. */
function whole(model, name, label, { min, max, step }) {
  const input = make("input", { type: "number", name, min, max, step });
  const el = make("label", { class: "gce-whole" }, `${label} `, input);
  input.addEventListener("change", () => {
    const value = Math.round(Number(input.value) || 0);
    model.set(name, clamp(value, { min, max }));
    input.value = model.get(name);
    model.save_changes();
  });
  return { el, update: () => (input.value = model.get(name)) };
}

function button(label, onClick) {
  const el = make("button", { type: "button" }, label);
  el.addEventListener("click", onClick);
  return el;
}

/** Another name before a slider than that of its trait. */
function called(control, ...name) {
  control.el.querySelector("label").replaceChildren(...name);
  return control;
}
