// Keeps the reader where they are while formulas and figures grow: at the section or
// the figure that the address names or, after Back and reload, where they had been.
(() => {
  const KEPT = "gce_lib: scrolled to"; // in the state of an entry of the history
  const REST = 150; // milliseconds without scrolling after which a place is kept
  const NEAR = 2; // pixels
  let goBack = null; // brings the reader to their place, until they move on
  let place = null; // where that was the last time
  let timer;

  const kept = () => history.state?.[KEPT];
  const linkedFigure = () => document.querySelector("[data-linked]");

  function section() {
    try {
      return document.getElementById(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null; // a percent sign of its own
    }
  }

  function toTarget() {
    const target = linkedFigure() ?? section();
    target?.scrollIntoView({ block: "start", behavior: "instant" });
  }

  const toKept = (top) => () => scrollTo({ top, behavior: "instant" });

  function settle() {
    if (!goBack) return;
    goBack();
    place = scrollY;
  }

  /** What keeps the reader in their place: this script, or else the browser. */
  function open(way) {
    goBack = way;
    place = null;
    document.body.style.overflowAnchor = way ? "none" : "";
  }

  function moveOn() {
    if (goBack) open(null);
  }

  function keep() {
    try {
      history.replaceState({ ...history.state, [KEPT]: scrollY }, "");
    } catch {
      // a sandboxed frame has no history
    }
  }

  function keepSoon() {
    clearTimeout(timer);
    timer = setTimeout(keep, REST);
  }

  function onScroll() {
    const settled = place !== null && document.readyState === "complete";
    if (settled && Math.abs(scrollY - place) > NEAR) moveOn();
    keepSoon();
  }

  history.scrollRestoration = "manual"; // the browser would do it before figures grow
  open(kept() === undefined ? toTarget : toKept(kept()));
  new ResizeObserver(settle).observe(document.body);
  addEventListener("load", keepSoon);
  addEventListener("scroll", onScroll, { passive: true });
  for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(kind, moveOn, { passive: true, capture: true });
  }
  // An entry of the history that is new has no place kept; the browser scrolls there,
  // unless its address names a figure.
  addEventListener("popstate", () => {
    if (kept() === undefined) return;
    open(toKept(kept()));
    requestAnimationFrame(settle);
  });
  addEventListener("hashchange", () => {
    if (kept() !== undefined) return;
    open(toTarget);
    keepSoon();
    requestAnimationFrame(() => linkedFigure() && settle());
  });
})();
