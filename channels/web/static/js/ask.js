/** The answer panel above the message box: the one thing being asked, in the shape that is easiest to answer. */
import { FileAnswer } from "./ask-file.js";
import { TableAnswer } from "./ask-table.js";
import { h, icon, nextId } from "./dom.js";
import { answerText } from "./format.js";
import { spoken, t, word } from "./strings.js";

/** Whether the answer is typed: a question of words may come with choices too, such as what a paper says and what she said. */
const typed = (ask) => ["text", "number"].includes(ask.kind) && !ask.options?.length;

export class AskPanel {
  /**
   * `act` = {choose(value, label), say(text), attach(ids, names), upload(file, material, onProgress), sheet(field, button),
   * sendSheet(file, onProgress), canFill(ask), form(), canSign(), sign()}.
   */
  constructor({ root, composer, act }) {
    Object.assign(this, { root, composer, act });
    this.ask = null;
    this.shown = null;
    this.files = null;
    /** File answers by the question they answer: what was chosen stays until it is handed in or removed. */
    this.chosen = new Map();
    root.addEventListener("toggle", (event) => event.target.open && event.target.scrollIntoView({ block: "nearest" }), true);
  }

  /** Shows `ask`, or nothing for null. The same question asked again keeps what was already ticked or uploaded. */
  show(ask) {
    const key = ask ? JSON.stringify(ask) : null;
    this.setBusy(false);
    if (key === this.shown) return false;
    this.files = null;
    Object.assign(this, { ask, shown: key });
    this.root.replaceChildren();
    this.root.hidden = !ask;
    if (!ask) {
      this.composer.answering(null);
      return true;
    }
    const label = nextId("ask");
    const hint = nextId("hint");
    // what can be tapped is its own example; naming one of the options would only push towards it
    const example = ask.options?.length ? null : ask.example;
    const error = ask.error ? h("p", { class: "field-error", id: nextId("error"), role: "alert" }, icon("error"), ask.error.message) : null;
    this.heading = h("h2", { id: label, tabindex: "-1", text: ask.label });
    this.root.setAttribute("aria-labelledby", label);
    this.root.dataset.kind = ask.columns?.length ? "table" : ask.kind;
    this.root.append(...[
      h("div", { class: "ask-head" }, this.heading, ask.optional ? h("span", { class: "chip", text: t("ask.optional") }) : null),
      example ? h("p", { class: "hint", id: hint, text: t("ask.example", { example }) }) : null,
      this.#current(ask),
      error,
      this.#control(ask, label, error?.id),
      this.#foot(ask),
    ].filter(Boolean));
    this.composer.answering(ask, [error?.id, example ? hint : null].filter(Boolean).join(" ") || null);
    this.#prefill(ask);
    this.files?.offer();
    return true;
  }

  /** Another conversation begins: what was chosen in this one is of no use in it. */
  forget() {
    this.show(null);
    for (const files of this.chosen.values()) files.stop();
    this.chosen.clear();
  }

  /** An answer is on its way: pressing again must not send a second one. Focus stays where it is. */
  setBusy(busy) {
    this.busy = busy;
    this.root.classList.toggle("busy", busy);
    this.root.setAttribute("aria-busy", String(busy));
    for (const button of this.root.querySelectorAll("button")) {
      if (busy) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  get holdsFocus() {
    return this.root.contains(document.activeElement);
  }

  /** The first control; for typed answers the message box, where it does not bring up a phone's keyboard unasked. */
  focus(byKeyboard) {
    if (!this.ask) return this.composer.focus();
    const first = this.root.querySelector(".control [data-column], .control button:not(:disabled), .control input:not([type=file])");
    if (first && !typed(this.ask)) return first.focus();
    // A phone's keyboard must not cover a table nobody has looked at yet.
    if (first?.dataset.column) return (byKeyboard || window.matchMedia("(pointer: fine)").matches ? first : this.heading).focus();
    if (byKeyboard || window.matchMedia("(pointer: fine)").matches) return this.composer.focus();
    return this.heading.focus();
  }

  #current(ask) {
    const value = ask.columns?.length ? null : answerText(ask.value, ask.options);
    if (value === null) return null;
    const words = ask.kind === "confirm" ? null : t("ask.current", { value });
    return words ? h("p", { class: "hint current", text: words }) : null;
  }

  /** Going back a step puts the old answer into the box to be mended; a masked one (138****) would be sent masked. */
  #prefill(ask) {
    if (!typed(ask) || ask.columns?.length || ask.error || ask.value === null || ask.value === undefined) return;
    const value = String(ask.value);
    if (this.composer.empty && !value.includes("*")) this.composer.set(value);
  }

  #control(ask, label, error) {
    if (ask.columns?.length) return new TableAnswer({ ask, act: this.act, label, error, busy: () => this.busy }).element;
    switch (ask.kind) {
      case "choice": return this.#choice(ask, label);
      case "multi": return this.#multi(ask, label);
      case "confirm": return this.#confirm(ask, label);
      case "date": return h("div", { class: "stack" }, ask.options?.length ? this.#choice(ask, label) : null, this.#date(ask, label, error));
      case "file":
        this.files = this.#filesFor(ask);
        return h("div", { class: "control" }, this.files.element, this.#otherways(ask));
      default:
        return ask.options?.length ? this.#choice(ask, label) : null;
    }
  }

  /** The files chosen for this question already, unless they were handed in; else none yet. */
  #filesFor(ask) {
    const question = `${ask.field} ${ask.material ?? ""}`;
    const before = this.chosen.get(question);
    if (before && !before.handedIn) {
      before.asked(ask);
      return before;
    }
    before?.stop();
    const files = new FileAnswer({ ask, act: this.act, panel: this });
    this.chosen.set(question, files);
    return files;
  }

