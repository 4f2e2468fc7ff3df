/** A dialog of one device: title, words, a place for pictures, buttons. What goes wrong is said in it, with what to do. */
import { h, nextId } from "/static/chat/js/dom.js";
import { DeviceFault } from "./service.js";
import { d } from "./words.js";

/** Faults that somebody of the staff must see to; the others are mended by trying again. */
const FOR_STAFF = new Set(["offline", "no_picture", "paper_out", "cover_open", "jam", "refused"]);

export class Box {
  /** `on` = {help(), fault(kind, code)}; `closed` is called once, however it is closed. */
  constructor(kind, title, on, closed = () => {}) {
    Object.assign(this, { kind, on, stopped: new AbortController() });
    const id = nextId("device");
    this.words = h("p", { class: "device-words", role: "status" });
    this.place = h("div", { class: "device-place" });
    this.buttons = h("div", { class: "box-buttons" });
    this.element = h("dialog", { class: "box device", "aria-labelledby": id, data: { device: kind } },
      h("h2", { id, text: d(title) }), this.words, this.place, this.buttons);
    const before = document.activeElement;
    this.element.addEventListener("close", () => {
      this.stopped.abort();
      for (const image of this.element.querySelectorAll("img")) URL.revokeObjectURL(image.src);
      this.element.remove();
      closed();
      if (before?.isConnected) before.focus();
    }, { once: true });
    document.body.append(this.element);
    this.element.showModal();
  }

  get open() {
    return this.element.open;
  }

  close() {
    if (this.open) this.element.close();
  }

  say(text) {
    this.words.textContent = text;
  }

  /** `choices` are [key, action, primary]; closing is always among them. */
  offer(...choices) {
    const made = choices.map(([key, action, primary]) => h("button", { type: "button", class: primary ? "button primary" : "button", text: d(key), on: { click: action } }));
    this.buttons.replaceChildren(...made, h("button", { type: "button", class: "button", text: d("close"), on: { click: () => this.close() } }));
    if (!this.element.contains(document.activeElement)) this.buttons.firstChild.focus();
  }

  /** Does it; what goes wrong is said, and may be tried again. False where it went wrong. */
  async attempt(work, again, kind = this.kind) {
    try {
      await work();
      return true;
    } catch (fault) {
      if (!(fault instanceof DeviceFault)) throw fault;
      if (fault.code !== "cancelled") this.trouble(fault.code, again, kind);
      return false;
    }
  }

  trouble(code, again, kind = this.kind) {
    if (!this.open) return;
    this.say(d("trouble", { what: d(`kind_${kind}`), why: d(`fault.${code}`) }));
    const help = ["help", () => { this.close(); this.on.help(); }];
    this.offer(["again", again, true], ...(FOR_STAFF.has(code) ? [help] : []));
    if (FOR_STAFF.has(code)) this.on.fault(kind, code);
  }
}
