// Elements, mathematics and the swatches of curves.

const SVG = "http://www.w3.org/2000/svg";

/** Make an element: `tag` of HTML or, where it begins with "svg:", of SVG. */
export function make(tag, attributes = {}, ...children) {
  const node = tag.startsWith("svg:")
    ? document.createElementNS(SVG, tag.slice(4))
    : document.createElement(tag);
  setAttributes(node, attributes);
  node.append(...children);
  return node;
}

export function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(name, value);
  }
}

/** Mathematics in HTML: letters become italic, `^x` a superscript, `_x` an index. */
export function maths(text) {
  const nodes = text.split(/([_^]?[A-Za-z])/).map((part) => {
    if (!/[A-Za-z]$/.test(part)) return part;
    const letter = make("i", {}, part.at(-1));
    if (part[0] === "^") return make("sup", {}, letter);
    if (part[0] === "_") return make("sub", {}, letter);
    return letter;
  });
  return make("span", { class: "gce-maths" }, ...nodes);
}

/** The swatch of a curve, for a legend. */
export function swatch(kind) {
  const line = make("svg:path", { class: `gce-curve gce-${kind}`, d: "M2,4H26" });
  const box = { class: "gce-swatch", viewBox: "0 0 28 8", "aria-hidden": "true" };
  return make("svg:svg", box, line);
}

/** An id that no other figure of the page has, whichever script made it. */
export function uniqueId(name) {
  const key = Symbol.for("gce_lib: the last id of this page");
  globalThis[key] = (globalThis[key] ?? 0) + 1;
  return `gce-${name}-${globalThis[key]}`;
}
