/** A paper read in the column, page by page: the conversation beside it goes on meanwhile. Every page opened is noted by the server. */
import { h } from "/static/chat/js/dom.js";

export class Reader {
  /** `changed()` when it opens or closes. */
  constructor({ root, changed }) {
    Object.assign(this, { root, changed, opened: false });
    root.addEventListener("keydown", (event) => this.#key(event));
  }

  /** `src(page)` is the picture of a page, counted from 1; `names` what each is called. */
  open({ title, pages, page = 1, names = [], src }) {
    Object.assign(this, { title, pages, page, names, src, opened: true, back: document.activeElement });
    this.root.hidden = false;
    this.root.closest(".pane").scrollTop = 0;
    this.#show();
    this.root.querySelector("button").focus();
    this.changed();
  }

  close() {
    if (!this.opened) return;
    const inside = this.root.contains(document.activeElement);
    this.opened = false;
    this.root.hidden = true;
    this.root.replaceChildren();
    this.changed();
    if (inside) this.#whence().focus();
  }

  /** Where it was opened from; that may have been drawn anew meanwhile. */
  #whence() {
    const pane = this.root.closest(".pane"), { back } = this;
    if (back?.isConnected) return back;
    return (back?.dataset.keep && pane.querySelector(`[data-keep="${CSS.escape(back.dataset.keep)}"]`)) || pane;
  }

  #show() {
    const { page, pages } = this;
    const name = this.names[page - 1] ?? this.title;
    const place = `第 ${page} 页，共 ${pages} 页`;
    const wrong = h("p", { class: "empty", role: "alert", hidden: true, text: "这一页的图片现在出不来，请稍后再试。" });
    const image = h("img", { src: this.src(page), alt: `${name}，${place}` });
    image.addEventListener("error", () => { wrong.hidden = false; image.hidden = true; }, { once: true });
    const turn = (step, words, off) => h("button", { type: "button", class: "button small", data: { turn: String(step) }, disabled: off, text: words, on: { click: () => this.#turn(step) } });
    this.root.replaceChildren(
      h("div", { class: "reader-head" },
        h("button", { type: "button", class: "button small", text: "返回", on: { click: () => this.close() } }),
        h("p", { class: "reader-name" }, h("strong", { text: name }), h("span", { class: "hint", role: "status", text: place })),
        pages > 1 ? [turn(-1, "上一页", page === 1), turn(1, "下一页", page === pages)] : null),
      image, wrong);
  }

  #turn(step) {
    const to = this.page + step;
    if (to < 1 || to > this.pages) return;
    this.page = to;
    this.#show();
    const same = this.root.querySelector(`[data-turn="${step}"]`);
    (same && !same.disabled ? same : this.root.querySelector("button:not(:disabled)")).focus();
  }

  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    if (step) this.#turn(step);
    else this.close();
  }
}
