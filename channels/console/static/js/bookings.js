/** 窗口预约: who brings papers to a window, and when. */
import { h } from "/static/chat/js/dom.js";
import { Listed } from "./listed.js";
import { moment } from "./time.js";

export class Bookings extends Listed {
  constructor(page) {
    super("bookings", "bookings", page);
  }

  line(one) {
    return h("li", { class: "rating" },
      h("p", {}, h("strong", { text: moment(one.starts) }), ` · ${one.item} · ${one.case_no}`),
      h("p", { class: "hint", text: `${one.place} · 预约号 ${one.booking_no} · ${one.came ? "材料已交到" : "材料还没有交到"}` }));
  }
}
