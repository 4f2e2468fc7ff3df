/** 差评: who has to be contacted until when, what was said, and the answer that closes it. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { moment } from "./time.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 60_000;

export class Ratings {
  /** `told` says what happened, `sessionOver` that nobody is signed in any more. */
  constructor({ told, sessionOver }) {
    Object.assign(this, { told, sessionOver, timer: 0 });
    this.dialog = $("ratings");
    $("ratings-open").addEventListener("click", () => void this.open());
  }

  /** Looks for new ones now and then, while somebody is signed in. */
  start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.#count(), EVERY_MS);
    void this.#count();
  }

  async open() {
    try {
      this.#show(await api.ratings());
      if (!this.dialog.open) this.dialog.showModal();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #count() {
    try {
      this.#mark(await api.ratings());
    } catch (error) {
      if (error.status === 401) clearInterval(this.timer);
    }
  }

  #mark(list) {
    const late = list.filter((one) => one.overdue).length;
    $("ratings-open").hidden = false;
    $("ratings-count").textContent = list.length ? ` ${list.length}` : "";
    $("ratings-open").title = late ? `${late} 条已过联系期限` : "评价不满意的，1个工作日内联系";
    $("ratings-open").dataset.late = String(late > 0);
  }

  #show(list) {
    this.#mark(list);
    $("ratings-none").hidden = list.length > 0;
    $("ratings-list").replaceChildren(...list.map((one) => this.#line(one)));
  }

  #line(one) {
    const words = h("textarea", { rows: 2, maxlength: 2000, "aria-label": `${one.subject} 的联系情况或答复` });
    const error = h("p", { class: "field-error", role: "alert", hidden: true });
    const act = (what, label, primary) => h("button", { type: "button", class: primary ? "button small primary" : "button small", text: label, on: { click: () => void this.#act(one, what, words, error) } });
    const due = one.state === "contacted" ? "已联系，待答复" : `${one.overdue ? "已过期限：" : ""}请在 ${one.due} 前联系`;
    return h("li", { class: "rating", data: { late: String(one.overdue) } },
      h("p", {}, h("strong", { text: one.grade }), ` · ${one.item || "咨询"}${one.case_no ? ` · ${one.case_no}` : ""} · ${moment(one.at)}`),
      h("p", { class: "hint", text: due }),
      one.reasons.length ? h("p", { text: `原因：${one.reasons.join("、")}` }) : null,
      one.words ? h("blockquote", { class: "quote", text: one.words }) : null,
      one.contact ? h("p", { class: "hint", text: `联系情况：${one.contact}` }) : null,
      words, error,
      h("div", { class: "box-buttons" }, one.state === "open" ? act("contact", "记下联系情况") : null, act("answer", "答复申请人并办结", true)));
  }

  async #act(one, what, words, error) {
    error.hidden = Boolean(words.value.trim());
    error.textContent = "请先写一句：联系情况，或者给申请人的答复。";
    if (!words.value.trim()) return words.focus();
    try {
      await api.followUp(one.subject, what, words.value.trim());
      this.told(what === "contact" ? "已记下联系情况。" : "已答复申请人，这条评价办结了。");
      await this.open();
    } catch (failure) {
      if (failure.status === 401) return this.#failed(failure);
      error.textContent = failure.message;
      error.hidden = false;
    }
    return undefined;
  }

  #failed(error) {
    if (error.status === 401) {
      this.dialog.close();
      this.sessionOver();
    } else this.told(error.message, "bad");
  }
}
