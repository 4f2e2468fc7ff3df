/** 未送达: packages that did not get to their office and notices that did not get out, why, and trying again; and what offices say that cannot be. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { Listed } from "./listed.js";
import { moment } from "./time.js";

export class Stuck extends Listed {
  constructor(page) {
    super("stuck", "undelivered", page);
  }

  line(one) {
    return one.key ? this.#notice(one) : this.#package(one);
  }

  #notice(one) {
    const send = () => void this.act(() => api.sendAgain(one.key), "已重新发送，发到申请人现在留的联系方式。");
    return h("li", { class: "rating" },
      h("p", {}, h("strong", { text: `${one.channel}发不出去` }), ` · ${one.item} · ${one.case_no}`),
      h("blockquote", { class: "quote", text: one.text }),
      h("p", { class: "hint", text: `${one.why}；从 ${moment(one.since)} 起，试过 ${one.attempts} 次` }),
      h("div", { class: "box-buttons" }, h("button", { type: "button", class: "button small primary", text: "再发一次", on: { click: send } })));
  }

  #package(one) {
    const send = () => void this.act(() => api.again(one.case_no, one.part), "已重新发送，送到后申请人会收到通知。");
    return h("li", { class: "rating" },
      h("p", {}, h("strong", { text: one.what }), ` · ${one.item} · ${one.case_no}${one.department ? ` · ${one.department}` : ""}`),
      h("p", { class: "hint", text: one.again ? `${one.why}；从 ${moment(one.since)} 起，试过 ${one.attempts} 次` : `${moment(one.since)}：${one.why}` }),
      one.again && h("div", { class: "box-buttons" }, h("button", { type: "button", class: "button small primary", text: "再送一次", on: { click: send } })));
  }
}
