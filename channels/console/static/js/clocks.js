/** 时限提醒: limits that run out, and what applicants asked to hurry. */
import { h } from "/static/chat/js/dom.js";
import { Listed } from "./listed.js";
import { moment } from "./time.js";

export class Clocks extends Listed {
  constructor(page) {
    super("clocks", "clocks", page);
  }

  line(one) {
    return h("li", { class: "rating" }, h("p", { text: one.text }), h("p", { class: "hint", text: `记于 ${moment(one.at)}` }));
  }
}
