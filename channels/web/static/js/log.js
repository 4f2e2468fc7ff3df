/** The conversation on screen. Order is the server's; what has not reached it yet stays at the end. */
import { h, hidden, icon } from "./dom.js";
import { clockTime, dayName } from "./format.js";
import { isPicture, pictureReplies } from "./pictures.js";
import { notice, renderReply } from "./replies.js";
import { t } from "./strings.js";
import { toKiosk } from "./to-kiosk.js";

const SLOW_MS = 5000;
const NEAR_END_PX = 90;

/** While the answer panel says what is wrong with an answer, the log does not say it too; nor is it read aloud later. */
function leaveToPanel(element) {
  element.dataset.below = "";
  element.hidden = true;
  element.setAttribute("aria-live", "off");
}

export class Log {
  /** `act` as in replies.js plus {retry(), drop(id), edit(id)}. */
  constructor({ root, scroller, jump, typing, act }) {
    Object.assign(this, { root, scroller, jump, typing, act });
    this.mine = new Map();
    this.turns = new Set();
    this.day = "";
    this.quiet = false;
    this.stuck = true;
    this.following = false;
    this.latest = null;
    this.target = 0;
    scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    jump.addEventListener("click", () => this.toEnd());
    // Sources opened below the edge come into sight. `toggle` does not bubble, but it can be caught on its way down.
    root.addEventListener("toggle", (event) => event.target.open && event.target.scrollIntoView({ block: "nearest" }), true);
    // The answer panel below grows and shrinks: whoever reads the end keeps seeing it.
    new ResizeObserver(() => { if (this.stuck) this.#reveal(); }).observe(scroller);
  }

  clear() {
    this.root.replaceChildren();
    this.mine.clear();
    this.turns.clear();
    this.day = "";
    this.following = false;
    this.latest = null;
    this.showTyping(false);
  }

  /** While a stored conversation is played back it is neither read aloud nor scrolled through. */
  setQuiet(quiet) {
    this.quiet = quiet;
    this.root.setAttribute("aria-busy", String(quiet));
    if (!quiet) this.#reveal();
  }

  /** From the first message on, the end of the conversation is what is looked at. */
  follow() {
    this.following = true;
  }

  hasMine(id) {
    return this.mine.has(id);
  }

  hasTurn(number) {
    return this.turns.has(number);
  }

  /** The citizen's own message; `state` as in outbox.js. Shown once per id. */
  citizen({ id, shown, at, state, reason = null, until = null }) {
    const known = id ? this.mine.get(id) : null;
    if (known) return this.#state(known, { id, shown, at, state, reason, until });
    const bubble = h("div", { class: "bubble" }, shown.file ? icon("file") : null, h("p", { class: "say", text: shown.text }));
    const element = h("div", { class: "msg mine" }, hidden(t("log.you")), bubble, h("div", { class: "meta" }));
    if (id) this.mine.set(id, element);
    this.#dayMark(at);
    if (state === "sent") this.#insert(element);
    else this.root.append(element);
    this.#state(element, { id, shown, at, state, reason, until });
    this.#grown(element, state !== "sent");
    return element;
  }

  removeMine(id) {
    this.mine.get(id)?.remove();
    this.mine.delete(id);
  }

  #state(element, { id, shown, at, state, reason, until }) {
    const pending = state === "sending" || state === "waiting" || state === "recovering" || state === "limited" || state === "failed";
    element.classList.toggle("pending", pending);
    element.classList.toggle("bad", state === "failed" || state === "refused");
    const meta = element.querySelector(".meta");
    const words = {
      sending: () => t("send.sending"),
      waiting: () => t("send.waiting"),
      recovering: () => t("send.recovering"),
      limited: () => t("send.limited", { seconds: Math.max(1, Math.ceil((until - Date.now()) / 1000)) }),
      failed: () => t("send.failed"),
      refused: () => t("send.refused", { reason }),
      sent: () => t("send.sent"),
    };
    const line = h("span", { class: "state", text: words[state]() });
    // Time first: it is what stays when the message has long been sent.
    const parts = [at && !pending ? h("time", { datetime: at, text: clockTime(at) }) : null, line];
    const button = (key, action) => h("button", { type: "button", class: "link", text: t(key), on: { click: action } });
    if (state === "failed" || state === "waiting" || state === "recovering") {
      parts.push(button("send.retry", () => this.act.retry()), button("send.drop", () => this.act.drop(id)));
    }
    if (state === "refused" && shown.text && !shown.file) parts.push(button("send.edit", () => this.act.edit(id, shown.text)));
    meta.replaceChildren(...parts.filter(Boolean));
    clearInterval(element.countdown);
    if (state === "limited") element.countdown = setInterval(() => { line.textContent = words.limited(); }, 1000);
    return element;
  }

  /** The replies of one turn, once per turn number. Returns whether it was new. */
  turn(turn) {
    // The number of a turn that failed is given to the one that follows it.
    if (turn.turn !== undefined && turn.status !== "error_engine") {
      if (this.turns.has(turn.turn)) return false;
      this.turns.add(turn.turn);
    }
    this.#retire();
    this.bot(turn.replies ?? [], turn.ask, turn.understanding?.guide);
    const way = toKiosk(turn);
    if (way) this.#insert(h("div", { class: "msg aside" }, way));
    return true;
  }

  bot(replies, ask = null, guide = null) {
    if (!replies.length) return;
    const panel = ask?.options?.map((option) => option.value).join("\n");
    const stack = h("div", { class: "stack" });
    const pictures = replies.filter(isPicture);
    for (const reply of replies) {
      if (isPicture(reply)) {
        if (reply === pictures[0]) stack.append(pictureReplies(pictures, this.act.picture));
        continue;
      }
      const shownBelow = panel !== undefined && reply.options?.map((option) => option.value).join("\n") === panel;
      const element = renderReply(reply, this.act, !shownBelow, guide);
      if (ask?.error && reply.text === ask.error.message) leaveToPanel(element);
      stack.append(element);
    }
    const element = h("div", { class: "msg bot" },
      h("img", { class: "face", src: "/static/chat/img/avatar.svg", alt: "", width: 36, height: 36 }), hidden(t("log.bot")), stack);
    element.hidden = [...stack.children].every((reply) => reply.hidden);
    this.#insert(element);
    this.#grown(element, false);
  }

  /** Words of staff; `card` is the element of what they put before her with them. */
  staff(text, at, name = null, card = null) {
    this.#dayMark(at);
    const element = h("div", { class: "msg staff" }, h("span", { class: "face" }, icon("person")), hidden(t("log.staff")),
      h("div", { class: "stack" }, h("span", { class: "who", text: name ? `${t("log.staff_name")} · ${name}` : t("log.staff_name") }),
        h("div", { class: "bubble" }, h("p", { class: "say", text })), card,
        at ? h("div", { class: "meta" }, h("time", { datetime: at, text: clockTime(at) })) : null));
    this.#insert(element);
    this.#grown(element, false);
  }

  notice(level, text) {
    const element = h("div", { class: "msg aside" }, notice(level, text));
    this.#insert(element);
    this.#grown(element, false);
  }

  divider(text) {
    const element = h("div", { class: "divider" }, h("span", { text }));
    this.#insert(element);
    this.#grown(element, false);
  }

  /** Making a package takes a while: after some seconds the waves alone would look like a page that hangs. */
  showTyping(on) {
    const slow = this.typing.querySelector(".slow");
    if (this.typing.hidden === on) {
      clearTimeout(this.slow);
      slow.textContent = "";
      if (on) this.slow = setTimeout(() => { slow.textContent = t("log.slow"); }, SLOW_MS);
    }
    this.typing.hidden = !on;
    if (on && this.stuck) this.#bottom();
  }

  toEnd() {
    this.#bottom();
    this.jump.hidden = true;
  }

  /** Options of earlier turns answer a question that is no longer asked; what the panel said in their place is told here now. */
  #retire() {
    for (const element of this.root.querySelectorAll("[data-below]")) {
      delete element.dataset.below;
      element.hidden = false;
      element.closest(".msg").hidden = false;
    }
    this.root.querySelector(".to-kiosk")?.parentElement.remove(); // its code is good until the case goes on
    for (const group of this.root.querySelectorAll("[data-live]")) {
      delete group.dataset.live;
      for (const button of group.querySelectorAll("button")) button.disabled = true;
    }
  }

