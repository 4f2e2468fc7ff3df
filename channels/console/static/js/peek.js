/** One masked value whole: whoever has the conversation says what for, and the server notes it. Kept in this page's memory until she is somebody else's. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { Ask } from "./dialog.js";

const REASONS = ["核对身份", "打电话联系", "申请人要求修改"];

export class Peek {
  /** `changed()` when a value is shown or masked again; `failed(error)` says what went wrong with a number to call. */
  constructor({ changed, failed, sessionOver }) {
    Object.assign(this, { changed, failed, id: null, whole: new Map() });
    document.body.append(this.#dialog());
    this.ask = new Ask("peek", sessionOver);
    this.ask.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /** Of this conversation, which I have; null: of none, and everything shown before is forgotten. */
  of(id) {
    if (id === this.id) return;
    this.id = id;
    this.whole.clear();
    if (this.ask.dialog.open) this.ask.dialog.close();
  }

  open(key, label) {
    Object.assign(this, { key });
    this.heading.textContent = `看“${label}”的全文`;
    this.reason.value = "";
    this.ask.show();
    this.reason.focus();
  }

  hide(key) {
    this.whole.delete(key);
    this.changed();
  }

  /** The number to call; that it was seen is noted, and calling is reason enough. */
  async call() {
    const { id } = this;
    try {
      const { number } = await call("POST", `/conversations/${encodeURIComponent(id)}/contact`);
      this.#keep(id, "contact", number);
    } catch (error) {
      this.failed(error);
    }
  }

  async #send() {
    const { id, key } = this;
    const reason = this.reason.value.trim();
    if (reason.length < 2) return this.ask.say("请写明用途，至少两个字。");
    await this.ask.send(async () => {
      const { value } = await call("POST", `/conversations/${encodeURIComponent(id)}/unmask`, { body: { field: key, reason } });
      this.#keep(id, key, value);
    });
    return undefined;
  }

  #keep(id, key, value) {
    if (id !== this.id) return;
    this.whole.set(key, value);
    this.changed();
  }

  #dialog() {
    this.heading = h("h2", { id: "peek-title" });
    this.reason = h("input", { id: "peek-reason", maxlength: 200, autocomplete: "off", "aria-describedby": "peek-hint" });
    const ready = REASONS.map((words) => h("button", { type: "button", class: "button small", text: words, on: { click: () => { this.reason.value = words; this.reason.focus(); } } }));
    return h("dialog", { class: "box", id: "peek", "aria-labelledby": "peek-title" }, h("form", { id: "peek-form", novalidate: true }, this.heading,
      h("p", { class: "hint", id: "peek-hint", text: "谁在什么时候看了什么、用途是什么，都会记下来。" }),
      h("p", { class: "field-error", id: "peek-error", role: "alert", hidden: true }),
      h("label", { for: "peek-reason", text: "用途" }), this.reason, h("div", { class: "reasons", role: "group", "aria-label": "常用的用途" }, ready),
      h("div", { class: "box-buttons" }, h("button", { type: "submit", class: "button primary", text: "看全文" }),
        h("button", { type: "button", class: "button", text: "取消", on: { click: () => this.ask.dialog.close() } }))));
  }
}
