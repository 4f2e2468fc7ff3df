/** The middle column's conversation: everything that was said and done, oldest first. */
import { h, hidden } from "/static/chat/js/dom.js";
import { moment } from "./time.js";
import { caseStatus, owner } from "./words.js";

const NEAR_END_PX = 80;

export class Log {
  /** `misread` is called with a sentence that the operator says was taken wrongly. */
  constructor({ root, scroller, jump, misread }) {
    Object.assign(this, { root, scroller, jump, misread });
    this.stuck = true;
    scroller.addEventListener("scroll", () => {
      this.stuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_END_PX;
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
      if (element) this.root.append(element);
    }
    if (!events.length) return this.root.setAttribute("aria-busy", "false");
    if (this.stuck) this.toEnd();
    else this.jump.hidden = false;
    requestAnimationFrame(() => this.root.setAttribute("aria-busy", "false"));
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
    if (data.from === "staff") return this.#said("staff", data.name ?? "工作人员", at, [text]);
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
