/** 读错了: the operator says what a sentence meant; it goes, masked, to those who teach the bot. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";

const $ = (id) => document.getElementById(id);
const WHICH = "?";
const NO_ITEM = "-";

export class Misread {
  constructor({ done, sessionOver }) {
    Object.assign(this, { done, sessionOver });
    this.dialog = $("misread");
    this.labels = null;
    $("misread-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
    $("misread-intent").addEventListener("change", () => this.#fit());
  }

  /** Asks about the sentence of an event; `button` is where the focus returns. */
  async open(conversation, { event, text, read, button }) {
    Object.assign(this, { conversation, event, button });
    try {
      this.labels ??= await api.labels();
    } catch (error) {
      return this.#failed(error);
    }
    $("misread-said").textContent = text;
    $("misread-read").textContent = `读作：${read.word}${read.name ? ` · ${read.name}` : ""}`;
    $("misread-intent").replaceChildren(...this.labels.intents.map(({ code, word }) => h("option", { value: code, text: word })));
    $("misread-intent").value = read.intent;
    $("misread-item").replaceChildren(h("option", { value: WHICH, text: "没说是哪一项" }), h("option", { value: NO_ITEM, text: "不涉及事项" }),
      ...this.labels.items.map(({ code, name }) => h("option", { value: code, text: name })));
    $("misread-item").value = read.item ?? WHICH;
    this.#say("");
    this.#fit();
    this.dialog.showModal();
    return undefined;
  }

  /** Only items that go with the intent can be chosen. */
  #fit() {
    const { hint, item } = this.labels.intents.find(({ code }) => code === $("misread-intent").value);
    const items = $("misread-item");
    $("misread-hint").textContent = hint;
    items.disabled = item === "none";
    items.querySelector(`[value="${WHICH}"]`).disabled = item !== "needed";
    items.querySelector(`[value="${NO_ITEM}"]`).disabled = item === "needed";
    if (items.selectedOptions[0]?.disabled || item === "none") items.value = item === "needed" ? WHICH : NO_ITEM;
  }

  async #send() {
    const save = $("misread-save");
    save.disabled = true;
    try {
      await api.misread(this.conversation, this.event, $("misread-intent").value, $("misread-item").value);
      this.button.textContent = "已标注";
      this.dialog.close();
      this.done("已收进标注清单，谢谢。");
    } catch (error) {
      this.#failed(error);
    } finally {
      save.disabled = false;
    }
  }

  #failed(error) {
    if (error.status === 401) {
      this.dialog.close();
      this.sessionOver();
    } else if (this.dialog.open) this.#say(error.message);
    else this.done(error.message, "bad");
  }

  #say(text) {
    $("misread-error").textContent = text;
    $("misread-error").hidden = !text;
  }
}
