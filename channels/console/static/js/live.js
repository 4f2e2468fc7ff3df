/** Keeps the page up to date: one held request after the other, begun anew at once when another conversation is opened. */
import { api } from "./api.js";

const SOON_MS = 500;
const LATEST_MS = 2_000;

export class Live {
  /** `on` = {news(updates, open), offline(error), online(), sessionOver()}. */
  constructor(on) {
    this.on = on;
    this.open = null;
    this.after = 0;
    this.seen = "";
    this.running = false;
    window.addEventListener("online", () => this.#again());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.#wake?.(); });
  }

  #request = null;
  #wake = null;

  start() {
    this.seen = "";
    if (this.running) return this.#again();
    this.running = true;
    void this.#loop();
  }

  stop() {
    this.running = false;
    this.#again();
  }

  /** Follows this conversation from its first event; null follows none. */
  follow(id) {
    this.open = id;
    this.after = 0;
    this.seen = "";
    this.#again();
  }

  #again() {
    this.#request?.abort();
    this.#wake?.();
  }

  async #loop() {
    let wait = SOON_MS;
    while (this.running) {
      const { open, after, seen } = this;
      const request = new AbortController();
      this.#request = request;
      try {
        const updates = await api.updates({ seen, open, after, held: seen !== "" }, request.signal);
        wait = SOON_MS;
        if (!this.running) return;
        this.on.online();
        if (open !== this.open) continue;
        this.seen = updates.seen;
        if (updates.packet) this.after = updates.packet.last_event;
        this.on.news(updates, open);
        document.dispatchEvent(new CustomEvent("desk-news", { detail: { packet: updates.packet ?? null, open } })); // for calls
      } catch (error) {
        if (request.signal.aborted) continue;
        if (error.status === 401) {
          this.running = false;
          this.on.sessionOver();
          return;
        }
        if (error.offline === undefined) throw error;
        this.on.offline(error);
        await this.#pause(wait);
        wait = Math.min(wait * 2, LATEST_MS);
      }
    }
  }

  #pause(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }
}
