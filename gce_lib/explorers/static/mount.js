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

  /** The module of a view and its model; a model that is shown twice is one. */
  async function load({ view, id, state }) {
    const module = await importOnce(state._esm);
    if (!models.has(id)) models.set(id, createModel(state));
    return { view, state, figure: module.default, model: models.get(id) };
  }

  function mount({ view, state, figure, model }) {
    addStyleOnce(state._css);
    const el = document.createElement("div");
    view.before(el);
    figure.render({ model, el });
    view.parentElement.classList.add("gce-mounted");
  }

  const states = {};
  for (const script of scripts("state")) {
    Object.assign(states, JSON.parse(script.textContent).state);
  }
  const views = [...scripts("view")].map((view) => {
    const id = JSON.parse(view.textContent).model_id;
    return { view, id, ...states[id] };
  });
  const live = views.filter(({ model_module }) => model_module === "anywidget");
  Promise.allSettled(live.map(load)).then((answers) => {
    const ready = answers.flatMap(({ value, reason }) => {
      if (reason) console.error(reason);
      return value ?? [];
    });
    // All of them have a name before the first reads the address.
    for (const { figure, model } of ready) model.inPage ??= figure.join?.(model);
    for (const one of ready) {
      try {
        mount(one);
      } catch (error) {
        console.error(error);
      }
    }
  });
})();
