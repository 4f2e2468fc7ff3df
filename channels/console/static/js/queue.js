/** The left column: who waits, and whom I have. Lines are kept and changed in place, so that focus stays where it was. */
import { h } from "/static/chat/js/dom.js";
import { moment, running, secondsSince, spoken } from "./time.js";
import { standing } from "./limit.js";
import { caseStatus, kind, reason } from "./words.js";

const LEVELS = { green: "时限正常", yellow: "时限快到", red: "时限已过" };

export class Queue {
  /** `act` = {open(id), claim(id), reply()}. */
  constructor({ waiting, mine, act }) {
    Object.assign(this, { waiting, mine, act });
    this.lines = new Map();
    this.items = [];
    this.read = new Map();
    this.given = new Set();
    this.opened = null;
    this.me = "";
    this.known = new Set();
    setInterval(() => this.#tick(), 1000);
  }

  /** Shows the queue. Returns the ids of those who have come to wait, or to me without my asking, since the last time. */
  show(items) {
    const before = new Map(this.items.map((item) => [item.conversation_id, item.state]));
    const first = this.drawn !== true;
    this.drawn = true;
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
      const id = item.conversation_id;
      if (!this.read.has(id)) this.read.set(id, item.last_event);
      if (this.given.has(id) && item.state !== "claimed") this.given.delete(id);
      if (!first && this.#own(item) && before.get(id) !== "claimed" && !this.known.has(id) && id !== this.opened) this.given.add(id);
      this.#fill(item);
    }
    for (const id of this.given) if (!here.has(id)) this.given.delete(id);
    this.#arrange(this.waiting, items.filter((item) => item.state === "waiting"));
    this.#arrange(this.mine, items.filter((item) => item.state === "claimed"));
    this.#tick();
    if (at >= 0 && !focused.isConnected) {
      const order = this.#order();
      (order[Math.min(at, order.length - 1)] ?? document.getElementById("queue-pane")).focus();
    }
    const come = (item) => (item.state === "waiting" ? before.get(item.conversation_id) === undefined : this.given.has(item.conversation_id) && before.get(item.conversation_id) !== "claimed");
    return items.filter(come).map((item) => item.conversation_id);
  }

  /** Marks the open conversation, read up to this event. */
  mark(id, lastEvent) {
    this.opened = id;
    this.given.delete(id);
    if (id && lastEvent) this.read.set(id, Math.max(lastEvent, this.read.get(id) ?? 0));
    for (const item of this.items) this.#fill(item);
  }

  /** I asked for this one, here or in another tab: that it comes is no surprise. */
  asked(id) {
    this.known.add(id);
    this.given.delete(id);
  }

  /** Another tab has shown this one up to an event. */
  readElsewhere(id, event) {
    this.read.set(id, Math.max(event, this.read.get(id) ?? 0));
    this.given.delete(id);
    const item = this.find(id);
    if (item) this.#fill(item);
  }

  /** Given to me and not looked at yet. */
  get arrived() {
    return this.given.size;
  }

  get unread() {
    return this.items.filter((item) => this.#unread(item)).length;
  }

  get waits() {
    return this.items.some((item) => item.state === "waiting");
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

  #own(item) {
    return item.state === "claimed" && item.staff_id === this.me;
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
    const given = this.given.has(id);
    const why = row.querySelector(".why");
    why.textContent = given ? "新分派给您" : unread ? "有新消息" : reason(item.reason);
    why.classList.toggle("urgent", item.first || unread || given);
    row.querySelector(".group").textContent = item.group_name;
    const marks = [
      waits && item.first ? "优先" : "",
      item.kind === "talk" ? "" : `${kind(item.kind)} ${moment(item.queued_at)}`,
      item.promised_at ? `答应 ${moment(item.promised_at)} 接待` : "",
      waits && item.for_staff ? (item.for_staff === this.me ? "转给您的" : "转给同事的") : "",
      !waits && !this.#own(item) ? `协助 ${item.staff_name ?? "同事"}` : "",
      item.escalated ? "已报主管" : "",
    ].filter(Boolean);
    row.querySelector(".marks").textContent = marks.join(" · ");
    row.querySelector(".last").textContent = item.said ? `“${item.said}”` : "";
    const line = row.querySelector(".line");
    if (id === this.opened) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
    row.querySelector(".take").hidden = !waits;
    row.dataset.since = (waits ? item.queued_at : item.claimed_at) ?? item.queued_at;
    row.dataset.place = waits ? `第${item.place}位` : "";
    row.dataset.about = [item.group_name, ...marks].join("，");
    row.dataset.words = `${item.item ?? "还没选事项"}，${progress}，${why.textContent}${item.said ? `，申请人说：${item.said}` : ""}`;
  }

  #row(id) {
    const line = h("button", { type: "button", class: "line", data: { id } },
      h("span", { class: "place" }), h("span", { class: "name" }), h("span", { class: "time" }),
      h("span", { class: "facts" }, h("span", { class: "chip why" }), h("span", { class: "far" })),
      h("span", { class: "desk-facts" }, h("span", { class: "limit" }), h("span", { class: "group" }), h("span", { class: "marks" })),
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
    for (const [id, row] of this.lines) {
      const seconds = secondsSince(row.dataset.since);
      const waits = !row.classList.contains("claimed");
      const time = row.querySelector(".time");
      time.textContent = running(seconds);
      const limit = standing(this.find(id)?.limit);
      const shown = row.querySelector(".limit");
      shown.textContent = limit?.text ?? "";
      shown.dataset.level = limit?.level ?? "";
      const spokenTime = `${waits ? "已等" : "已接待"}${spoken(seconds)}`;
      row.querySelector(".line").setAttribute("aria-label", [row.dataset.place, row.dataset.words, spokenTime, row.dataset.about, limit ? `${LEVELS[limit.level]}，${limit.text}` : ""].filter(Boolean).join("，"));
      row.querySelector(".take").setAttribute("aria-label", `接待${row.dataset.place}，${row.dataset.words}`);
    }
  }
}
