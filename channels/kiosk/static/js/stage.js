/** What stands beside the figure: what she heard last and the latest answer, large. The chat page's log has the same face. */
import { h, icon } from "/static/chat/js/dom.js";
import { isPicture, pictureReplies } from "/static/chat/js/pictures.js";
import { notice, renderReply } from "/static/chat/js/replies.js";
import { t } from "/static/chat/js/strings.js";
import { k } from "./words.js";

const PENDING = { sending: "send.sending", waiting: "kiosk.offline", recovering: "send.recovering", limited: "send.limited", failed: "kiosk.offline" };

export class Stage {
  /** `act` as in the chat page's replies.js, plus retry(); `on` = {shown(pointing: whether there is something to point at)}. */
  constructor({ root, said, act, on }) {
    Object.assign(this, { root, said, act, on, turns: new Set(), mine: new Map(), quiet: false });
  }

  clear() {
    this.root.replaceChildren();
    this.said.replaceChildren();
    this.said.hidden = true;
    this.turns.clear();
    this.mine.clear();
  }

  setQuiet(quiet) {
    this.quiet = quiet;
    this.root.setAttribute("aria-busy", String(quiet));
  }

  follow() {}

  hasMine(id) {
    return this.mine.has(id);
  }

  hasTurn(number) {
    return this.turns.has(number);
  }

  /** Her own words; what has not reached the server yet says so and stays. */
  citizen({ id, shown, state, reason = null, until = null }) {
    if (id) this.mine.set(id, state);
    if (state === "sent" && this.said.dataset.id && this.said.dataset.id !== id && this.mine.get(this.said.dataset.id) !== "sent") return;
    this.said.dataset.id = id ?? "";
    this.said.hidden = false;
    this.said.dataset.state = state;
    const params = { seconds: until ? Math.max(1, Math.ceil((until - Date.now()) / 1000)) : "", reason };
    const key = state === "refused" ? "send.refused" : PENDING[state];
    const words = !key || state === "sending" ? null : key.startsWith("kiosk.") ? k(key) : t(key, params);
    const again = state === "failed" || state === "waiting"
      ? h("button", { type: "button", class: "button small", text: t("send.retry"), on: { click: () => this.act.retry() } }) : null;
    this.said.replaceChildren(...[h("span", { class: "who", text: k("kiosk.you_said") }), h("q", { text: shown.text }),
      words ? h("span", { class: "state", text: words }) : null, again].filter(Boolean));
  }

  /** What is being heard, before it is a message. */
  heard(text, final) {
    this.said.hidden = false;
    this.said.dataset.id = "";
    this.said.dataset.state = final ? "sent" : "hearing";
    this.said.replaceChildren(h("span", { class: "who", text: k("kiosk.you_said") }), h("q", { text }));
  }

  removeMine(id) {
    this.mine.delete(id);
    if (this.said.dataset.id === id) this.said.hidden = true;
  }

  turn(turn) {
    if (turn.turn !== undefined && turn.status !== "error_engine") {
      if (this.turns.has(turn.turn)) return false;
      this.turns.add(turn.turn);
    }
    this.root.replaceChildren();
    this.bot(turn.replies ?? [], turn.ask, turn.understanding?.guide);
    return true;
  }

  bot(replies, ask = null, guide = null) {
    const panel = ask?.options?.map((option) => option.value).join("\n");
    const pictures = replies.filter(isPicture);
    let point = false;
    for (const reply of replies) {
      if (isPicture(reply)) {
        if (reply === pictures[0]) this.#add(pictureReplies(pictures, this.act.picture));
        point = true;
        continue;
      }
      if (ask?.error && reply.text === ask.error.message) continue;
      const below = panel !== undefined && reply.options?.map((option) => option.value).join("\n") === panel;
      this.#add(renderReply(reply, this.act, !below, guide));
      point ||= ["card", "choices", "file"].includes(reply.kind);
    }
    // An answer is read from its beginning.
    this.root.parentElement.scrollTop = 0;
    this.on.shown(point);
  }

  staff(text, at, name = null, card = null) {
    this.#add(h("div", { class: "msg staff" }, h("span", { class: "face" }, icon("person")),
      h("div", { class: "stack" }, h("span", { class: "who", text: name ? `${t("log.staff_name")} · ${name}` : t("log.staff_name") }),
        h("div", { class: "bubble" }, h("p", { class: "say", text })), card)));
    this.root.lastChild.scrollIntoView({ block: "nearest" });
    while (this.root.children.length > 6) this.root.firstChild.remove();
    this.on.shown(false);
  }

  notice(level, text) {
    this.addNotice(level, text);
  }

  addNotice(level, text) {
    this.#add(notice(level, text));
  }

  divider(text) {
    this.#add(h("div", { class: "divider" }, h("span", { text })));
  }

  showTyping(on) {
    this.root.classList.toggle("waiting", on);
    this.on.busy?.(on);
  }

  #add(element) {
    this.root.append(element);
  }
}
