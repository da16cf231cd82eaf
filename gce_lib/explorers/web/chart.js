// A chart in SVG: axes that fit the width they are given, curves, marks, a drag handle.

import { make, setAttributes } from "./dom.js";
import { watchFinger } from "./finger.js";

const MARGIN = { top: 10, right: 12, bottom: 40, left: 40 };

/**
 * A chart over x in [x.from, x.to] and y in [y.from, y.to]; `y.show` writes a tick.
 *
 * `curve`, `dot`, `line`, `band` and `note` add something to draw and return the
 * function that moves it, in the coordinates of the axes. `onResize` is called
 * when the width changed and all of them must be moved again.
 */
export function chart({ x, y, description, onResize }) {
  const axes = make("svg:g", { class: "gce-axes" });
  const clip = make("svg:svg", { class: "gce-plot" });
  const notes = make("svg:g", { class: "gce-notes" });
  const named = { role: "img", "aria-label": description };
  const svg = make("svg:svg", named, axes, clip, notes);
  const el = make("div", { class: "gce-chart" }, svg);
  let [outer, width, height] = [0, 0, 0];

  const toX = (value) => ((value - x.from) / (x.to - x.from)) * width;
  const toY = (value) => (1 - (value - y.from) / (y.to - y.from)) * height;
  const fromX = (pixel) => x.from + (pixel / width) * (x.to - x.from);

  function drawAxes() {
    const { show = String } = y;
    const path = (kind, d) => make("svg:path", { class: `gce-${kind}`, d });
    const text = (anchor, px, py, content) =>
      make("svg:text", { class: `gce-${anchor}`, x: px, y: py }, String(content));
    axes.replaceChildren(
      ...y.ticks.map((value) => path("grid", `M0,${toY(value)}H${width}`)),
      ...y.ticks.map((value) => text("end", -8, toY(value) + 4, show(value))),
      ...x.ticks.map((value) => path("tick", `M${toX(value)},${height}v5`)),
      ...x.ticks.map((value) => text("middle", toX(value), height + 18, value)),
      path("tick", `M0,${height}H${width}`),
      text("end", width, height + 35, x.label),
    );
  }

  function resize() {
    outer = Math.max(200, el.clientWidth);
    width = outer - MARGIN.left - MARGIN.right;
    height = Math.round(Math.min(260, Math.max(150, 0.68 * width)));
    const shift = { transform: `translate(${MARGIN.left},${MARGIN.top})` };
    setAttributes(svg, { width: outer, height: height + MARGIN.top + MARGIN.bottom });
    setAttributes(axes, shift);
    setAttributes(notes, shift);
    setAttributes(clip, { x: MARGIN.left, y: MARGIN.top, width, height });
    drawAxes();
  }

  const add = (parent, tag, attributes) =>
    parent.appendChild(make(`svg:${tag}`, attributes));

  /** A curve; `set(points)` takes [x, y] pairs, a null between them lifts the pen. */
  function curve(kind) {
    const path = add(clip, "path", { class: `gce-curve gce-${kind}` });
    return (points) => {
      let pen = "M";
      const steps = points.map((point) => {
        if (!point) return (pen = "M"), "";
        const step = `${pen}${toX(point[0]).toFixed(1)},${toY(point[1]).toFixed(1)}`;
        pen = "L";
        return step;
      });
      path.setAttribute("d", steps.join(""));
    };
  }

  /** A dot; above the top of the chart it hides. */
  function dot(kind, radius) {
    const circle = add(notes, "circle", { class: `gce-dot gce-${kind}`, r: radius });
    return (px, py) => {
      const visibility = py <= y.to ? "visible" : "hidden";
      setAttributes(circle, { cx: toX(px), cy: toY(py), visibility });
    };
  }

  function line(kind) {
    const path = add(clip, "path", { class: `gce-line gce-${kind}` });
    return (px) => setAttributes(path, { d: `M${toX(px)},0V${height}` });
  }

  function band(kind) {
    const rect = add(clip, "rect", { class: `gce-band gce-${kind}`, y: 0 });
    return (from, to) => setAttributes(rect, { x: toX(from), width: toX(to) - toX(from), height });
  }

  function note(kind) {
    const text = add(notes, "text", { class: `gce-note gce-middle gce-${kind}` });
    return (px, py, content) => {
      setAttributes(text, { x: toX(px), y: toY(py) });
      text.textContent = content;
    };
  }

  /** Let the pointer, a mouse or a finger, move something along x. */
  function drag(onMove) {
    const follow = (event) => {
      const pixel = event.clientX - svg.getBoundingClientRect().left - MARGIN.left;
      onMove(fromX(pixel));
    };
    const undecided = watchFinger(svg, follow);
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      if (!undecided()) follow(event);
    });
    svg.addEventListener("pointermove", (event) => {
      if (svg.hasPointerCapture(event.pointerId) && !undecided()) follow(event);
    });
  }

  resize();
  new ResizeObserver(() => {
    if (el.clientWidth === outer) return;
    resize();
    onResize();
  }).observe(el);
  return { el, curve, dot, line, band, note, drag };
}