  #press(action) {
    return () => {
      if (this.busy) return;
      action();
    };
  }

  #choice(ask, label) {
    const group = h("div", { class: "options", role: "group", "aria-labelledby": label });
    (ask.options ?? []).forEach((option, index) => {
      group.append(h("button", {
        type: "button", class: "option radio", "aria-pressed": String(option.value === ask.value),
        on: { click: this.#press(() => this.act.choose(option.value, option.label)) },
      }, h("span", { class: "number", "aria-hidden": "true", text: index + 1 }), h("span", { text: option.label })));
    });
    group.addEventListener("keydown", (event) => arrows(event, group));
    return h("div", { class: "control" }, group);
  }

  /** A material may be met without a file: promised, handed in later, brought along. */
  #otherways(ask) {
    if (!ask.options?.length) return null;
    const title = nextId("otherwise");
    return h("div", { class: "otherwise" }, h("p", { class: "hint", id: title, text: t("file.otherwise") }), this.#choice(ask, title).firstChild);
  }

  offerOtherways(on) {
    const others = this.root.querySelector(".otherwise");
    if (others) others.hidden = !on;
  }

  #multi(ask, label) {
    const chosen = new Set(Array.isArray(ask.value) ? ask.value : []);
    const done = h("button", { type: "submit", class: "button primary" });
    const problem = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), t("ask.multi_none"));
    const count = () => { done.textContent = chosen.size ? `${t("ask.confirm")} · ${t("ask.selected", { count: chosen.size })}` : t("ask.confirm"); };
    const boxes = (ask.options ?? []).map((option) => {
      const box = h("input", { type: "checkbox", value: option.value, checked: chosen.has(option.value) });
      box.addEventListener("change", () => {
        if (box.checked) chosen.add(option.value);
        else chosen.delete(option.value);
        problem.hidden = true;
        count();
      });
      return h("label", { class: "option check" }, box, h("span", { text: option.label }));
    });
    count();
    const form = h("form", { class: "control", novalidate: true },
      h("div", { class: "options", role: "group", "aria-labelledby": label }, boxes), problem,
      h("div", { class: "go" }, h("span", { class: "hint", text: t("ask.multi_hint") }), done));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.busy) return;
      if (!chosen.size) {
        problem.hidden = false;
        return;
      }
      const picked = ask.options.filter((option) => chosen.has(option.value));
      this.act.choose(picked.map((option) => option.value), picked.map((option) => option.label).join("、"));
    });
    return form;
  }

  #confirm(ask, label) {
    const words = (value) => ask.options?.find((option) => option.value === value)?.label
      ?? word(`ask.${ask.field}.${value}`, null) ?? t(`ask.${value}`);
    const button = (value, style) => h("button", {
      type: "button", class: `button ${style}`, text: words(value),
      on: { click: this.#press(() => this.act.choose(value, words(value))) },
    });
    return h("div", { class: "control pair", role: "group", "aria-labelledby": label }, button("yes", "primary"), button("no", ""));
  }

  #date(ask, label, error) {
    const input = h("input", { type: "date", "aria-labelledby": label, "aria-describedby": error ?? null, "aria-invalid": error ? "true" : null });
    if (/^\d{4}-\d{2}-\d{2}$/.test(ask.value ?? "")) input.value = ask.value;
    const form = h("form", { class: "control go", novalidate: true }, input,
      h("button", { type: "submit", class: "button primary", text: t("ask.confirm") }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.busy) return;
      if (input.value) this.act.say(input.value);
      else input.focus();
    });
    return h("div", { class: "stack" }, form, h("p", { class: "hint", text: t("ask.date_hint") }));
  }

  #foot(ask) {
    const why = ask.why
      ? h("details", { class: "why" }, h("summary", {}, icon("info"), t("ask.why")), h("p", { text: ask.why }))
      : null;
    const skip = ask.optional
      ? h("button", { type: "button", class: "button small skip", text: t("ask.skip"), on: { click: this.#press(() => this.act.say(spoken("ask.skip"))) } })
      : null;
    const form = this.act.canFill(ask)
      ? h("button", { type: "button", class: "button small skip", text: t("form.open"), on: { click: this.#press(() => this.act.form()) } })
      : null;
    const sign = ask.field === "submit" && this.act.canSign()
      ? h("button", { type: "button", class: "button small skip", on: { click: this.#press(() => this.act.sign()) } }, icon("sign"), t("sign.open"))
      : null;
    return why || skip || form || sign ? h("div", { class: "ask-foot" }, why, form, sign, skip) : null;
  }
}

/** Arrow keys move between options as between radio buttons; Tab works too. */
function arrows(event, group) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...group.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (at < 0) return;
  event.preventDefault();
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
