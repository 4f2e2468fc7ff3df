/** Canned replies: `/` at the beginning of what one writes lists them; typing filters, arrows choose, Enter puts the words in. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";

const LEFT_OPEN = /〔([^〔〕]*)〕/u;

export class Canned {
  /** `then` = {wrap_up(), transfer()}: what a macro does once its words were sent. */
  constructor({ composer, list, then, failed }) {
    Object.assign(this, { composer, list, then, failed, shown: [], at: 0, loading: null, macro: null });
    const { box } = composer;
    box.setAttribute("aria-controls", list.id);
    box.setAttribute("aria-autocomplete", "list");
    box.addEventListener("input", () => void this.#look());
    box.addEventListener("blur", () => this.#close());
    // Before the composer's own: while the list is open, Enter chooses
    box.addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  /** The field of these words that is still to be filled in, or null. */
  open(text) {
    return LEFT_OPEN.exec(text)?.[1] ?? null;
  }

  /** What was sent went out: a macro goes on. */
  sent() {
    const { macro } = this;
    this.macro = null;
    if (macro && macro.id === this.composer.id) this.then[macro.then]?.();
  }

  async #look() {
    const { box, mode, id } = this.composer;
    if (!box.value.trim()) this.macro = null;
    if (mode !== "say" || !box.value.startsWith("/")) return this.#close();
    try {
      // Asked for anew each time the list opens: the case may have gone on
      this.loading ??= api.replies(id);
      const all = await this.loading;
      if (id !== this.composer.id || !box.value.startsWith("/")) return this.#close();
      const wanted = box.value.slice(1).trim().toLowerCase();
      this.shown = all.filter((one) => [one.code, one.title, one.text].some((words) => words.toLowerCase().includes(wanted)));
      this.at = 0;
      this.#draw();
    } catch (error) {
      this.#close();
      this.failed(error);
    }
    return undefined;
  }

  #draw() {
    const { box } = this.composer;
    this.list.replaceChildren(...this.shown.map((one, index) => h("li", {
      id: `canned-${index}`, role: "option", "aria-selected": String(index === this.at),
      on: { pointerdown: (event) => { event.preventDefault(); this.#choose(index); } },
    }, h("strong", { text: one.title }), h("span", { class: "hint", text: `/${one.code}` }), h("span", { class: "canned-text", text: one.text }))));
    this.list.hidden = !this.shown.length;
    if (this.list.hidden) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", `canned-${this.at}`);
      this.list.children[this.at].scrollIntoView({ block: "nearest" });
    }
  }

  #key(event) {
    if (this.list.hidden || event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.#draw();
    } else if (event.key === "Enter" || event.key === "Tab") this.#choose(this.at);
    else if (event.key === "Escape") this.#close();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #choose(index) {
    const one = this.shown[index];
    const { composer } = this;
    this.#close();
    composer.put(one.text);
    this.macro = one.then ? { id: composer.id, then: one.then } : null;
    // What is still to be filled in is marked: the next key replaces it
    const found = LEFT_OPEN.exec(one.text);
    if (found) composer.box.setSelectionRange(found.index, found.index + found[0].length);
    composer.focus();
  }

  #close() {
    this.loading = null;
    this.shown = [];
    this.list.replaceChildren();
    this.list.hidden = true;
    this.composer.box.removeAttribute("aria-activedescendant");
  }
}
