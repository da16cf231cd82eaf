// Controls that only the playground has, and its state in the page's address.

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
function whole(model, name, label, { min, max }) {
  const input = make("input", { type: "number", name, min, max, step: 1 });
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

const number = (range) => ({
  write: decimals,
  read(text) {
    const value = parseFloat(text);
    return Number.isFinite(value) ? clamp(value, range) : null;
  },
});
const integer = (range) => ({
  write: String,
  read: (text) => (/^\d+$/.test(text) ? clamp(Number(text), range) : null),
});
const oneOf = (...values) => ({
  write: String,
  read: (text) => values.find((value) => String(value) === text) ?? null,
});

/**
 * Keep traits in step with the address, as `linkState` does, under names of their own
 * ("play-q") so that another figure of the page can have a q too.
 */
function linkPlay(model, kinds, el) {
  if (!model.inPage) return { write() {} };
  const entries = Object.entries(kinds);
  let reading = false;
  let timer;

  const read = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    const given = ([name, kind]) => [name, kind.read(state.get(`play-${name}`))];
    const known = entries.map(given).filter(([, value]) => value !== null);
    reading = true;
    for (const [name, value] of known) model.set(name, value);
    reading = false;
    if (known.length) el.scrollIntoView({ block: "start" });
  };
  const write = () => {
    clearTimeout(timer);
    const others = location.hash.includes("=") ? location.hash.slice(1) : "";
    const state = new URLSearchParams(others);
    for (const [name, kind] of entries) {
      state.set(`play-${name}`, kind.write(model.get(name)));
    }
    history.replaceState(null, "", `#${state}`);
  };
  const writeSoon = () => {
    clearTimeout(timer);
    if (!reading) timer = setTimeout(write, 300);
  };

  read();
  addEventListener("hashchange", read);
  for (const [name] of entries) model.on(`change:${name}`, writeSoon);
  return { write };
}
