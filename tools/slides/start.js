// Starts the deck, and makes what is too large for a slide as small as it must be.
const SIZE = { width: 1280, height: 720 };

/** Zoom the content of a slide until it fits; what is zoomed may break lines anew. */
function fit(content) {
  for (let zoom = 1, part; (part = room(content, zoom)) < 1; ) {
    zoom *= 0.99 * part;
    content.style.zoom = zoom;
  }
}

/** The room for a slide's content as a share of what the content takes. */
function room({ clientWidth, scrollWidth, scrollHeight }, zoom) {
  return Math.min(clientWidth / scrollWidth, SIZE.height / (scrollHeight * zoom));
}

const frame = () => new Promise(requestAnimationFrame);

async function start() {
  await document.fonts.ready;
  while (document.querySelector(".gce-static:not(.gce-mounted)")) await frame();
  await Reveal.initialize({
    ...SIZE,
    margin: 0.06,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    viewDistance: 1000, // live figures are drawn once, all of them
    mobileViewDistance: 1000,
    pdfMaxPagesPerSlide: 1,
    plugins: [RevealNotes],
  });
  await frame();
  document.querySelectorAll(".fit").forEach(fit);
  Reveal.layout();
  document.documentElement.dataset.ready = "";
}

addEventListener("load", start);
