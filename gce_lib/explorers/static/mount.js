// Brings the live figures of a static page to life: no kernel, no network.
// The page holds the state of its widgets, their ES modules included, as JSON;
// each module is imported from a Blob URL, which works on file:// as well.
(() => {
  const MIME = "application/vnd.jupyter.widget-";
  const scripts = (kind) =>
    document.querySelectorAll(`script[type="${MIME}${kind}+json"]`);
  const models = new Map();
  const modules = new Map();

  /** What a module sees of its widget: the part of anywidget's model it needs. */
  function createModel(state) {
    const values = { ...state };
    const listeners = new Map();
    return {
      inPage: true,
      get: (name) => values[name],
      set(name, value) {
        if (Object.is(values[name], value)) return;
        values[name] = value;
        for (const listener of listeners.get(`change:${name}`) ?? []) listener();
      },
      on(event, listener) {
        if (!listeners.has(event)) listeners.set(event, new Set());
        listeners.get(event).add(listener);
      },
      off: (event, listener) => listeners.get(event)?.delete(listener),
      save_changes() {},
    };
  }

  function importOnce(source) {
    if (!modules.has(source)) {
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      modules.set(source, import(url));
    }
    return modules.get(source);
  }

  function addStyleOnce(css) {
    if (modules.has(css)) return;
    modules.set(css, document.head.appendChild(document.createElement("style")));
    modules.get(css).textContent = css;
  }

  async function mount(view, id, state) {
    if (!models.has(id)) models.set(id, createModel(state));
    addStyleOnce(state._css);
    const module = await importOnce(state._esm);
    const el = document.createElement("div");
    view.before(el);
    module.default.render({ model: models.get(id), el });
    view.parentElement.classList.add("gce-mounted");
  }

  const states = {};
  for (const script of scripts("state")) {
    Object.assign(states, JSON.parse(script.textContent).state);
  }
  for (const view of scripts("view")) {
    const id = JSON.parse(view.textContent).model_id;
    const { model_module, state } = states[id] ?? {};
    if (model_module === "anywidget") mount(view, id, state).catch(console.error);
  }
})();
