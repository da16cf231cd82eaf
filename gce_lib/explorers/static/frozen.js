// Shows plain ipywidgets in a static page, where no kernel answers them: the first
// frame that the build stored, and their controls as native, disabled inputs.
(() => {
  const MIME = "application/vnd.jupyter.widget-";
  const states = {};
  for (const script of document.querySelectorAll(`script[type="${MIME}state+json"]`)) {
    Object.assign(states, JSON.parse(script.textContent).state);
  }
  const lookUp = (reference) => states[reference.replace("IPY_MODEL_", "")];

  function make(tag, properties = {}, ...children) {
    const node = Object.assign(document.createElement(tag), properties);
    node.append(...children);
    return node;
  }

  function input({ value, min, max, step, _options_labels: options, index }) {
    const disabled = true;
    if (options) return make("select", { disabled }, make("option", {}, options[index]));
    if (typeof value === "boolean") {
      return make("input", { type: "checkbox", checked: value, disabled });
    }
    const type = Number.isFinite(max) ? "range" : "text";
    return make("input", { type, min, max, step, value, disabled });
  }

  function setting({ description, value, _options_labels: options, index }) {
    return `${description} = ${options ? options[index] : value}`;
  }

  function control(state) {
    const native = input(state);
    const words = native.type === "range" ? setting(state) : state.description;
    return make("label", {}, words, " ", native);
  }

  function output({ data = {}, metadata = {}, text }, settings) {
    if (!data["image/png"]) return make("pre", {}, text ?? data["text/plain"] ?? "");
    const alt = metadata["image/png"]?.alt ?? `The first frame, at ${settings}`;
    return make("img", { src: `data:image/png;base64,${data["image/png"]}`, alt });
  }

  /** All controls and outputs below a box, in order. */
  function leaves({ model_name, state }) {
    if (state.children) return state.children.flatMap((child) => leaves(lookUp(child)));
    return [{ isOutput: model_name === "OutputModel", state }];
  }

  function notice() {
    const launch = document.querySelector('a[href*="colab.research.google.com"]');
    const colab = launch ? make("a", { href: launch.href }, "Colab") : "Colab";
    const text = "This one moves only with a running kernel: open it in ";
    return make("p", { className: "gce-notice" }, text, colab, ".");
  }

  for (const view of document.querySelectorAll(`script[type="${MIME}view+json"]`)) {
    const widget = states[JSON.parse(view.textContent).model_id];
    if (!widget || widget.model_module === "anywidget") continue;
    const parts = leaves(widget);
    const controls = parts.filter((part) => !part.isOutput).map((part) => part.state);
    const settings = controls.map(setting).join(", ");
    const outputs = parts.filter((part) => part.isOutput);
    const frames = outputs.flatMap((part) => part.state.outputs);
    const row = make("div", { className: "gce-frozen" }, ...controls.map(control));
    row.style.cssText = "display: flex; flex-wrap: wrap; gap: 0.5rem 1.5rem";
    view.before(row, ...frames.map((frame) => output(frame, settings)), notice());
  }
})();
