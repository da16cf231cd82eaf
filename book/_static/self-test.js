// Makes a form of each question that the page holds as plain <details>.
// Without this script the questions can be read, and every answer opened.
(() => {
  "use strict";
  const KEY = "gce-self-test";

  // --- what was answered right, kept by this browser alone, if it lets us

  const memory = {
    read() {
      try {
        return JSON.parse(localStorage.getItem(KEY)) ?? {};
      } catch {
        return {};
      }
    },
    write(change) {
      const all = memory.read();
      change(all);
      try {
        localStorage.setItem(KEY, JSON.stringify(all));
      } catch {
        // A private window, perhaps: the questions work all the same.
      }
    },
    knows: ({ dataset }) => memory.read()[dataset.id] === dataset.digest,
    learn: ({ dataset }) =>
      memory.write((all) => (all[dataset.id] = dataset.digest)),
    forget: (questions) =>
      memory.write((all) => questions.forEach((q) => delete all[q.dataset.id])),
  };

  // --- elements

  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const copy = (node) => [...node.cloneNode(true).childNodes];
  const button = (text, properties) =>
    make("button", { type: "button", textContent: text, ...properties });

  // --- one question: each kind builds its controls and judges them.
  // A judgement is { right, say, show }: the verdict, a sentence, and what to read.

  const choices = (question, details) => {
    const single = question.dataset.type === "single";
    const options = details.map((box) => {
      const input = make("input", {
        type: single ? "radio" : "checkbox",
        name: `self-test-${question.dataset.id}`,
      });
      const summary = box.querySelector("summary");
      if (summary.querySelector(".math")) input.ariaLabel = summary.dataset.name;
      const text = make("span", {}, ...copy(summary));
      const label = make("label", { className: "self-test-option" }, input, text);
      return { input, label, text, right: box.dataset.right === "true", box };
    });
    const explain = ({ box, input, text }) => {
      const feedback = box.querySelector(".self-test-feedback").cloneNode(true);
      const plain = single && input.checked; // no need to say which one is meant
      if (!plain) feedback.prepend(make("em", {}, ...copy(text)), " – ");
      return feedback;
    };
    const judge = () => {
      const chosen = options.filter(({ input }) => input.checked);
      if (!chosen.length) return { say: "Choose an answer first." };
      const right = options.every(({ input, right }) => input.checked === right);
      for (const { input, label, right } of options) {
        label.classList.toggle("is-right", input.checked && right);
        label.classList.toggle("is-wrong", input.checked && !right);
      }
      const missing = !right && chosen.every((option) => option.right);
      const others = right ? options.filter(({ input }) => !input.checked) : [];
      return {
        right,
        say: missing ? "So far right, but something is missing." : "",
        show: [...chosen, ...others].map(explain),
      };
    };
    return { controls: options.map(({ label }) => label), judge };
  };

  const toNumber = (text, unit) => {
    const plain = text.trim().replace("−", "-").replace(",", ".").replace(/\s/g, "");
    const percent = plain.endsWith("%") && unit !== "%";
    const digits = plain.replace(/%$/, "");
    return digits === "" ? NaN : Number(digits) / (percent ? 100 : 1);
  };

  const numbers = (question, details) => {
    const { value, within, unit, id } = question.dataset;
    const input = make("input", {
      type: "text",
      inputMode: "decimal",
      autocomplete: "off",
      id: `self-test-${id}`,
    });
    const label = make("label", { htmlFor: input.id, textContent: "Your number" });
    const near = (other, x) => Math.abs(Number(other) - x) <= Number(within) * 1.000001;
    const feedback = (box) => box.querySelector(".self-test-feedback").cloneNode(true);
    const part = (name) => details.find((box) => box.dataset.part === name);
    const judge = () => {
      const x = toNumber(input.value, unit);
      if (!Number.isFinite(x)) return { say: "Give a number, such as 0.25." };
      if (near(value, x)) return { right: true, show: [feedback(part("answer"))] };
      const trap = details.find((box) => box.dataset.value && near(box.dataset.value, x));
      const hint = feedback(trap ?? part("hint"));
      return { right: false, say: trap ? "" : "Not so.", show: [hint] };
    };
    const row = make("div", { className: "self-test-number" }, label, input, ` ${unit}`);
    return { controls: [row], judge };
  };

  const orders = (question, details) => {
    const list = make("ol", { className: "self-test-items" });
    const told = make("span", { className: "self-test-hidden", role: "status" });
    const items = () => [...list.children];
    const settle = () =>
      items().forEach((item, i) => {
        const [up, down] = item.querySelectorAll("button");
        up.disabled = i === 0;
        down.disabled = i === list.children.length - 1;
      });
    const move = (item, step, pressed, other) => {
      const neighbour = step < 0 ? item.previousSibling : item.nextSibling;
      if (step < 0) neighbour.before(item);
      else neighbour.after(item);
      item.classList.remove("is-right", "is-wrong");
      settle();
      (pressed.disabled ? other : pressed).focus();
      told.textContent = `Now at place ${items().indexOf(item) + 1} of ${items().length}.`;
    };
    question.querySelectorAll(".self-test-items > li").forEach((source, i) => {
      const text = make("span", { id: `self-test-${question.dataset.id}-${i}` });
      text.append(...copy(source));
      const up = button("↑", { ariaLabel: "Move up", className: "self-test-move" });
      const down = button("↓", { ariaLabel: "Move down", className: "self-test-move" });
      const item = make("li", {}, text, make("span", {}, up, down));
      item.dataset.place = source.dataset.place;
      for (const each of [up, down]) each.setAttribute("aria-describedby", text.id);
      up.addEventListener("click", () => move(item, -1, up, down));
      down.addEventListener("click", () => move(item, 1, down, up));
      list.append(item);
    });
    question.querySelector(".self-test-items").remove();
    settle();
    const judge = () => {
      const placed = items().map((item, i) => Number(item.dataset.place) === i);
      items().forEach((item, i) => {
        item.classList.toggle("is-right", placed[i]);
        item.classList.toggle("is-wrong", !placed[i]);
      });
      const right = placed.every(Boolean);
      const count = placed.filter(Boolean).length;
      const say = right ? "" : `${count} of ${placed.length} stand at their place.`;
      const answer = copy(details[0]).slice(1);
      return { right, say, show: right ? answer : [] };
    };
    return { controls: [list, told], judge };
  };

  const KINDS = { single: choices, multiple: choices, numeric: numbers, order: orders };

  const build = (question, changed) => {
    const details = [...question.querySelectorAll("details")];
    const { controls, judge } = KINDS[question.dataset.type](question, details);
    const [text, kind] = question.querySelectorAll(":scope > p");
    const legend = make("legend", {}, text, kind);
    const said = make("div", { className: "self-test-said", role: "status" });
    const check = make("button", { type: "submit", textContent: "Check" });
    const known = make("span", { className: "self-test-known", textContent: "✓ answered" });
    const row = make("div", { className: "self-test-row" }, check, known);
    const form = make("form", { noValidate: true });
    form.append(make("fieldset", {}, legend, ...controls), row, said);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const { right, say = "", show = [] } = judge();
      if (right) memory.learn(question);
      said.className = `self-test-said ${right ? "is-right" : "is-open"}`;
      const words = right && !show.length ? "Right." : say;
      said.replaceChildren(...(words ? [make("p", { textContent: words })] : []), ...show);
      changed();
    });
    details.forEach((box) => box.remove());
    question.append(form);
    return {
      question,
      refresh: () => (known.hidden = !memory.knows(question)),
      reset() {
        form.reset();
        said.replaceChildren();
        form.querySelectorAll(".is-right, .is-wrong").forEach((each) =>
          each.classList.remove("is-right", "is-wrong"));
      },
    };
  };

  // --- one self-test: its questions and how many of them are done

  const start = (box) => {
    const bar = make("progress", { ariaLabel: "Questions answered" });
    const count = make("span", { role: "status" });
    const again = button("Start again", { className: "self-test-again" });
    const refresh = () => {
      tests.forEach((test) => test.refresh());
      const done = tests.filter(({ question }) => memory.knows(question)).length;
      bar.value = done;
      count.textContent = `${done} of ${tests.length} answered`;
      again.disabled = done === 0;
    };
    const questions = [...box.querySelectorAll(".self-test-question")];
    const tests = questions.map((question) => build(question, refresh));
    bar.max = tests.length;
    again.addEventListener("click", () => {
      memory.forget(questions);
      tests.forEach((test) => test.reset());
      refresh();
    });
    box.prepend(make("div", { className: "self-test-progress" }, bar, count, again));
    box.classList.add("is-live");
    refresh();
  };

  const begin = () => document.querySelectorAll(".self-test").forEach(start);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
})();
