/** Who is serving (header line) and what is wrong with the connection (banner). */
import { h } from "./dom.js";
import { t } from "./strings.js";

const OWNERS = new Set(["bot", "queue", "staff", "closed"]);

export class Status {
  constructor({ line, banner, log }) {
    Object.assign(this, { line, banner, log });
    this.owner = null;
    this.#line("connecting");
  }

  /** Changes the header line; a change while talking also leaves a mark in the conversation. */
  setOwner(owner) {
    if (!OWNERS.has(owner) || owner === this.owner) return;
    const before = this.owner;
    this.owner = owner;
    this.#line(owner);
    if (before !== null) this.log.divider(t(`log.owner_${owner}`));
  }

  /** The header line once more, after the page changed its language. */
  reword() {
    this.#line(this.owner ?? "connecting");
  }

  reset() {
    this.owner = null;
    this.#line("connecting");
    // that a link brought nothing is worth knowing in the conversation one is in instead
    if (this.kind !== "crossing") this.clear();
  }

  #line(state) {
    this.line.dataset.owner = state;
    this.line.querySelector("[data-words]").textContent = t(`status.${state}`);
  }

  /** One banner at a time; `kind` lets the cause take back its own words only. */
  say(kind, words, button = null) {
    clearInterval(this.countdown);
    this.kind = kind;
    this.said = performance.now();
    this.banner.dataset.kind = kind;
    this.banner.hidden = false;
    this.banner.replaceChildren(h("span", { text: words }), ...(button ? [
      h("button", { type: "button", class: "link", text: button.label, on: { click: button.press } })] : []));
  }

  limited(seconds) {
    let left = Math.ceil(seconds);
    this.say("limited", t("net.limited", { seconds: left }));
    const words = this.banner.firstChild;
    // Only the first sentence is read aloud; a countdown spoken every second would drown everything else.
    words.setAttribute("aria-live", "off");
    this.countdown = setInterval(() => {
      left -= 1;
      if (left <= 0) this.clear("limited");
      else words.textContent = t("net.limited", { seconds: left });
    }, 1000);
  }

  /** Says briefly that all is well again, if anything was wrong. An answer asked for before it went wrong shows nothing. */
  back(asked) {
    if (this.kind !== "offline" || asked < this.said) return;
    this.say("back", t("net.back"));
    setTimeout(() => this.clear("back"), 2500);
  }

  clear(kind = null) {
    if (kind && this.kind !== kind) return;
    clearInterval(this.countdown);
    this.kind = null;
    this.banner.hidden = true;
    this.banner.replaceChildren();
  }
}
