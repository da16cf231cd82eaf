// A finger on a control: sideways it drags, up and down it scrolls the page.

const SLOP = 6; // pixels within which it is not yet known

/**
 * Watch the fingers on `node`. `onDrag(event)` is called once a touch turns out to be a
 * drag or a tap; a touch that scrolls is never heard of. Returns a function that says
 * whether a finger is down of which nothing is known yet.
 */
export function watchFinger(node, onDrag) {
  let start = null;
  const decide = (event) => {
    start = null;
    onDrag(event);
  };
  node.classList.add("gce-draggable");
  node.addEventListener("pointerdown", (event) => {
    start = event.pointerType === "touch" ? event : null;
  });
  node.addEventListener("pointermove", (event) => {
    if (!start) return;
    const across = Math.abs(event.clientX - start.clientX);
    const along = Math.abs(event.clientY - start.clientY);
    if (across > SLOP && across > along) decide(event);
  });
  node.addEventListener("pointerup", (event) => start && decide(event));
  node.addEventListener("pointercancel", () => (start = null));
  return () => start !== null;
}
