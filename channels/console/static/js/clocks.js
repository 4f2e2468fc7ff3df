/** 时限提醒: limits that run out, and what applicants asked to hurry. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { moment } from "./time.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 60_000;

export class Clocks {
  /** `told` says what went wrong, `sessionOver` that nobody is signed in any more. */
  constructor({ told, sessionOver }) {
    Object.assign(this, { told, sessionOver, timer: 0 });
    this.dialog = $("clocks");
    $("clocks-open").addEventListener("click", () => void this.open());
  }

  /** Looks for new ones now and then, while somebody is signed in. */
  start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.#count(), EVERY_MS);
    void this.#count();
  }

  async open() {
    try {
      const list = await api.clocks();
      this.#mark(list);
      $("clocks-none").hidden = list.length > 0;
      $("clocks-list").replaceChildren(...list.map((one) => h("li", { class: "rating" },
        h("p", { text: one.text }), h("p", { class: "hint", text: `记于 ${moment(one.at)}` }))));
      if (!this.dialog.open) this.dialog.showModal();
    } catch (error) {
      if (error.status === 401) {
        this.dialog.close();
        this.sessionOver();
      } else this.told(error.message, "bad");
    }
  }

  async #count() {
    try {
      this.#mark(await api.clocks());
    } catch (error) {
      if (error.status === 401) clearInterval(this.timer);
    }
  }

  #mark(list) {
    $("clocks-open").hidden = list.length === 0;
    $("clocks-count").textContent = list.length ? ` ${list.length}` : "";
  }
}
