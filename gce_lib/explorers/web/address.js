// The state of figures in the page's address: "#loss-q=0.70&loss-k=0.50".

import { clamp, decimals } from "./numbers.js";

// Every figure has a script of its own; they meet here, in the order of the page.
const figures = (globalThis[Symbol.for("gce_lib: the figures of this page")] ??= []);

/** Give the next figure of the page its name in the address; `traits` are its own. */
export function join(kind, traits) {
  const others = figures.filter((figure) => figure.kind === kind).length;
  const figure = { kind, name: kind + (others ? others + 1 : ""), traits };
  figures.push(figure);
  return figure;
}

/** The text that it was before mail and chat programs encoded it. */
export function plain(text) {
  let [before, now] = ["", text];
  while (now !== before) {
    before = now;
    now = now.replace(/&(amp|#38|#x26);/gi, "&").replace(/=3D/g, "=");
    try {
      now = decodeURIComponent(now);
    } catch {
      // a percent sign of its own
    }
  }
  return now;
}

/**
 * What a fragment says of each figure, { trait: text }, in its order. Traits without a
 * name, as in "#q=0.70", go to the first of the figures that have most of them.
 */
export function parse(fragment) {
  const states = new Map();
  const nameless = {};
  for (const part of plain(fragment).split("&")) {
    const [key, text] = part.split(/=(.*)/s);
    if (text === undefined) continue;
    const owner = figures.find(({ name, traits }) =>
      traits.some((trait) => key === `${name}-${trait}`),
    );
    if (!owner) nameless[key] = text;
    else {
      const trait = key.slice(owner.name.length + 1);
      states.set(owner, { ...states.get(owner), [trait]: text });
    }
  }
  const known = ({ traits }) => traits.filter((trait) => trait in nameless);
  const most = Math.max(...figures.map((figure) => known(figure).length));
  const heir = figures.find((figure) => most > 0 && known(figure).length === most);
  if (heir) {
    const own = known(heir).map((trait) => [trait, nameless[trait]]);
    states.set(heir, { ...Object.fromEntries(own), ...states.get(heir) });
  }
  return states;
}

/** The fragment that says this, "" for nothing. */
export function format(states) {
  const parts = [...states].flatMap(([{ name }, state]) =>
    Object.entries(state).map(
      ([trait, text]) => `${name}-${trait}=${encodeURIComponent(text)}`,
    ),
  );
  return parts.length ? `#${parts.join("&")}` : "";
}

/** A value as the address holds it; `step: 1` marks whole numbers. */
function toText(value, { step }) {
  return typeof value === "number" && step !== 1 ? decimals(value) : String(value);
}

/** The value that `text` names, a number moved into its range; undefined if none. */
export function fromText(text, kind) {
  const word = text.replace(/[\s.,;:!?)>\]"'”’]+$/, ""); // what ends a sentence
  if (Array.isArray(kind)) return kind.find((value) => String(value) === word);
  const value = parseFloat(word.replace(",", "."));
  if (!Number.isFinite(value)) return undefined;
  return clamp(kind.step === 1 ? Math.round(value) : value, kind);
}

/**
 * Keep the traits of a figure in step with the address of a static page: read when the
 * page opens and when its address changes, written once the reader has moved something.
 * `linked` maps each trait to the range { min, max, step } of its numbers or to the list
 * of its values. `onNamed(first)` is called when the address names this figure.
 */
export function followAddress(model, linked, figure, { signal, onNamed }) {
  let reading = false;
  let timer;

  const state = () =>
    Object.fromEntries(
      Object.entries(linked).map(([name, kind]) => [name, toText(model.get(name), kind)]),
    );
  const read = () => {
    const states = parse(location.hash.slice(1));
    const given = Object.entries(states.get(figure) ?? {});
    reading = true;
    for (const [name, text] of given) {
      const value = fromText(text, linked[name]);
      if (value !== undefined) model.set(name, value);
    }
    reading = false;
    onNamed(states.keys().next().value === figure);
  };
  /** Put the figure's state, or nothing, before the others' in the address. */
  const write = (own) => {
    clearTimeout(timer);
    const others = parse(location.hash.slice(1));
    others.delete(figure);
    const fragment = format(own ? new Map([[figure, own], ...others]) : others);
    try {
      const address = location.href.split("#")[0] + fragment;
      history.replaceState(history.state, "", address);
    } catch {
      // a sandboxed frame has no address of its own
    }
  };
  const writeSoon = () => {
    clearTimeout(timer);
    if (!reading) timer = setTimeout(() => write(state()), 300);
  };

  read();
  addEventListener("hashchange", read, { signal });
  for (const name of Object.keys(linked)) model.on(`change:${name}`, writeSoon);
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    for (const name of Object.keys(linked)) model.off(`change:${name}`, writeSoon);
  });
  return {
    clear: () => write(null),
    /** Write the state down; returns an address that holds nothing else. */
    write() {
      write(state());
      return location.href.split("#")[0] + format(new Map([[figure, state()]]));
    },
  };
}
