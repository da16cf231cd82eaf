// What all live figures are: a region that follows the traits of its widget.

import { followAddress, join } from "./address.js";
import { button } from "./controls.js";
import { make, swatch } from "./dom.js";
import { snap } from "./numbers.js";

/**
 * A live figure, as anywidget takes it. `name` is that of its style, `address` that of
 * its state in an address; `linked(model)` maps each of its traits to the range { min, max, step }
 * of its numbers or to the list of its values.
 *
 * `build({ model, redraw, mover, signal })` returns { parts, draw }: `draw(changed)` is
 * called when the figure is in its page, and then at most once a frame with the set of
 * the traits that changed; `redraw()` does so at once. `mover(trait)` is a function that
 * takes the number which a pointer asks for; `signal` aborts when the figure goes.
 */
export function explorer({ name, address = name, label, linked, build }) {
  function render({ model, el }) {
    const gone = new AbortController();
    const { signal } = gone;
    const kinds = linked(model);
    const start = Object.fromEntries(
      Object.keys(kinds).map((trait) => [trait, model.get(trait)]),
    );
    const set = (traits) => {
      for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
      model.save_changes();
    };
    const mover = (trait) => (value) => set({ [trait]: snap(value, kinds[trait]) });
    let draw = () => {};
    const redraw = () => draw(new Set());
    const figure = build({ model, redraw, mover, signal });
    const region = make(
      "div", // slides take every section for one of theirs
      { class: `gce-explorer gce-${name}`, role: "region", "aria-label": label },
      ...figure.parts,
    );
    el.append(region);
    const link = model.inPage && followAddress(model, kinds, model.inPage, {
      signal,
      onNamed: (first) => region.toggleAttribute("data-linked", first),
    });
    region.append(stateButtons(() => set(start), link));
    whenConnected(region, signal, () => {
      draw = figure.draw;
      redraw();
    });
    follow(model, Object.keys(kinds), signal, (changed) => draw(changed));
    return () => gone.abort();
  }
  return {
    render,
    join: (model) => join(address, Object.keys(linked(model))),
  };
}

/** Call `draw` at most once a frame, with the traits that changed since. */
function follow(model, traits, signal, draw) {
  const changed = new Set();
  let frame = 0;
  const run = () => {
    frame = 0;
    const names = new Set(changed);
    changed.clear();
    draw(names);
  };
  for (const trait of traits) {
    const onChange = () => {
      changed.add(trait);
      frame ||= requestAnimationFrame(run);
    };
    model.on(`change:${trait}`, onChange);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, onChange));
  }
  signal.addEventListener("abort", () => cancelAnimationFrame(frame));
}

/** A front end may put the figure into its page only later; styles exist from then on. */
function whenConnected(node, signal, start) {
  if (node.isConnected) return start();
  const observer = new ResizeObserver(() => {
    if (!node.isConnected) return;
    observer.disconnect();
    start();
  });
  observer.observe(node);
  signal.addEventListener("abort", () => observer.disconnect());
}

/** "Reset" and, in a static page, "Copy link". */
function stateButtons(reset, link) {
  const status = make("span", { class: "gce-status", role: "status" });
  const buttons = [
    button("Reset", () => {
      reset();
      link?.clear();
    }),
  ];
  const copy = async () => {
    const address = link.write();
    try {
      await navigator.clipboard.writeText(address);
      status.textContent = "Link copied";
    } catch {
      status.textContent = address;
    }
  };
  if (link) buttons.push(button("Copy link", copy));
  return make("div", { class: "gce-buttons" }, ...buttons, status);
}

/** The row of a figure's controls. */
export const controlRow = (controls) =>
  make("div", { class: "gce-controls" }, ...controls.map((control) => control.el));

/** Panels side by side, each a heading of some parts over an element. */
export const panels = (...all) =>
  make(
    "div",
    { class: "gce-panels" },
    ...all.map(([heading, el]) =>
      make("div", {}, make("div", { class: "gce-heading" }, ...heading), el),
    ),
  );

export const bold = (...parts) => make("b", {}, ...parts);

export const hint = (text) => make("span", { class: "gce-hint" }, text);

/** The name of a curve, for the heading of its panel. */
export const key = (kind, name) =>
  make("span", { class: "gce-curve-name" }, swatch(kind), name);
