/**
 * Messages on their way out: one at a time, in order, kept on the phone until the server has them. A message is repeated with
 * the same client_message_id, which the server answers with the stored turn: trying again never says a thing twice.
 */
const { ApiError } = require("./problem");

const WAITS_S = [2, 4, 8, 15, 30];
const KEPT = "unsent";

/**
 * @typedef {"sending" | "waiting" | "recovering" | "limited" | "failed" | "refused" | "sent"} State
 * @typedef {{ id: string, content: any, shown: string, state: State, tries: number, until: number | null, reason?: string, delivered?: boolean }} Entry
 */

class Outbox {
  /**
   * @param {import("./platform").Platform} platform
   * @param {string} conversation what is kept belongs to it
   * @param {(id: string, content: any) => Promise<any>} deliver resolves to the turn, rejects with `ApiError`
   * @param {{ changed(entry: Entry): void, turn(entry: Entry, turn: any): void, expired(): void }} on
   */
  constructor(platform, conversation, deliver, on) {
    this.platform = platform;
    this.conversation = conversation;
    this.deliver = deliver;
    this.on = on;
    /** @type {Entry[]} */
    this.entries = [];
    /** @type {any} */
    this.timer = null;
    /** @type {Entry | null} */
    this.flying = null;
    this.closed = false;
  }

  /** Takes up what was not sent when the mini-program was last left. */
  restore() {
    const kept = this.platform.keep.get(KEPT);
    if (kept?.conversation !== this.conversation) return;
    for (const one of kept.entries) this.entries.push({ ...one, state: "sending", tries: 0, until: null });
    for (const entry of this.entries) this.on.changed(entry);
    void this.pump();
  }

  /** @param {any} content exactly one of {text}, {choice}, {attachments} @param {string} shown what she said, as she sees it */
  async add(content, shown) {
    /** @type {Entry} */
    const entry = { id: await this.platform.freshId(), content, shown, state: "sending", tries: 0, until: null };
    this.entries.push(entry);
    this.keep();
    this.on.changed(entry);
    // Saying something new is as good as asking for what got stuck before it to be tried again
    if (this.entries[0].state === "failed") this.retry();
    else void this.pump();
  }

  /** Whether an answer is on its way, so that a second one to the same question must wait. */
  get busy() {
    return this.entries.some((entry) => entry.state !== "failed");
  }

  /** Tries again now: she asked for it, or the network is back. */
  retry() {
    const head = this.entries[0];
    // A limit is the server's word, not the network's: asking again does not shorten it
    if (!head || this.flying || head.state === "limited") return;
    clearTimeout(this.timer);
    this.timer = null;
    head.state = "sending";
    this.on.changed(head);
    void this.pump();
  }

  /** The events show that the server has it: whatever becomes of our own call, it must not be tried again. @param {string} id */
  confirmed(id) {
    const entry = this.entries.find((one) => one.id === id);
    if (!entry) return;
    entry.delivered = true;
    if (this.flying !== entry) this.done(entry);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
  }

  async pump() {
    const entry = this.entries[0];
    if (this.closed || this.flying || this.timer || !entry || entry.state === "failed") return;
    this.flying = entry;
    entry.state = "sending";
    this.on.changed(entry);
    try {
      const turn = await this.deliver(entry.id, entry.content);
      this.flying = null;
      // A turn the engine was away for did not happen: the server waits for the message again
      if (turn.status === "error_engine" && !entry.delivered && this.mayWait(entry)) this.wait(entry, "recovering", WAITS_S[entry.tries - 1]);
      else {
        // first what is asked now, then that she may answer: never the old question once more
        this.on.turn(entry, turn);
        this.done(entry);
      }
    } catch (error) {
      this.flying = null;
      if (this.closed) return;
      this.failed(entry, error instanceof ApiError ? error : new ApiError(0, String(error)));
    }
    void this.pump();
  }

  /** @param {Entry} entry @param {InstanceType<typeof ApiError>} error */
  failed(entry, error) {
    if (entry.delivered) this.done(entry);
    else if (error.over) {
      this.close();
      entry.state = "failed";
      this.on.changed(entry);
      this.on.expired();
    } else if (!error.passing) {
      this.entries = this.entries.filter((one) => one !== entry);
      this.keep();
      Object.assign(entry, { state: "refused", reason: error.message });
      this.on.changed(entry);
    } else if (error.status === 429) this.wait(entry, "limited", error.retryAfter ?? 5);
    else if (this.mayWait(entry)) this.wait(entry, "waiting", WAITS_S[entry.tries - 1]);
    else {
      entry.state = "failed";
      this.on.changed(entry);
    }
  }

  /** @param {Entry} entry */
  done(entry) {
    this.entries = this.entries.filter((one) => one !== entry);
    this.keep();
    entry.state = "sent";
    this.on.changed(entry);
  }

  /** @param {Entry} entry */
  mayWait(entry) {
    entry.tries += 1;
    return entry.tries <= WAITS_S.length;
  }

  /** @param {Entry} entry @param {State} state @param {number} seconds */
  wait(entry, state, seconds) {
    Object.assign(entry, { state, until: Date.now() + seconds * 1000 });
    this.on.changed(entry);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.pump();
    }, seconds * 1000);
  }

  keep() {
    const entries = this.entries.map(({ id, content, shown }) => ({ id, content, shown }));
    if (entries.length) this.platform.keep.set(KEPT, { conversation: this.conversation, entries });
    else this.platform.keep.remove(KEPT);
  }
}

module.exports = { Outbox };
