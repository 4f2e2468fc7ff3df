/** What supervisors have: everything at the desk in one list, and joining, leaving or taking over a conversation of a colleague. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { standing } from "./limit.js";
import { presence } from "./seat.js";
import { running, secondsSince } from "./time.js";
import { reason } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Lead {
  /** `act` = {open(id), failed(error), groups() → [{code, name}], alarm(text)}. */
  constructor(act) {
    this.act = act;
    this.told = null;
    this.dialog = $("board");
    $("board-open").addEventListener("click", () => void this.show());
    $("board-close").addEventListener("click", () => this.dialog.close());
    $("pull").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#pull();
    });
  }

  allow(me) {
    this.may = me.may.includes("desk.supervise");
    $("board-open").hidden = !this.may;
  }

  /** Conversations with a limit near or missed, as the server knows them: a number on the button, and an alarm for each new one. */
  news(escalated) {
    const fresh = this.told === null ? escalated : escalated.filter((id) => !this.told.includes(id));
    this.told = escalated;
    if (!this.may) return;
    $("board-count").textContent = escalated.length ? ` ${escalated.length}` : "";
    if (fresh.length) this.act.alarm(`${fresh.length} 个对话的时限快到或者已过，在“全部对话”里（L）。`);
    if (fresh.length && this.dialog.open) void this.show();
  }

  async show() {
    if (!this.may) return;
    try {
      const board = await api.board();
      $("board-people").textContent = board.colleagues.length ? board.colleagues.map((one) => `${one.name} ${presence(one.state)} ${one.held}/${one.capacity}`).join("；") : "现在没有人在岗。";
      $("board-none").hidden = board.stays.length > 0;
      $("board-list").replaceChildren(...board.stays.toSorted((a, b) => b.escalated - a.escalated).map((one) => this.#line(one)));
      if (!this.dialog.open) this.dialog.showModal();
    } catch (error) {
      this.act.failed(error);
    }
  }

  async #pull() {
    const wrong = $("pull-error");
    wrong.hidden = true;
    try {
      const { conversation_id } = await api.pull($("pull-case").value.trim(), $("pull-reason").value.trim());
      $("pull").reset();
      this.dialog.close();
      this.act.open(conversation_id);
    } catch (error) {
      wrong.textContent = error.message;
      wrong.hidden = false;
      $("pull-case").focus();
    }
  }

  #line(one) {
    const limit = standing(one.limits.filter((each) => each.running).map((each) => ({ ...each, near: each.near ? new Date(0).toISOString() : each.due })).toSorted((a, b) => Date.parse(a.due) - Date.parse(b.due))[0]);
    const group = this.act.groups().find((each) => each.code === one.group)?.name ?? one.group;
    const who = one.state === "waiting" ? `排队第 ${one.place} 位` : `${one.staff_name} 接待`;
    const open = () => {
      this.dialog.close();
      this.act.open(one.conversation_id);
    };
    return h("li", { class: "rating", data: { late: String(limit?.level === "red") } },
      h("p", {}, h("strong", { text: who }), ` · ${reason(one.reason)} · ${group} · 已 ${running(secondsSince(one.queued_at))}`, one.escalated ? " · 时限已提醒" : ""),
      limit ? h("p", { class: "limit", data: { level: limit.level }, text: limit.text }) : null,
      h("div", { class: "box-buttons" }, h("button", { type: "button", class: "button small", text: one.state === "waiting" ? "打开" : "旁观", on: { click: open } })));
  }
}
