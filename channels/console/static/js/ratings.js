/** 差评: who has to be contacted until when, what was said, and the answer that closes it. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { $, Listed } from "./listed.js";
import { moment } from "./time.js";

const DONE = { contact: "已记下联系情况。", answer: "已答复申请人，这条评价办结了。" };

export class Ratings extends Listed {
  constructor(page) {
    super("ratings", "ratings", page);
  }

  mark(list) {
    super.mark(list);
    const late = list.filter((one) => one.overdue).length;
    const button = $("ratings-open");
    button.hidden = false;
    button.title = late ? `${late} 条已过联系期限` : "评价不满意的，1个工作日内联系";
    button.dataset.late = String(late > 0);
  }

  line(one) {
    const words = h("textarea", { rows: 2, maxlength: 2000, "aria-label": `${one.subject} 的联系情况或答复` });
    const error = h("p", { class: "field-error", role: "alert", hidden: true });
    const act = (what, label, primary) => h("button", { type: "button", class: primary ? "button small primary" : "button small", text: label, on: { click: () => this.#follow(one, what, words, error) } });
    const due = one.state === "contacted" ? "已联系，待答复" : `${one.overdue ? "已过期限：" : ""}最晚 ${one.due} 联系`;
    return h("li", { class: "rating", data: { late: String(one.overdue) } },
      h("p", {}, h("strong", { text: one.grade }), ` · ${one.item || "咨询"}${one.case_no ? ` · ${one.case_no}` : ""} · ${moment(one.at)}`),
      h("p", { class: "hint", text: due }),
      one.reasons.length ? h("p", { text: `原因：${one.reasons.join("、")}` }) : null,
      one.words ? h("blockquote", { class: "quote", text: one.words }) : null,
      one.contact ? h("p", { class: "hint", text: `联系情况：${one.contact}` }) : null,
      words, error,
      h("div", { class: "box-buttons" }, one.state === "open" ? act("contact", "记下联系情况") : null, act("answer", "答复申请人并办结", true)));
  }

  #follow(one, what, words, error) {
    const wrong = (text) => {
      error.textContent = text;
      error.hidden = !text;
    };
    const said = words.value.trim();
    wrong(said ? "" : "请先写一句：联系情况，或者给申请人的答复。");
    if (said) void this.act(() => api.followUp(one.subject, what, said), DONE[what], wrong);
    else words.focus();
  }
}
