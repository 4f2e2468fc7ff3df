/** 未送达: packages that did not get to their office, why, and trying again. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { moment } from "./time.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 60_000;

export class Stuck {
  /** `told` says what happened, `sessionOver` that nobody is signed in any more. */
  constructor({ told, sessionOver }) {
    Object.assign(this, { told, sessionOver, timer: 0 });
    this.dialog = $("stuck");
    $("stuck-open").addEventListener("click", () => void this.open());
  }

  /** Looks for new ones now and then, while somebody is signed in. */
  start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.#count(), EVERY_MS);
    void this.#count();
  }

  async open() {
    try {
      this.#show(await api.stuck());
      if (!this.dialog.open) this.dialog.showModal();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #count() {
    try {
      this.#mark(await api.stuck());
    } catch (error) {
      if (error.status === 401) clearInterval(this.timer);
    }
  }

  #mark(list) {
    $("stuck-open").hidden = list.length === 0;
    $("stuck-count").textContent = list.length ? ` ${list.length}` : "";
  }

  #show(list) {
    this.#mark(list);
    $("stuck-none").hidden = list.length > 0;
    $("stuck-list").replaceChildren(...list.map((one) => this.#line(one)));
  }

  #line(one) {
    const again = h("button", { type: "button", class: "button small primary", text: "再送一次", on: { click: () => void this.#again(one) } });
    return h("li", { class: "rating" },
      h("p", {}, h("strong", { text: one.what }), ` · ${one.item} · ${one.case_no}${one.department ? ` · ${one.department}` : ""}`),
      h("p", { class: "hint", text: `${one.why}；从 ${moment(one.since)} 起，试过 ${one.attempts} 次` }),
      h("div", { class: "box-buttons" }, again));
  }

  async #again(one) {
    try {
      await api.again(one.case_no, one.part);
      this.told("已重新发送，送到后申请人会收到通知。");
    } catch (error) {
      if (error.status === 401) return this.#failed(error);
      this.told(error.message, "bad");
    }
    return this.open();
  }

  #failed(error) {
    if (error.status === 401) {
      this.dialog.close();
      this.sessionOver();
    } else this.told(error.message, "bad");
  }
}
