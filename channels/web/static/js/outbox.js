/**
 * Messages on their way out: one at a time, in order, kept on disk until the server has them. A message is repeated with
 * the SAME client_message_id, which the server answers with the stored turn, so trying again can never say a thing twice.
 */
import { ApiError, sendMessage } from "./api.js";
import { unsent } from "./store.js";

const WAITS_S = [2, 4, 8, 15, 30];

/** A random id; `crypto.randomUUID` exists only on secure origins, and a counter terminal may be on plain http. */
export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let lastOrder = 0;
/** Milliseconds, but never the same twice: two quick messages keep their order. */
function nextOrder() {
  lastOrder = Math.max(lastOrder + 1, Date.now());
  return lastOrder;
}

export class Outbox {
  /** `on` = {state(entry), turn(entry, turn), dropped(entry), expired()}. Entry states: sending, waiting, recovering, limited, failed, refused.
   * `deliver(session, id, content)` resolves to the turn. */
  constructor(session, on, deliver = sendMessage) {
    this.session = session;
    this.deliver = deliver;
    this.on = on;
    this.entries = [];
    this.timer = null;
    this.flying = null;
    this.closed = false;
  }

  /** Takes up what a closed or reloaded page left behind. */
  restore() {
    for (const entry of unsent.all(this.session.id)) {
      this.entries.push({ ...entry, state: "sending", tries: 0, until: null });
    }
    return this.entries;
  }

  add(content, shown) {
    const entry = {
      id: freshId(), conversation: this.session.id, content, shown, order: nextOrder(), at: new Date().toISOString(),
      state: "sending", tries: 0, until: null,
    };
    this.entries.push(entry);
    unsent.put({ id: entry.id, conversation: entry.conversation, content, shown, order: entry.order, at: entry.at });
    this.on.state(entry);
    // Saying something new is as good as pressing 重试 on what got stuck before it.
    if (this.entries[0].state === "failed") this.retry();
    else this.pump();
    return entry;
  }

  /** Whether an answer is on its way, so that a second one to the same question must wait. */
  get busy() {
    return this.entries.some((entry) => entry.state !== "sent" && entry.state !== "failed");
  }

  has(id) {
    return this.entries.some((entry) => entry.id === id);
  }

  /** Tries everything again now: the citizen pressed 重试, or the network is back. */
  retry() {
    const head = this.entries[0];
    // A limit is the server's word, not the network's: pressing again does not shorten it.
    if (head?.state === "limited") return;
    clearTimeout(this.timer);
    this.timer = null;
    if (head && !this.flying) {
      head.state = "sending";
      this.on.state(head);
    }
    this.pump();
  }

  remove(id) {
    unsent.drop(id);
    const at = this.entries.findIndex((entry) => entry.id === id);
    if (at < 0) return;
    const [entry] = this.entries.splice(at, 1);
    if (at === 0 && this.timer) {
      clearTimeout(this.timer);
      this.timer = null;
    }
    this.on.dropped(entry);
    this.pump();
  }

  /** The event stream shows the server has this message: whatever becomes of our own call, it must not be tried again. */
  confirmed(id) {
    unsent.drop(id);
    const entry = this.entries.find((candidate) => candidate.id === id);
    if (!entry) return undefined;
    entry.delivered = true;
    if (this.flying !== entry) return this.#done(entry);
    entry.state = "sent";
    return this.on.state(entry);
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
    this.on.state(entry);
    try {
      const turn = await this.deliver(this.session, entry.id, entry.content);
      this.flying = null;
      // A turn the engine was away for did not happen; the server keeps nothing of it and waits for the message again.
      if (turn.status === "error_engine" && !entry.delivered) this.#recovering(entry, turn);
      else {
        this.#done(entry);
        this.on.turn(entry, turn);
      }
    } catch (error) {
      this.flying = null;
      if (this.closed) return;
      this.#failed(entry, error instanceof ApiError ? error : new ApiError(0, String(error)));
    }
    this.pump();
  }

  #done(entry) {
    unsent.drop(entry.id);
    this.entries = this.entries.filter((candidate) => candidate !== entry);
    entry.state = "sent";
    this.on.state(entry);
  }

  #failed(entry, error) {
    if (entry.delivered) {
      this.#done(entry);
    } else if (error.status === 401 || error.status === 404) {
      this.close();
      entry.state = "failed";
      this.on.state(entry);
      this.on.expired();
    } else if (!error.passing) {
      unsent.drop(entry.id);
      this.entries = this.entries.filter((candidate) => candidate !== entry);
      Object.assign(entry, { state: "refused", reason: error.message });
      this.on.state(entry);
    } else if (error.status === 429) {
      this.#wait(entry, "limited", error.retryAfter ?? 5);
    } else if (this.#mayWait(entry)) {
      this.#wait(entry, "waiting", WAITS_S[entry.tries - 1]);
    } else {
      entry.state = "failed";
      this.on.state(entry);
    }
  }

  #recovering(entry, turn) {
    if (this.#mayWait(entry)) return this.#wait(entry, "recovering", WAITS_S[entry.tries - 1]);
    entry.state = "failed";
    this.on.state(entry);
    return this.on.turn(entry, turn);
  }

  #mayWait(entry) {
    entry.tries += 1;
    return entry.tries <= WAITS_S.length;
  }

  #wait(entry, state, seconds) {
    Object.assign(entry, { state, until: Date.now() + seconds * 1000 });
    this.on.state(entry);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.pump();
    }, seconds * 1000);
  }
}
