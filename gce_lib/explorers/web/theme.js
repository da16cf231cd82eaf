// The theme of the page, which decides a figure's colours.

/** Call `draw` when the page changes between light and dark. */
export function onTheme(signal, draw) {
  const observer = new MutationObserver(draw);
  const attributeFilter = ["data-theme", "theme", "data-jp-theme-light", "class"];
  for (const node of [document.documentElement, document.body]) {
    observer.observe(node, { attributes: true, attributeFilter });
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", draw, { signal });
  signal.addEventListener("abort", () => observer.disconnect());
}
