/** Where the operator writes: to the citizen, or something only staff see. Unsent words stay with their conversation, in this page's memory only. */
import { api } from "./api.js";

const WAYS = {
  say: { button: "发送", label: "回复申请人", hint: "回车发送，Shift 加回车换行，/ 找常用回复" },
  note: { button: "记下", label: "写内部备注，申请人看不到", hint: "只有工作人员看得到。回车记下，Esc 回到回复" },
  whisper: { button: "说给同事", label: "给接待的同事说悄悄话，申请人看不到", hint: "申请人看不到。回车发出" },
};

export class Composer {
  constructor({ form, box, button, hint, label, modes, fail }) {
    Object.assign(this, { form, box, button, hint, label, modes, fail });
    this.id = null;
    this.may = [];
    this.mode = "say";
    this.drafts = new Map();
    this.sending = false;
    this.sent = () => {};
    this.refused = () => "";
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    box.addEventListener("keydown", (event) => {
      // While an input method is composing, Enter picks a word: it must not send half a sentence
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
      event.preventDefault();
      void this.send();
    });
    box.addEventListener("input", () => {
      this.drafts.set(this.#key, { text: box.value, message: null });
      this.#grow();
    });
    for (const one of modes.children) one.addEventListener("click", () => { this.write(one.value); this.focus(); });
  }

  get #key() {
    return `${this.mode} ${this.id}`;
  }

  /** Writes to this conversation, in one of these ways; null to none. */
  show(id, may = ["say", "note"]) {
    this.form.hidden = id === null;
    if (id === this.id && may.join() === this.may.join()) return;
    this.id = id;
    this.may = may;
    for (const one of this.modes.children) one.hidden = !may.includes(one.value);
    this.modes.hidden = may.length < 2;
    this.write(may[0]);
  }

  /** Changes to whom it is written. */
  write(mode) {
    if (!this.may.includes(mode)) return;
    this.mode = mode;
    this.form.dataset.mode = mode;
    for (const one of this.modes.children) one.setAttribute("aria-pressed", String(one.value === mode));
    const words = WAYS[mode];
    this.button.textContent = words.button;
    this.label.textContent = words.label;
    this.box.placeholder = words.label;
    this.hint.textContent = words.hint;
    this.box.value = this.drafts.get(this.#key)?.text ?? "";
    this.#grow();
  }

  /** Puts words in the box, as if they had been typed. */
  put(text, from = 0, to = this.box.value.length) {
    this.box.setRangeText(text, from, to, "end");
    this.box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Puts a suggested answer behind what is written to the citizen, to be read and sent by hand. */
  add(text) {
    this.write("say");
    const end = this.box.value.length;
    this.put(this.box.value.trim() ? `\n${text}` : text, this.box.value.trim() ? end : 0, end);
    this.focus();
  }

  focus() {
    if (!this.form.hidden) this.box.focus();
  }

  forget(id) {
    for (const mode of Object.keys(WAYS)) this.drafts.delete(`${mode} ${id}`);
    if (id === this.id) this.box.value = "";
  }

  /** Sends what is written, once. */
  async send() {
    const { id, mode } = this;
    const key = this.#key;
    const text = this.box.value.trim();
    if (!text || !id || this.sending) return;
    const why = mode === "say" ? this.refused(text) : "";
    if (why) return this.fail({ message: why });
    // The same words sent again after a failure carry the same id, so they arrive once
    const draft = this.drafts.get(key) ?? { text: this.box.value, message: null };
    draft.message ??= crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    this.drafts.set(key, draft);
    this.#busy(true);
    try {
      await (mode === "say" ? api.say(id, text, draft.message) : api[mode](id, text));
      if (this.drafts.get(key) === draft) {
        this.drafts.delete(key);
        if (key === this.#key) this.box.value = "";
      }
      if (mode === "note" && key === this.#key) this.write("say");
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
