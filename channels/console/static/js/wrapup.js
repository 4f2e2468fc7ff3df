/** The end of a human stretch: how it ended, in one press; what was really wanted and a note, where there is something to say. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { Ask } from "./dialog.js";
import { Choice } from "./labels.js";

const $ = (id) => document.getElementById(id);
const KEEP_MS = 24 * 3_600_000;

export class WrapUp {
  /** `done(id, closed)` is called when it is over. */
  constructor({ done, sessionOver }) {
    this.ask = new Ask("wrap", sessionOver);
    this.done = done;
    this.choice = new Choice({ intent: $("wrap-intent"), item: $("wrap-item"), hint: $("wrap-hint"), none: "读得对，不用改" });
    this.ask.form.addEventListener("submit", (event) => event.preventDefault());
    this.ask.dialog.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || event.target.closest("textarea, select")) return;
      const button = $("wrap-outcomes").querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!button) return;
      event.preventDefault();
      button.click();
    });
  }

  /** `line` says what happens next; `outcomes` are codes with their words. */
  async open(id, line, outcomes) {
    this.id = id;
    this.ask.form.reset();
    $("wrap-line").textContent = line;
    $("wrap-more").open = false;
    $("wrap-outcomes").replaceChildren(...Object.entries(outcomes).map(([code, word], index) => h("button", { type: "button", class: "button", data: { key: String(index + 1), outcome: code }, on: { click: () => void this.#send(code) } }, h("kbd", { text: String(index + 1), "aria-hidden": "true" }), word)));
    this.ask.show();
    $("wrap-outcomes").querySelector("button").focus();
    await this.choice.fill().catch((error) => this.ask.say(error.message));
  }

  async #send(outcome) {
    const after = this.ask.form.elements.namedItem("wrap-after").value;
    const keep = after === "keep" ? { keep_until: new Date(Date.now() + KEEP_MS).toISOString() } : {};
    const body = { outcome, close: after !== "bot", note: $("wrap-note").value.trim(), ...this.choice.chosen, ...keep };
    const { id } = this;
    if (await this.ask.send(() => api.wrapUp(id, body))) this.done(id, after !== "bot");
  }
}
