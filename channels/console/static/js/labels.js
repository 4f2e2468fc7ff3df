/** Choosing what a citizen meant: an intent, and the item that goes with it. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";

export const WHICH = "?";
export const NO_ITEM = "-";

let known = null;
export const labels = async () => (known ??= await api.labels());

export class Choice {
  /** Two selects and a hint; `none` is offered first where nothing has to be chosen. */
  constructor({ intent, item, hint, none = null }) {
    Object.assign(this, { intent, item, hint, none });
    intent.addEventListener("change", () => this.#fit());
  }

  async fill({ intent = "", item = null } = {}) {
    this.labels = await labels();
    const offer = this.none === null ? [] : [h("option", { value: "", text: this.none })];
    this.intent.replaceChildren(...offer, ...this.labels.intents.map(({ code, word }) => h("option", { value: code, text: word })));
    this.intent.value = intent;
    this.item.replaceChildren(h("option", { value: WHICH, text: "没说是哪一项" }), h("option", { value: NO_ITEM, text: "不涉及事项" }),
      ...this.labels.items.map(({ code, name }) => h("option", { value: code, text: name })));
    this.item.value = item ?? WHICH;
    this.#fit();
  }

  /** `{intent, item}`, or nothing where nothing was chosen. */
  get chosen() {
    return this.intent.value ? { intent: this.intent.value, item: this.item.value } : {};
  }

  /** Only items that go with the intent can be chosen. */
  #fit() {
    const found = this.labels.intents.find(({ code }) => code === this.intent.value);
    this.item.disabled = !found || found.item === "none";
    this.hint.textContent = found?.hint ?? "";
    if (!found) return;
    this.item.querySelector(`[value="${WHICH}"]`).disabled = found.item !== "needed";
    this.item.querySelector(`[value="${NO_ITEM}"]`).disabled = found.item === "needed";
    if (this.item.selectedOptions[0]?.disabled || found.item === "none") this.item.value = found.item === "needed" ? WHICH : NO_ITEM;
  }
}
