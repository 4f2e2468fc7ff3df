/** Typing at the kiosk: a large box and a pad of digits. The question panel knows it as the chat page's message box. */
import { h, icon } from "/static/chat/js/dom.js";
import { t } from "/static/chat/js/strings.js";
import { k } from "./words.js";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "X"];

/** What is answered with digits, as its example shows: identity numbers, telephone numbers, codes. */
const DIGITS = /^\d[\dXx -]{3,}$/;

export class Typing {
  /** `send(text)` returns false when nothing can be sent yet. */
  constructor({ form, input, button, pad, toggle, send }) {
    Object.assign(this, { form, input, button, pad, toggle, send, eager: false });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    input.addEventListener("input", () => {
      this.eager = false;
      this.#changed();
    });
    toggle.addEventListener("click", () => this.#pad(pad.hidden));
    this.#changed();
  }

  get empty() {
    return this.input.value.trim() === "";
  }

  set(text) {
    this.input.value = text;
    this.#changed();
  }

  /** A conversation is there: what she sent before it was goes now, unless she has gone on writing. */
  opened() {
    if (this.eager) this.#submit();
  }

  focus() {
    if (window.matchMedia("(pointer: fine)").matches) this.input.focus();
  }

  /** Typing is the better way here: the box takes the word, and digits where they were asked for. */
  offer() {
    this.input.focus();
  }

  clear() {
    this.eager = false;
    this.set("");
    this.#pad(false);
  }

  /** Names the keys in the language of the page. */
  reword() {
    if (!this.pad.hidden) this.#pad(true);
  }

  answering(ask, describedBy = null) {
    this.input.placeholder = t(ask ? "composer.placeholder_ask" : "composer.placeholder");
    this.input.inputMode = ask?.kind === "number" ? "decimal" : "text";
    if (describedBy) this.input.setAttribute("aria-describedby", describedBy);
    else this.input.removeAttribute("aria-describedby");
    if (ask?.error) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
    this.#pad((ask?.kind === "number" || DIGITS.test(ask?.example ?? "")) && !ask.options?.length);
  }

  #submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.eager = this.send(text) === false;
    if (!this.eager) this.set("");
  }

  #pad(on) {
    this.pad.hidden = !on;
    this.toggle.setAttribute("aria-expanded", String(on));
    if (!on) return this.pad.replaceChildren();
    const key = (text) => h("button", { type: "button", class: "key", text, on: { click: () => this.set(this.input.value + text) } });
    const erase = h("button", { type: "button", class: "key", "aria-label": k("kiosk.erase"), on: { click: () => this.set([...this.input.value].slice(0, -1).join("")) } }, icon("back"));
    return this.pad.replaceChildren(...KEYS.map(key), erase);
  }

  #changed() {
    this.button.disabled = this.empty;
  }
}
