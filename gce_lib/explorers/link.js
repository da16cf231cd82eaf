// The state of a figure in the page's address: "#q=0.70&k=0.50".

/**
 * Keep traits in step with the address of a static page: read when the page opens
 * and when its address changes, written once the reader has moved something.
 * `ranges` maps each trait to its { min, max }.
 */
function linkState(model, ranges, el) {
  if (!model.inPage) return { write() {} };
  const names = Object.keys(ranges);
  let reading = false;
  let timer;

  const read = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    const given = names.map((name) => [name, parseFloat(state.get(name))]);
    const known = given.filter(([, value]) => Number.isFinite(value));
    reading = true;
    for (const [name, value] of known) model.set(name, clamp(value, ranges[name]));
    reading = false;
    if (known.length) el.scrollIntoView({ block: "start" });
  };
  const write = () => {
    clearTimeout(timer);
    const others = location.hash.includes("=") ? location.hash.slice(1) : "";
    const state = new URLSearchParams(others);
    for (const name of names) state.set(name, decimals(model.get(name)));
    history.replaceState(null, "", `#${state}`);
  };
  const writeSoon = () => {
    clearTimeout(timer);
    if (!reading) timer = setTimeout(write, 300);
  };

  read();
  addEventListener("hashchange", read);
  for (const name of names) model.on(`change:${name}`, writeSoon);
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