  #insert(element) {
    this.root.insertBefore(element, this.root.querySelector(":scope > .pending"));
  }

  #dayMark(at) {
    if (!at) return;
    const name = dayName(at);
    if (!name || name === this.day) return;
    // The first day is only worth a line when it is not today.
    if (this.day || name !== t("log.today")) this.#insert(h("div", { class: "day", text: name }));
    this.day = name;
  }

  #grown(element, own) {
    this.latest = element;
    if (this.quiet) return;
    if (this.stuck || own) this.#reveal();
    else this.jump.hidden = false;
  }

  /** Shows the latest message; one longer than the room there is, from its beginning. */
  #reveal() {
    const tall = this.latest?.isConnected && this.latest.offsetHeight > this.scroller.clientHeight - 24;
    this.#scrollTo(tall ? this.latest.offsetTop - 12 : this.scroller.scrollHeight);
  }

  #bottom() {
    this.#scrollTo(this.scroller.scrollHeight);
  }

  #scrollTo(top) {
    // Before anything is said the first screen is read from its top.
    if (!this.following) return;
    this.scroller.scrollTop = top;
    this.target = this.scroller.scrollTop;
    this.stuck = true;
    this.jump.hidden = true;
  }

  /** Only a person's own scrolling says that she would rather read further up. */
  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (Math.abs(scrollTop - this.target) < 3) return;
    this.target = -1;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.stuck) this.jump.hidden = true;
  }
}
