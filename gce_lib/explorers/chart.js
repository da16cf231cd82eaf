// A chart in SVG: axes that fit the width they are given, curves, marks, a drag handle.

const MARGIN = { top: 10, right: 12, bottom: 40, left: 40 };

/**
 * A chart over x in [x.from, x.to] and y in [y.from, y.to].
 *
 * `curve`, `dot`, `line`, `band` and `note` add something to draw and return the
 * function that moves it, in the coordinates of the axes. `onResize` is called
 * when the width changed and all of them must be moved again.
 */
function chart({ x, y, description, onResize }) {
  const axes = make("svg:g", { class: "gce-axes" });
  const clip = make("svg:svg", { class: "gce-plot" });
  const notes = make("svg:g", { class: "gce-notes" });
  const svg = make("svg:svg", { role: "img", "aria-label": description }, axes, clip, notes);
  const el = make("div", { class: "gce-chart" }, svg);
  let [width, height] = [0, 0];

  const toX = (value) => ((value - x.from) / (x.to - x.from)) * width;
  const toY = (value) => (1 - (value - y.from) / (y.to - y.from)) * height;
  const fromX = (pixel) => x.from + (pixel / width) * (x.to - x.from);

  function drawAxes() {
    const tick = (at, value, isX) => {
      const [px, py] = isX ? [at, height + 18] : [-8, at + 4];
      const line = isX ? `M${at},${height}v5` : `M0,${at}H${width}`;
      return [
        make("svg:path", { d: line, class: isX ? "gce-tick" : "gce-grid" }),
        make("svg:text", { x: px, y: py, class: isX ? "gce-middle" : "gce-end" }, String(value)),
      ];
    };
    axes.replaceChildren(
      ...y.ticks.flatMap((value) => tick(toY(value), value, false)),
      ...x.ticks.flatMap((value) => tick(toX(value), value, true)),
      make("svg:path", { d: `M0,${height}H${width}`, class: "gce-tick" }),
      make("svg:text", { x: width, y: height + 35, class: "gce-end" }, x.label),
    );
  }

  function resize() {
    const outer = Math.max(200, el.clientWidth);
    width = outer - MARGIN.left - MARGIN.right;
    height = Math.round(Math.min(260, Math.max(150, 0.68 * width)));
    svg.setAttribute("width", outer);
    svg.setAttribute("height", height + MARGIN.top + MARGIN.bottom);
    for (const group of [axes, notes]) {
      group.setAttribute("transform", `translate(${MARGIN.left},${MARGIN.top})`);
    }
    for (const [name, value] of Object.entries({ x: MARGIN.left, y: MARGIN.top, width, height })) {
      clip.setAttribute(name, value);
    }
    drawAxes();
  }

  const add = (parent, tag, attributes) =>
    parent.appendChild(make(`svg:${tag}`, attributes));

  function move(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
      node.setAttribute(name, value);
    }
  }

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

  function dot(kind, radius) {
    const circle = add(notes, "circle", { class: `gce-dot gce-${kind}`, r: radius });
    return (px, py) => {
      const inside = py <= y.to;
      move(circle, { cx: toX(px), cy: toY(Math.min(py, y.to)), visibility: inside ? "visible" : "hidden" });
    };
  }

  function line(kind) {
    const path = add(clip, "path", { class: `gce-line gce-${kind}` });
    return (px) => move(path, { d: `M${toX(px)},0V${height}` });
  }

  function band(kind) {
    const rect = add(clip, "rect", { class: `gce-band gce-${kind}`, y: 0 });
    return (from, to) => move(rect, { x: toX(from), width: toX(to) - toX(from), height });
  }

  function note(kind) {
    const text = add(notes, "text", { class: `gce-note gce-${kind}` });
    return (px, py, content, anchor = "middle") => {
      move(text, { x: toX(px), y: toY(py), class: `gce-note gce-${kind} gce-${anchor}` });
      text.textContent = content;
    };
  }

  /** Let the pointer, a mouse or a finger, move something along x. */
  function drag(onMove) {
    const follow = (event) => {
      const pixel = event.clientX - svg.getBoundingClientRect().left - MARGIN.left;
      onMove(fromX(pixel));
    };
    svg.classList.add("gce-draggable");
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      follow(event);
    });
    svg.addEventListener("pointermove", (event) => {
      if (svg.hasPointerCapture(event.pointerId)) follow(event);
    });
  }

  resize();
  new ResizeObserver(() => {
    resize();
    onResize();
  }).observe(el);
  return { el, curve, dot, line, band, note, drag, resize };
}
