// The state of a figure in the page's address: "#q=0.70&k=0.50".

/** A value as the address holds it; `step: 1` marks whole numbers. */
function toText(value, { step }) {
  return typeof value === "number" && step !== 1 ? decimals(value) : String(value);
}

/** The value that `text` names, a number moved into its range; undefined if none. */
function fromText(text, kind) {
  if (Array.isArray(kind)) return kind.find((value) => String(value) === text);
  const value = parseFloat(text);
  if (!Number.isFinite(value)) return undefined;
  return clamp(kind.step === 1 ? Math.round(value) : value, kind);
}

/**
 * Keep traits in step with the address of a static page: read when the page opens
 * and when its address changes, written once the reader has moved something.
 * `kinds` maps each trait to the range { min, max, step } of its numbers or to the list
 * of its values; in the address `prefix` comes before the name of each, so that two
 * figures of a page can both have a q.
 */
function linkState(model, kinds, el, prefix = "") {
  if (!model.inPage) return { write() {} };
  const entries = Object.entries(kinds);
  let reading = false;
  let timer;

  const read = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    const given = ([name, kind]) => [name, fromText(state.get(prefix + name), kind)];
    const known = entries.map(given).filter(([, value]) => value !== undefined);
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
      state.set(prefix + name, toText(model.get(name), kind));
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

/** "Reset" to the state `start` and, in a static page, "Copy link". */
function stateButtons(model, start, link) {
  const status = make("span", { class: "gce-status", role: "status" });
  const reset = make("button", { type: "button" }, "Reset");
  reset.addEventListener("click", () => {
    for (const [name, value] of Object.entries(start)) model.set(name, value);
    model.save_changes();
  });
  const copy = make("button", { type: "button" }, "Copy link");
  copy.addEventListener("click", async () => {
    link.write();
    try {
      await navigator.clipboard.writeText(location.href);
      status.textContent = "Link copied";
    } catch {
      status.textContent = location.href;
    }
  });
  const buttons = model.inPage ? [reset, copy] : [reset];
  return make("div", { class: "gce-buttons" }, ...buttons, status);
}
