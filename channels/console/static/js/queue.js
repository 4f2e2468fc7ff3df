/** The left column: who waits, and whom I have. Lines are kept and changed in place, so that focus stays where it was. */
import { h } from "/static/chat/js/dom.js";
import { running, secondsSince, spoken } from "./time.js";
import { caseStatus, reason } from "./words.js";

const LONG_SECONDS = 120;
const TOO_LONG_SECONDS = 300;

export class Queue {
  /** `act` = {open(id), claim(id), reply()}. */
  constructor({ waiting, mine, act }) {
    Object.assign(this, { waiting, mine, act });
    this.lines = new Map();
    this.items = [];
    this.read = new Map();
    this.opened = null;
    setInterval(() => this.#tick(), 1000);
  }

  /** Shows the queue. Returns the ids of those who have come since the last time. */
  show(items) {
    const before = new Set(this.items.map((item) => item.conversation_id));
    const focused = document.activeElement?.closest?.(".line");
    const at = focused ? this.#order().indexOf(focused) : -1;
    this.items = items;
    const here = new Set(items.map((item) => item.conversation_id));
    for (const [id, line] of this.lines) {
      if (here.has(id)) continue;
      line.remove();
      this.lines.delete(id);
      this.read.delete(id);
    }
    for (const item of items) {
      // What somebody else said before I had it is no news to me
      if (!this.read.has(item.conversation_id)) this.read.set(item.conversation_id, item.last_event);
      this.#fill(item);
    }
    this.#arrange(this.waiting, items.filter((item) => item.state === "waiting"));
    this.#arrange(this.mine, items.filter((item) => item.state === "claimed"));
    this.#tick();
    if (at >= 0 && !focused.isConnected) {
      const order = this.#order();
      (order[Math.min(at, order.length - 1)] ?? document.getElementById("queue-pane")).focus();
    }
    return items.filter((item) => item.state === "waiting" && !before.has(item.conversation_id)).map((item) => item.conversation_id);
  }

  /** Marks the open conversation, read up to this event. */
  mark(id, lastEvent) {
    this.opened = id;
    if (id && lastEvent) this.read.set(id, Math.max(lastEvent, this.read.get(id) ?? 0));
    for (const item of this.items) this.#fill(item);
  }

  get unread() {
    return this.items.filter((item) => this.#unread(item)).length;
  }

  get first() {
    return this.items.find((item) => item.state === "waiting") ?? null;
  }

  find(id) {
    return this.items.find((item) => item.conversation_id === id) ?? null;
  }

  /** Opens the line `step` further down (or up) and puts the focus on it. */
  move(step) {
    const order = this.#order();
    if (!order.length) return;
    const from = order.indexOf(document.activeElement) >= 0 ? order.indexOf(document.activeElement) : order.findIndex((line) => line.dataset.id === this.opened);
    const to = order[Math.min(order.length - 1, Math.max(0, from + step))];
    to.focus();
    this.act.open(to.dataset.id);
  }

  focus(id) {
    (this.lines.get(id)?.querySelector(".line") ?? this.#order()[0] ?? document.getElementById("queue-pane")).focus();
  }

  #order() {
    return [...this.waiting.querySelectorAll(".line"), ...this.mine.querySelectorAll(".line")];
  }

  #unread(item) {
    return item.state === "claimed" && item.conversation_id !== this.opened && item.last_event > (this.read.get(item.conversation_id) ?? 0);
  }

  #arrange(list, items) {
    items.forEach((item, index) => {
      const line = this.lines.get(item.conversation_id);
      if (list.children[index] === line) return;
      const held = line.contains(document.activeElement) ? document.activeElement : null;
      list.insertBefore(line, list.children[index] ?? null);
      held?.focus();
    });
  }

  #fill(item) {
    const id = item.conversation_id;
    let row = this.lines.get(id);
    if (!row) {
      row = this.#row(id);
      this.lines.set(id, row);
    }
    const waits = item.state === "waiting";
    const unread = this.#unread(item);
    row.classList.toggle("claimed", !waits);
    row.classList.toggle("unread", unread);
    row.querySelector(".place").textContent = waits ? item.place : "";
    row.querySelector(".name").textContent = item.item ?? "还没选事项";
    const progress = item.total ? `${caseStatus(item.case_status)} ${item.filled}/${item.total}` : "未开始办事";
    row.querySelector(".far").textContent = progress;
    const why = row.querySelector(".why");
    why.textContent = unread ? "有新消息" : reason(item.reason);
    why.classList.toggle("urgent", item.reason === "complaint" || unread);
    row.querySelector(".last").textContent = item.said ? `“${item.said}”` : "";
    const line = row.querySelector(".line");
    if (id === this.opened) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
    row.querySelector(".take").hidden = !waits;
    row.dataset.since = (waits ? item.queued_at : item.claimed_at) ?? item.queued_at;
    row.dataset.place = waits ? `第${item.place}位` : "";
    row.dataset.words = `${item.item ?? "还没选事项"}，${progress}，${why.textContent}${item.said ? `，申请人说：${item.said}` : ""}`;
  }

  #row(id) {
    const line = h("button", { type: "button", class: "line", data: { id } },
      h("span", { class: "place" }), h("span", { class: "name" }), h("span", { class: "time" }),
      h("span", { class: "facts" }, h("span", { class: "chip why" }), h("span", { class: "far" })),
      h("span", { class: "last" }));
    line.addEventListener("click", () => this.act.open(id));
    line.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      if (this.find(id)?.state === "waiting") this.act.claim(id);
      else {
        this.act.open(id);
        this.act.reply();
      }
    });
    const take = h("button", { type: "button", class: "take", text: "接待", on: { click: () => this.act.claim(id) } });
    return h("li", {}, line, take);
  }

  /** Waiting times run on their own between two pieces of news. */
  #tick() {
    for (const row of this.lines.values()) {
      const seconds = secondsSince(row.dataset.since);
      const waits = !row.classList.contains("claimed");
      const time = row.querySelector(".time");
      time.textContent = running(seconds);
      time.dataset.long = waits && seconds >= TOO_LONG_SECONDS ? "too" : waits && seconds >= LONG_SECONDS ? "long" : "";
      const spokenTime = `${waits ? "已等" : "已接待"}${spoken(seconds)}`;
      row.querySelector(".line").setAttribute("aria-label", [row.dataset.place, row.dataset.words, spokenTime].filter(Boolean).join("，"));
      row.querySelector(".take").setAttribute("aria-label", `接待${row.dataset.place}，${row.dataset.words}`);
    }
  }
}
