/** Where the operator writes. Every conversation keeps its own unsent words, in this page's memory only. */
import { api } from "./api.js";

export class Composer {
  constructor({ form, box, button, fail }) {
    Object.assign(this, { form, box, button, fail });
    this.id = null;
    this.drafts = new Map();
    this.sending = false;
    this.sent = () => {};
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    box.addEventListener("keydown", (event) => {
      // While an input method is composing, Enter picks a word: it must not send half a sentence
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      void this.#send();
    });
    box.addEventListener("input", () => {
      this.drafts.set(this.id, { text: box.value, message: null });
      this.#grow();
    });
  }

  /** Writes to this conversation; null to none. */
  show(id) {
    this.form.hidden = id === null;
    if (id === this.id) return;
    this.id = id;
    this.box.value = this.drafts.get(id)?.text ?? "";
    this.#grow();
  }

  focus() {
    if (!this.form.hidden) this.box.focus();
  }

  forget(id) {
    this.drafts.delete(id);
    if (id === this.id) this.box.value = "";
  }

  async #send() {
    const { id } = this;
    const text = this.box.value.trim();
    if (!text || !id || this.sending) return;
    // The same words sent again after a failure carry the same id, so they arrive once
    const draft = this.drafts.get(id) ?? { text: this.box.value, message: null };
    draft.message ??= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    this.drafts.set(id, draft);
    this.#busy(true);
    try {
      await api.say(id, text, draft.message);
      if (this.drafts.get(id) === draft) this.forget(id);
      this.#grow();
      this.sent();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#busy(false);
    }
  }

  #busy(on) {
    this.sending = on;
    this.button.disabled = on;
    this.form.setAttribute("aria-busy", String(on));
  }

  #grow() {
    this.box.rows = Math.min(8, Math.max(2, this.box.value.split("\n").length));
  }
}
