/** The message box: Enter sends, Shift+Enter breaks the line, an input method's own Enter does neither. */
import { length } from "./format.js";
import { t } from "./strings.js";

export const LIMIT = 4000;
const WARN_FROM = 3600;

export class Composer {
  /** `on` = {send(text): whether it was taken}. */
  constructor({ form, input, counter, button, on }) {
    Object.assign(this, { form, input, counter, button, on, eager: false });
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("input", () => {
      this.eager = false;
      this.#changed();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    try {
      input.value = sessionStorage.getItem("bandao.chat.draft") ?? "";
    } catch { /* no storage: no draft to restore */ }
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
    if (this.eager) this.#send();
  }

  focus() {
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /** Shows what is being asked: hint, keyboard on phones, and the error tied to the box for those who cannot see it. */
  answering(ask, describedBy = null) {
    this.input.placeholder = t(ask ? "composer.placeholder_ask" : "composer.placeholder");
    this.input.inputMode = ask?.kind === "number" ? "decimal" : "text";
    if (describedBy) this.input.setAttribute("aria-describedby", describedBy);
    else this.input.removeAttribute("aria-describedby");
    if (ask?.error) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  #key(event) {
    // keyCode 229 is how Safari marks the Enter that only closes the input method's list.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#send();
  }

  #send() {
    const text = this.input.value.trim();
    if (!text || length(this.input.value) > LIMIT) return;
    this.eager = this.on.send(text) === false;
    if (!this.eager) this.set("");
  }

  #changed() {
    const { input } = this;
    const count = length(input.value);
    const over = count > LIMIT;
    this.counter.hidden = count < WARN_FROM;
    this.counter.classList.toggle("over", over);
    this.counter.textContent = over ? t("composer.too_long", { limit: LIMIT }) : t("composer.count", { count, limit: LIMIT });
    this.button.disabled = this.empty || over;
    // Auto height where the browser does not know field-sizing.
    if (!CSS.supports("field-sizing", "content")) {
      input.style.height = "auto";
      input.style.height = `${input.scrollHeight + 2}px`;
    }
    try {
      sessionStorage.setItem("bandao.chat.draft", input.value);
    } catch { /* a draft is a comfort, not a duty */ }
  }
}
