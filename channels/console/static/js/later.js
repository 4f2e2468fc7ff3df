/** Under the queue: whom we promised to call, and who has booked a time. When the time comes they wait in the queue. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { moment } from "./time.js";
import { kind } from "./words.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 60_000;

export class Later {
  timer = 0;

  /** Looks now, and now and then; what comes due shows in the queue by itself. */
  start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.refresh(), EVERY_MS);
    void this.refresh();
  }

  async refresh() {
    try {
      this.#show(await call("GET", "/desk/promises"));
    } catch (error) {
      if (error.status === 401) clearInterval(this.timer);
    }
  }

  #show(list) {
    const key = JSON.stringify(list);
    if (key === this.key) return;
    this.key = key;
    $("later-head").hidden = !list.length;
    $("later-count").textContent = list.length ? String(list.length) : "";
    $("later").replaceChildren(...list.map((one) => h("li", { class: "later" },
      h("p", {}, h("strong", { text: moment(one.at) }), ` ${kind(one.kind)}`),
      h("p", { class: "hint", text: [one.name ?? "还没选事项", one.number ? `号码 ${one.number}` : ""].filter(Boolean).join(" · ") }))));
  }
}
