// Numbers and words that say what a figure shows.

import { make } from "./dom.js";
import { threeDecimals } from "./numbers.js";

/** A table of numbers: `set(row, column, value)` shows and stores each of them. */
export function readout(columns, rows) {
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

/** A sentence that says what the figure shows; screen readers hear it when it rests. */
export function narration() {
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
