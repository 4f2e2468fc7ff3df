/** The right column: what whoever takes over sees at once. The case with its packet, the guide and the package, beside the conversation. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { deadlines, filled, head, materials, missing, packed, suggestions, who } from "./brief.js";
import { Peek } from "./peek.js";
import { Reader } from "./reader.js";
import { remember, remembered } from "./store.js";

const $ = (id) => document.getElementById(id);
const NOTHING = "选中对话后，这里显示是谁、办什么、填到哪里、还缺什么，和可以怎样答。";
const PARTS = ["head", "who", "deadlines", "suggestions", "missing", "materials", "filled", "packed"];
const TABS = ["case", "guide", "package"];
const at = (id, rest) => `/conversations/${encodeURIComponent(id)}${rest}`;
const picture = (id, rest) => `/console/api${at(id, rest)}`;

export class Column {
  /** `put(text)` writes into the composer; `failed(error)` says what went wrong; `sessionOver` that nobody is signed in. */
  constructor({ put, failed, sessionOver }) {
    Object.assign(this, { put, failed });
    this.peek = new Peek({ sessionOver, changed: () => this.#draw(), failed });
    this.reader = new Reader({ root: $("reader"), changed: () => this.#wide() });
    this.slots = new Map(PARTS.map((name) => [name, { element: h("div", { data: { part: name } }), key: "" }]));
    $("case").append(...[...this.slots.values()].map((slot) => slot.element));
    for (const name of TABS) $(`tab-${name}`).addEventListener("click", () => this.tab(name));
    $("case-tabs").addEventListener("keydown", (event) => this.#arrows(event));
    $("widen").addEventListener("click", () => {
      remember("wide", String(remembered("wide") !== "true"));
      this.#wide();
    });
    this.close();
  }

  /** Nothing is open. */
  close() {
    Object.assign(this, { id: null, fresh: null, brief: null, mark: "" });
    this.#anew();
  }

  /** The conversation as the news have it; the packet is fetched again when something in it has changed. */
  show(fresh) {
    if (fresh.conversation_id !== this.id) {
      this.id = fresh.conversation_id;
      Object.assign(this, { brief: null, mark: "" });
      this.#anew();
    }
    this.fresh = fresh;
    this.peek.of(fresh.mine ? this.id : null);
    this.#draw();
    const mark = JSON.stringify([fresh.last_event, fresh.case, fresh.state, fresh.mine, fresh.asking]);
    if (mark === this.mark) return;
    this.mark = mark;
    void this.#renew();
  }

  /** Shows one of the tabs; where the focus was in the column it goes along. */
  tab(name) {
    this.reader.close();
    this.tabbed = name;
    for (const one of TABS) {
      const chosen = one === name;
      $(`tab-${one}`).setAttribute("aria-selected", String(chosen));
      $(`tab-${one}`).tabIndex = chosen ? 0 : -1;
      $(`panel-${one}`).hidden = !chosen;
    }
    $("case-pane").scrollTop = 0;
    this.#wide();
    if (name === "guide") this.#guide();
    if (name === "package") void this.#package();
  }

  #anew() {
    this.peek.of(null);
    this.shown = { guide: "", package: "" };
    $("panel-guide").replaceChildren();
    $("panel-package").replaceChildren();
    this.tab("case");
    this.#draw();
  }

  async #renew() {
    if (this.asking) return void (this.late = true);
    const { id } = this;
    this.asking = true;
    try {
      const brief = await call("GET", at(id, "/packet"));
      if (id === this.id) this.brief = brief;
      this.#draw();
    } catch (error) {
      // Whose conversation this is now is said by the news; with the next of them it is tried again
      if (id === this.id) this.mark = "";
      if (error.status === 401) this.failed(error);
    } finally {
      this.asking = false;
    }
    if (this.id && (this.late || id !== this.id)) {
      this.late = false;
      void this.#renew();
    }
    return undefined;
  }

  #draw() {
    const { brief, fresh, peek } = this;
    const file = fresh?.case ?? null;
    $("no-case").hidden = Boolean(brief);
    $("no-case").textContent = this.id ? "正在读…" : NOTHING;
    $("case-tabs").hidden = $("widen").hidden = !brief;
    $("case-title").classList.toggle("sr", Boolean(brief));
    const may = { may: Boolean(fresh?.mine), whole: peek.whole, open: (key, label) => peek.open(key, label), hide: (key) => peek.hide(key), call: () => void peek.call() };
    const known = [may.may, [...peek.whole]];
    const say = Boolean(fresh?.mine || fresh?.joined);
    const { id } = this;
    const small = (paper) => picture(id, `/uploads/${encodeURIComponent(paper.id)}/pages/1`);
    const look = (paper) => this.reader.open({ title: paper.name, pages: paper.pages, src: (page) => picture(id, `/uploads/${encodeURIComponent(paper.id)}/pages/${page}?size=large`) });
    const drawn = {
      head: brief && [[file, brief.item, brief.summary, brief.mood, brief.reason], () => head({ file, brief })],
      who: brief && [[brief.identity, brief.name, brief.id_number, brief.promise, brief.channel, brief.locale, known], () => who({ brief, peek: may })],
      deadlines: brief && [brief.deadlines, () => deadlines({ list: brief.deadlines })],
      suggestions: brief && [[brief.suggestions, say], () => suggestions({ list: brief.suggestions, put: say ? this.put : null })],
      missing: brief && file && [brief.missing, () => missing({ list: brief.missing })],
      materials: brief && [[id, brief.materials], () => materials({ list: brief.materials, small, look })],
      filled: brief && file && [[brief.filled, file.prefilled, known], () => filled({ rows: brief.filled, prefilled: file.prefilled, peek: may })],
      packed: brief && file && [file.package, () => packed({ pack: file.package, open: () => this.go("package") })],
    };
    for (const [name, slot] of this.slots) this.#fill(slot, drawn[name]);
    if (this.tabbed === "package") void this.#package();
    if (this.tabbed === "guide") this.#guide();
  }

  /** Draws a part anew only where it differs: the operator may be reading it, or have the focus in it. */
  #fill(slot, part) {
    const key = part ? JSON.stringify(part[0]) : "";
    if (key === slot.key) return;
    slot.key = key;
    const held = slot.element.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
    slot.element.replaceChildren(...[part?.[1]()].filter(Boolean));
    if (held) (slot.element.querySelector(`[data-keep="${CSS.escape(held)}"]`) ?? $("case-pane")).focus();
  }

  #arrows(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -TABS.length, End: TABS.length }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const from = TABS.indexOf(this.tabbed);
    const to = Math.abs(step) > 1 ? (step < 0 ? 0 : TABS.length - 1) : (from + step + TABS.length) % TABS.length;
    this.go(TABS[to]);
  }

  /** Shows a tab and puts the focus on it; without a conversation there is none. */
  go(name) {
    if (!this.brief) return;
    this.tab(name);
    $(`tab-${name}`).focus();
  }

  /** Guide and package want room; so does whoever asked for it. */
  #wide() {
    const asked = remembered("wide") === "true";
    $("widen").setAttribute("aria-pressed", String(asked));
    document.body.dataset.wide = String(asked || Boolean(this.id) && (this.tabbed !== "case" || this.reader.opened));
  }

  #guide() {
    const item = this.brief?.item;
    const key = item ? JSON.stringify([this.id, item, Boolean(this.fresh.case)]) : "none";
    if (!this.brief || key === this.shown.guide) return;
    this.shown.guide = key;
    $("panel-guide").replaceChildren(...(item ? [
      h("p", { class: "guide-line" }, h("strong", { text: item.name }), h("span", { class: "hint", text: `第 ${item.version} 版${this.fresh.case ? "，办件用的就是这一版" : ""}` }),
        h("a", { href: `/guides/${encodeURIComponent(item.code)}`, target: "_blank", rel: "noopener", text: "新开一页看" })),
      h("iframe", { class: "guide-frame", title: `办事指南：${item.name}`, sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox", src: picture(this.id, "/guide") }),
    ] : [h("p", { class: "empty", text: "申请人还没有说清办什么事，没有指南可看。" })]));
  }

  async #package() {
    const pack = this.fresh?.case?.package;
    const key = pack ? pack.sha256 : "none";
    if (!this.brief || key === this.shown.package) return;
    this.shown.package = key;
    const panel = $("panel-package");
    if (!pack) return panel.replaceChildren(h("p", { class: "empty", text: "材料包还没有做好：申请人核对并确认后生成。" }));
    const { id } = this;
    try {
      const made = await call("GET", at(id, "/package"));
      if (id !== this.id || key !== this.shown.package) return;
      const open = (page) => this.reader.open({
        title: "材料包", pages: made.pages.length, page, names: made.pages.map((one) => one.title),
        src: (one) => picture(id, `/package/pages/${one}?size=large`),
      });
      panel.replaceChildren(
        h("p", {}, h("strong", { text: `第 ${made.version} 版` }), h("span", { class: "hint", text: ` ${made.signed ? "申请人已签名" : "申请人还没有签名"} · 和申请人看到的一样` })),
        h("p", { class: "hint" }, "SHA-256 ", h("code", { text: `${made.sha256.slice(0, 16)}…` })),
        h("ul", { class: "pages" }, made.pages.map((one) => h("li", {}, h("button", { type: "button", class: "sheet", on: { click: () => open(one.page) } },
          h("img", { src: picture(id, `/package/pages/${one.page}`), alt: "", width: 96, loading: "lazy" }), h("span", { text: one.title }), h("span", { class: "hint", text: `第 ${one.page} 页` }))))));
    } catch (error) {
      this.shown.package = "";
      panel.replaceChildren(h("p", { class: "empty", text: error.message }));
    }
  }
}
