/**
 * One open conversation: what the server says becomes what is shown, each thing once, whether it arrives as the answer to
 * a message, over the event stream, or both.
 */
import { EventStream } from "./events.js";
import { changedTo } from "./language.js";
import { Outbox } from "./outbox.js";
import { t } from "./strings.js";

const SETTLED_MS = 250;
const LET_SLEEP_MS = 60_000;

export class Conversation {
  /** `view` = {log, ask, panel, status, cards, call (where the page has calls), showAsk(ask), greeted(replies), talking(), languageChanged(locale), arrived(), expired()}, and
   * `deliver(session, id, content)` where messages go another way than by HTTP. */
  constructor(session, view) {
    Object.assign(this, { session, view });
    this.uploads = new Map();
    this.opening = session.opening ?? [];
    this.myTurns = new Set();
    this.outbox = new Outbox(session, {
      state: (entry) => this.#outgoing(entry),
      turn: (entry, turn) => this.#answered(entry, turn),
      dropped: (entry) => this.#dropped(entry),
      expired: () => this.expired(),
    }, view.deliver);
    this.stream = new EventStream(session, {
      event: (kind, data) => this.#event(kind, data),
      open: (asked) => this.#opened(asked),
      down: () => this.#down(),
      limited: (seconds) => view.status.limited(seconds),
      expired: () => this.expired(),
    });
  }

  start() {
    this.#replaying(true);
    this.#greet(this.opening);
    this.stream.start();
    for (const entry of this.outbox.restore()) this.#outgoing(entry);
  }

