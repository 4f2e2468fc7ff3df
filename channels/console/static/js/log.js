/** The middle column's conversation: everything that was said and done, oldest first. */
import { h, hidden } from "/static/chat/js/dom.js";
import { became, sent } from "./acting.js";
import { moment } from "./time.js";
import { callLine } from "./video-words.js";
import { caseStatus, note, owner } from "./words.js";

const NEAR_END_PX = 80;

export class Log {
  /** `misread` is called with a sentence that the operator says was taken wrongly. */
  constructor({ root, scroller, jump, misread }) {
    Object.assign(this, { root, scroller, jump, misread });
    Object.assign(this, { stuck: true, top: 0 });
    scroller.addEventListener("scroll", () => {
      // Only whoever scrolls up leaves the end: the box below or a wider column beside it may have taken room meanwhile
      if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX) this.stuck = true;
      else if (scroller.scrollTop < this.top) this.stuck = false;
      this.top = scroller.scrollTop;
      if (this.stuck) jump.hidden = true;
    }, { passive: true });
    jump.addEventListener("click", () => this.toEnd());
    new ResizeObserver(() => { if (this.stuck) this.toEnd(); }).observe(scroller);
  }

  clear() {
    this.root.replaceChildren();
    this.speaker = "";
    this.owner = "bot";
    this.root.setAttribute("aria-busy", "true");
    this.stuck = true;
    this.jump.hidden = true;
  }

  /** Adds events in their order. The first load is not read out. */
  add(events) {
    for (const event of events) {
      const element = this.#element(event);
      if (!element) continue;
      element.dataset.at = event.at;
      this.root.append(element);
    }
    if (!events.length) return this.root.setAttribute("aria-busy", "false");
    if (this.stuck) this.toEnd();
    else this.jump.hidden = false;
    requestAnimationFrame(() => this.root.setAttribute("aria-busy", "false"));
  }

  /** Puts what staff noted between the events, by time; notes that are there already stay. */
  notes(list) {
    for (const one of list) {
      if (this.root.querySelector(`[data-note="${CSS.escape(one.id)}"]`)) continue;
      const at = Date.parse(one.at);
      const after = [...this.root.children].find((element) => Date.parse(element.dataset.at) > at) ?? null;
      const element = h("article", { class: `inner ${one.kind}`, data: { note: one.id, at: one.at } },
        h("header", {}, h("strong", { text: note(one.kind) }), h("span", { text: "申请人看不到" }), h("span", { text: one.name ?? "系统" }), h("time", { datetime: one.at, text: moment(one.at) })),
        h("p", { class: "say", text: one.text }));
      this.root.insertBefore(element, after);
      if (!after) this.speaker = "";
    }
    if (this.stuck) this.toEnd();
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.stuck = true;
    this.jump.hidden = true;
  }

  #element({ id, event, data, at }) {
    switch (event) {
      case "message": return this.#message(data, at, id);
      case "turn": this.#correctable(data.read); return data.replies?.length ? this.#said("bot", "机器人", at, data.replies.map(reply)) : null;
      case "owner": return this.#owner(data, at);
      case "upload": return this.#aside("upload", [
        h("strong", { text: "上传了文件" }), ` ${data.name}`, data.pages ? ` · ${data.pages} 页` : "",
        ...(data.checks ?? []).filter((check) => !check.ok).map((check) => h("span", { class: "doubt", text: check.message })),
      ], at);
      case "notice": return this.#aside(data.level ?? "info", [data.text], at);
      case "card": { const parts = became(data); return parts && this.#aside("info", parts, at); }
      case "call": return this.#aside("info", [h("strong", { text: callLine(data) })], at);
      case "case": return data.status ? this.#aside("info", [`办件状态：${caseStatus(data.status)}`], at) : null;
      default: return null;
    }
  }

  #message(data, at, id) {
    const text = h("p", { class: "say", text: data.text });
    if (data.from === "citizen") {
      const words = this.#said("citizen", "申请人", at, [text]);
      this.heard = { id, words, text: data.text };
      return words;
    }
    if (data.from === "staff") return this.#said("staff", data.name ?? "工作人员", at, data.card ? [text, sent(data.card)] : [text]);
    return this.#said("bot", "机器人", at, [text]);
  }

  /** The sentence the bot has just read can be put right, if it read it as talk. */
  #correctable(read) {
    const { heard } = this;
    this.heard = null;
    if (!read || !heard) return;
    const button = h("button", { type: "button", class: "misread", "aria-haspopup": "dialog", "aria-label": `读错了：${heard.text}`, title: `读作：${read.word}${read.name ? ` · ${read.name}` : ""}`, text: "读错了" });
    button.addEventListener("click", () => this.misread({ event: heard.id, text: heard.text, read, button }));
    heard.words.append(button);
  }

  #said(kind, name, at, parts) {
    const again = this.speaker === `${kind}${name}`;
    this.speaker = `${kind}${name}`;
    return h("article", { class: `said ${kind}${again ? " again" : ""}` },
      h("header", {}, h("span", { class: "name", text: name }), " ", h("time", { datetime: at, text: moment(at) })),
      h("div", { class: "words" }, parts));
  }

  /** A line across where another begins to speak: human stretches have one on both sides. */
  #owner(data, at) {
    this.speaker = "";
    const ended = this.owner === "staff" && data.owner !== "staff";
    this.owner = data.owner;
    const what = data.owner === "staff" ? "人工开始" : ended ? "人工结束" : `转为${owner(data.owner)}`;
    return h("div", { class: `border ${data.owner === "staff" ? "begins" : ended ? "ends" : ""}` },
      h("p", {}, h("strong", { text: what }), h("span", { text: data.text ?? "" }), h("time", { datetime: at, text: moment(at) })));
  }

  #aside(kind, parts, at) {
    this.speaker = "";
    return h("div", { class: `aside ${kind}` }, h("p", {}, parts), h("time", { datetime: at, text: moment(at) }));
  }
}

/** What the bot said, in little room; buttons are shown as words, they are the citizen's to press. */
function reply(part) {
  const text = part.text ? h("p", { class: "say", text: part.text }) : null;
  if (part.kind === "card") {
    return h("details", { class: "said-card" }, h("summary", {}, part.title, part.rows ? h("span", { class: "hint", text: ` ${part.rows.length} 项` }) : null), text,
      h("dl", {}, (part.rows ?? []).map((row) => h("div", {}, h("dt", { text: row.label }), h("dd", { text: row.value })))));
  }
  if (part.kind === "file") return h("p", { class: "said-file" }, hidden("文件 "), part.name);
  if (part.kind === "notice") return h("p", { class: `said-notice ${part.level ?? ""}`, text: part.text });
  return part.options ? h("div", {}, text, h("p", { class: "said-options" }, hidden("选项："), part.options.map((label) => h("span", { text: label })))) : text;
}
