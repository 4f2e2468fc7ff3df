/**
 * One conversation: what the server says becomes what is shown, each thing once, whether it arrives as the answer to a message,
 * over the socket, or both. It knows nothing of pages: `onChange` gets the state whenever it is another.
 *
 * @typedef {{ key: string, from: "citizen" | "bot" | "staff" | "mark", text?: string, name?: string, replies?: any[], card?: string, state?: string, reason?: string }} Line
 * @typedef {{ lines: Line[], ask: any, held: any, owner: string, busy: boolean, typing: boolean, offline: boolean, expired: boolean, status: string, cards: Record<string, any> }} View
 */
const { Outbox } = require("./outbox");
const { shownAsk, shownCase, shownReply } = require("./shown");
const { StaffCards } = require("./staffcards");
const { Stream } = require("./stream");
const { t } = require("./words");

class Conversation {
  /**
   * @param {import("./platform").Platform} platform
   * @param {InstanceType<typeof import("./api").Api>} api
   * @param {import("./api").Session} session
   * @param {(view: View) => void} onChange
   */
  constructor(platform, api, session, onChange) {
    this.api = api;
    this.session = session;
    this.onChange = onChange;
    /** @type {Line[]} */
    this.lines = [];
    this.byKey = new Map();
    this.turns = 0;
    this.owner = "bot";
    this.ask = null;
    this.held = null;
    this.status = "";
    this.offline = false;
    this.over = false;
    this.uploads = new Map();
    this.cards = new StaffCards(platform, api, session, () => this.changed());
    this.outbox = new Outbox(platform, session.id, (id, content) => api.say(session, id, content), {
      changed: (entry) => this.outgoing(entry),
      turn: (_entry, turn) => this.took(turn),
      expired: () => this.expired(),
    });
    this.stream = new Stream(platform, (after) => api.socketAddress(session, after), (after) => api.missed(session, after), {
      event: (kind, data) => this.happened(kind, data),
      open: () => this.back(),
      down: () => this.set({ offline: true }),
      expired: () => this.expired(),
    });
    if (session.opening?.length) this.greet(session.opening);
  }

  start() {
    this.stream.start();
    this.outbox.restore();
    this.changed();
  }

  /** The page is left. */
  rest() {
    this.stream.stop();
  }

  /** The page is there again, or the network is. */
  wake() {
    if (this.over) return;
    this.stream.kick();
    this.outbox.retry();
  }

  close() {
    this.stream.stop();
    this.outbox.close();
  }

  /** @param {string} text */
  say(text) {
    const words = text.trim();
    return words && !this.over ? this.outbox.add({ text: words }, words) : Promise.resolve();
  }

  /** @param {string | string[]} value @param {string} label */
  choose(value, label) {
    return this.over ? Promise.resolve() : this.outbox.add({ choice: value }, label);
  }

  /** What is asked of her outside a turn: whether a number was heard right. @param {string} text */
  asked(text) {
    this.line({ key: `asked-${this.lines.length}`, from: "bot", replies: [shownReply({ kind: "text", text })] });
    this.changed();
  }

  /** @param {string[]} ids @param {string} names */
  attach(ids, names) {
    return this.over ? Promise.resolve() : this.outbox.add({ attachments: ids }, names);
  }

  /** @returns {View} */
  get view() {
    const asking = this.owner !== "staff" && !this.over;
    return {
      lines: this.lines, ask: asking ? this.ask : null, held: this.held, owner: this.owner, status: this.status,
      busy: this.outbox.busy, typing: this.owner === "bot" && this.outbox.entries.some((entry) => entry.state === "sending"),
      offline: this.offline, expired: this.over, cards: Object.fromEntries(this.cards.shown),
    };
  }

  /** A turn, however it came. @param {any} turn */
  took(turn) {
    if (turn.turn <= this.turns) return;
    this.turns = turn.turn;
    this.owner = turn.owner;
    this.cards.speaks(turn.owner);
    this.status = turn.status;
    this.ask = shownAsk(turn.ask);
    this.held = shownCase(turn.case);
    // what the question offers anyway is not offered twice
    const asked = turn.ask?.options?.length > 0;
    const replies = (turn.replies ?? []).map((/** @type {any} */ reply) => (asked && reply.kind === "choices" ? { ...reply, options: [] } : reply));
    if (replies.length) this.line({ key: `turn-${turn.turn}`, from: "bot", replies: replies.map(shownReply) });
    this.changed();
  }

  /** @param {string} kind @param {any} data */
  happened(kind, data) {
    if (kind === "turn") return this.took(data);
    if (kind === "owner") return this.owned(data.owner, data.at);
    if (kind === "upload") this.uploads.set(data.upload_id, data.name);
    if (kind === "notice") this.line({ key: `notice-${this.stream.last}`, from: "bot", replies: [shownReply({ kind: "notice", ...data })] });
    if (kind === "message") this.said(data);
    if (kind === "card") this.cards.became(data);
    return this.changed();
  }

  /** @param {any} message */
  said(message) {
    const { from, text = "", turn, client_message_id: id, attachments } = message;
    if (from === "citizen") {
      const names = (attachments ?? []).map((/** @type {any} */ one) => this.uploads.get(one.upload_id ?? one) ?? t("attachment"));
      this.line({ key: id ? `mine-${id}` : `turn-${turn}-mine`, from: "citizen", text: text || names.join("、"), state: "sent" });
      if (id) this.outbox.confirmed(id);
    } else if (from === "staff") {
      if (message.card) this.cards.came(message.card);
      this.line({ key: `staff-${this.stream.last}`, from: "staff", name: message.name ?? "", text, ...(message.card ? { card: message.card.id } : {}) });
    }
    else if (turn === 0) this.greet(message.replies ?? [{ kind: "text", text }]);
    else if (turn === undefined || turn === null) {
      this.line({ key: `unasked-${this.stream.last}`, from: "bot", replies: (message.replies ?? [{ kind: "text", text }]).map(shownReply) });
    }
  }

  /** @param {string} owner @param {string} [at] */
  owned(owner, at) {
    const was = this.owner;
    this.owner = owner;
    this.cards.speaks(owner);
    if (was !== owner) this.line({ key: `owner-${this.stream.last}-${at ?? ""}`, from: "mark", text: t(`owner_${owner}`) });
    this.changed();
  }

  /** @param {any[]} replies */
  greet(replies) {
    this.line({ key: "turn-0", from: "bot", replies: replies.map(shownReply) });
  }

  /** @param {import("./outbox").Entry} entry */
  outgoing(entry) {
    this.line({ key: `mine-${entry.id}`, from: "citizen", text: entry.shown, state: entry.state, reason: entry.reason ? t("refused", { reason: entry.reason }) : "" });
    this.changed();
  }

  /** A line that is there already keeps its place. @param {Line} line */
  line(line) {
    const at = this.byKey.get(line.key);
    if (at === undefined) {
      this.byKey.set(line.key, this.lines.length);
      this.lines = [...this.lines, line];
    } else if (this.lines[at].state !== "sent") this.lines = this.lines.map((one, place) => (place === at ? { ...one, ...line } : one));
  }

  back() {
    this.offline = false;
    this.outbox.retry();
    this.changed();
  }

  expired() {
    this.over = true;
    this.close();
    this.changed();
  }

  /** @param {Partial<{ offline: boolean }>} what */
  set(what) {
    Object.assign(this, what);
    this.changed();
  }

  changed() {
    this.onChange(this.view);
  }
}

module.exports = { Conversation };