  /** Ways to begin that come with the greeting belong on the first screen, not in the conversation. */
  #greet(replies) {
    this.opening = replies;
    this.view.log.bot(replies.filter((reply) => reply.kind !== "choices"));
    this.view.greeted(replies);
  }

  /** A turn that came about without a message, by taking over a case. */
  took(turn) {
    this.view.talking();
    this.#turn(turn);
  }

  close() {
    this.closed = true;
    clearTimeout(this.settled);
    clearTimeout(this.asleep);
    this.stream.stop();
    this.outbox.close();
    this.view.call?.close();
  }

  expired() {
    if (this.closed) return;
    this.close();
    this.view.expired();
  }

  /** The network is back or the page is looked at again. */
  wake() {
    clearTimeout(this.asleep);
    // where the page says that it is offline, only a new connection shows that it no longer is
    this.stream.kick(this.view.status.kind === "offline");
    if (navigator.onLine) this.outbox.retry();
  }

  /** Nobody looks and nobody but the bot can speak: the connection may rest until someone looks again. */
  sleep() {
    clearTimeout(this.asleep);
    this.asleep = setTimeout(() => {
      if (document.hidden && this.view.status.owner === "bot" && !this.outbox.busy) this.stream.stop();
    }, LET_SLEEP_MS);
  }

  send(content, shown) {
    this.view.talking();
    this.outbox.add(content, shown);
  }

  #outgoing(entry) {
    this.view.talking();
    this.view.log.citizen(entry);
    this.view.ask.setBusy(this.outbox.busy);
    this.#typing();
  }

  #dropped(entry) {
    this.view.log.removeMine(entry.id);
    this.view.ask.setBusy(this.outbox.busy);
    this.#typing();
  }

  #answered(entry, turn) {
    if (entry.state === "sent") this.myTurns.add(turn.turn);
    this.#turn(turn);
  }

  #typing() {
    const owner = this.view.status.owner ?? "bot";
    this.view.log.showTyping(owner === "bot" && this.outbox.entries.some((entry) => entry.state === "sending"));
  }

  #turn(turn) {
    const fresh = this.view.log.turn(turn);
    this.#typing();
    if (!fresh) return;
    const language = changedTo(turn);
    // played back it is known already: the session remembers its language
    if (language && !this.quiet) this.view.languageChanged(language);
    this.view.status.setOwner(turn.owner);
    this.view.cards.speaks(turn.owner);
    if (!this.quiet) void this.view.call?.speaks(turn.owner);
    this.view.panel.show(turn.case ?? null);
    if (!this.quiet) this.view.caseShown(turn.case ?? null);
    this.#asked(turn.ask ?? null);
    if (turn.replies?.length) this.view.arrived();
  }

  #asked(ask) {
    this.lastAsk = ask;
    // Played back, only the last question is still open; showing each would make the page flicker through all of them.
    if (!this.quiet) this.#showAsk();
  }

  /** While staff speak the bot asks nothing: a tap on its question would only be words to them. It is there again afterwards. */
  #showAsk() {
    this.view.showAsk(this.view.status.owner === "staff" ? null : this.lastAsk ?? null);
  }

  #event(kind, data) {
    if (this.quiet) this.#settle();
    switch (kind) {
      case "turn": return this.#turn(data);
      case "message": return this.#message(data);
      case "owner": return this.#owner(data.owner);
      case "card": return this.view.cards.became(data);
      case "call": return this.#call(data);
      case "case": return this.view.panel.note(data);
      case "upload": return void this.uploads.set(data.upload_id, data.name);
      case "notice": return this.view.log.notice(data.level, data.text, data);
      default: return undefined;
    }
  }

  #owner(owner) {
    this.view.status.setOwner(owner);
    this.view.cards.speaks(owner);
    if (!this.quiet) {
      this.#showAsk();
      void this.view.call?.speaks(owner);
    }
    this.#typing();
  }

  #call(data) {
    this.view.log.divider(data.text);
    this.view.call?.happened(data, this.quiet);
  }

  #message(message) {
    const { from, text = "", turn, client_message_id: id, at } = message;
    if (from === "staff") {
      this.view.talking();
      this.view.log.staff(text, at, message.name, message.card ? this.view.cards.show(message.card) : null);
      this.view.arrived();
    } else if (from === "citizen") this.#mine(id, turn, { ...message, text });
    else if (turn === 0) {
      // The greeting: known already in the browser that opened the conversation.
      if (!this.opening.length) this.#greet(message.replies ?? [{ kind: "text", text }]);
    } else if (turn === undefined || turn === null) {
      // What the bot says in a turn arrives as that turn; only what it says unasked comes as a message.
      this.view.log.bot(message.replies ?? [{ kind: "text", text }]);
      if (!this.quiet) this.view.panel.refresh(); // a result or a parcel, most likely
    }
  }

  #mine(id, turn, { text, at, attachments }) {
    this.view.talking();
    if (id && this.outbox.has(id)) return this.outbox.confirmed(id);
    if (id ? this.view.log.hasMine(id) : turn !== undefined && this.myTurns.has(turn)) return undefined;
    const names = (attachments ?? []).map((upload) => this.uploads.get(upload.upload_id ?? upload) ?? t("log.attachment"));
    const shown = { text: text || names.join("、"), file: names.length > 0 };
    return this.view.log.citizen({ id, shown, at, state: "sent" });
  }

  #opened(asked) {
    this.view.status.back(asked);
    this.view.status.clear("limited");
    if (this.view.status.owner === null) this.view.status.setOwner("bot");
    if (this.quiet) this.#settle();
    this.outbox.retry();
  }

  #down() {
    this.view.status.say("offline", t("net.offline"));
    if (this.quiet) this.#settle();
  }

  /** The stream does not say where the past ends, so a moment of silence does. */
  #settle() {
    clearTimeout(this.settled);
    this.settled = setTimeout(() => this.#replaying(false), SETTLED_MS);
  }

  #replaying(on) {
    this.quiet = on;
    this.view.log.setQuiet(on);
    if (on) return;
    this.view.caseShown(this.view.panel.case);
    void this.view.call?.speaks(this.view.status.owner);
    this.view.call?.caughtUp();
    this.#showAsk();
    this.view.ask.setBusy(this.outbox.busy);
  }
}
