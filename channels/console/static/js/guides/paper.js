/** The paper one writes on: a text area with line numbers, and beside it what is wrong, line by line. */
import { h } from "/static/chat/js/dom.js";

const $ = (id) => document.getElementById(id);
const CHECK_MS = 600;

export class Paper {
  /** `check` asks what is wrong with a text; `changed` is told of every change by hand. */
  constructor({ check, changed }) {
    Object.assign(this, { check, changed });
    this.box = $("text");
    this.findings = [];
    this.sound = false;
    this.lines = 0;
    this.box.addEventListener("input", () => {
      this.#number();
      this.changed();
      this.#soon();
    });
    this.box.addEventListener("scroll", () => { $("gutter").scrollTop = this.box.scrollTop; });
    this.box.addEventListener("keydown", (event) => this.#key(event));
  }

  get text() {
    return this.box.value;
  }

  /** Puts a text on the paper; the one before is gone. */
  put(text, writable) {
    this.box.value = text;
    this.box.readOnly = !writable;
    this.findings = [];
    this.#number();
    this.#show();
    void this.look();
  }

  /** Asks at once what is wrong; resolves when it is shown. */
  async look() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const asking = this.asking = new AbortController();
    const { text } = this;
    this.#say("正在检查…", "");
    try {
      const { findings, sound } = await this.check(text, asking.signal);
      if (asking.signal.aborted || text !== this.text) return;
      Object.assign(this, { findings, sound });
      this.#show();
      const hard = findings.filter((finding) => finding.hard).length;
      const soft = findings.length - hard;
      const parts = [hard ? `${hard} 处必须改` : "", soft ? `${soft} 处建议` : ""].filter(Boolean);
      this.#say(parts.length ? `${parts.join("，")}。` : "没有问题。", String(sound));
    } catch (error) {
      if (!asking.signal.aborted) this.#say(error.message, "");
    }
  }

  /** Puts the cursor at the next finding after it (or before it), and round. */
  step(forward) {
    if (!this.findings.length) return;
    const here = this.text.slice(0, this.box.selectionStart).split("\n").length;
    const lines = [...new Set(this.findings.map((finding) => finding.line))].sort((a, b) => a - b);
    const next = forward ? lines.find((line) => line > here) ?? lines[0] : lines.findLast((line) => line < here) ?? lines.at(-1);
    this.go(next);
  }

  /** Selects a line and brings it into sight. */
  go(line) {
    const lines = this.text.split("\n");
    const number = Math.min(line, lines.length);
    const start = lines.slice(0, number - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.box.focus();
    this.box.setSelectionRange(start, start + lines[number - 1].length);
    const height = $("gutter").firstElementChild?.getBoundingClientRect().height ?? 24;
    this.box.scrollTop = Math.max(0, (number - 4) * height);
    this.box.scrollLeft = 0;
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), CHECK_MS);
  }

  /** A new line begins as deep as the one before: indents carry meaning in these files. */
  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.shiftKey || this.box.readOnly) return;
    const before = this.text.slice(0, this.box.selectionStart);
    const [indent] = /[^\n]*$/.exec(before)[0].match(/^[ ]*/);
    if (!indent) return;
    event.preventDefault();
    this.box.setRangeText(`\n${indent}`, this.box.selectionStart, this.box.selectionEnd, "end");
    this.box.dispatchEvent(new Event("input"));
  }

  #number() {
    const count = this.text.split("\n").length;
    const gutter = $("gutter");
    while (gutter.childElementCount < count) gutter.append(h("span", { text: String(gutter.childElementCount + 1) }));
    while (gutter.childElementCount > count) gutter.lastElementChild.remove();
    gutter.scrollTop = this.box.scrollTop;
  }

  #show() {
    for (const marked of [...$("gutter").querySelectorAll(".hard, .soft")]) marked.className = "";
    for (const { line, hard } of this.findings) {
      const number = $("gutter").children[line - 1];
      if (number && number.className !== "hard") number.className = hard ? "hard" : "soft";
    }
    $("findings").replaceChildren(...this.findings.map(({ line, why, remedy, hard }) => h("li", { class: hard ? "hard" : "soft" },
      h("button", { type: "button", on: { click: () => this.go(line) } },
        h("b", { text: `第 ${line} 行 · ${hard ? "必须改" : "建议"}` }), h("span", { class: "remedy", text: `${why}。` }), h("span", { class: "remedy", text: remedy })))));
  }

  #say(text, sound) {
    $("summary").textContent = text;
    $("summary").dataset.sound = sound;
  }
}
