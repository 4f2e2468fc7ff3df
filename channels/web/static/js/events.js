/**
 * The event stream of a conversation, read with `fetch` rather than `EventSource`: the token then travels in a header
 * and not in addresses that end in logs, an expired session (401) or a limit (429) can be told from a lost network, and
 * the server's comments every 15 seconds show that a silent connection is dead.
 */
import { ApiError, eventsPath } from "./api.js";
import { pageLocale } from "./strings.js";

const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 30_000;

export class EventStream {
  /** `on` = {event(kind, data, id), open(asked), down(), limited(seconds), expired()}; `path(session, after)` is the stream's address;
   * `asked` says when the request went out that was answered (ms, as `performance.now()`). */
  constructor(session, on, path = eventsPath) {
    this.session = session;
    this.on = on;
    this.path = path;
    this.last = 0;
    this.failures = 0;
    this.round = 0;
    this.running = false;
    this.connected = false;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.round += 1;
    this.#loop(this.round);
  }

  stop() {
    this.running = false;
    this.connected = false;
    this.controller?.abort();
    this.#wake?.();
  }

  /** Reconnects now: the network came back, or the page was opened again after a long sleep. `surely`: even where nothing seems wrong. */
  kick(surely = false) {
    if (!this.running) return this.start();
    if (!surely && this.connected && Date.now() - this.heard < SILENCE_MS / 2) return undefined;
    this.failures = 0;
    this.controller?.abort();
    return this.#wake?.();
  }

  #wake = null;

  #sleep(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => { clearTimeout(timer); resolve(); };
    });
  }

  async #loop(round) {
    // Stopped and started again before this loop noticed: the newer loop carries on, this one ends.
    const over = () => !this.running || round !== this.round;
    while (!over()) {
      let wait = null;
      try {
        await this.#listen();
      } catch (error) {
        if (over()) return;
        if (error instanceof ApiError && (error.status === 401 || error.status === 404)) {
          this.running = false;
          this.on.expired();
          return;
        }
        if (error instanceof ApiError && error.status === 429) {
          wait = (error.retryAfter ?? 5) * 1000;
          this.on.limited(wait / 1000);
        }
      }
      if (over()) return;
      this.connected = false;
      this.failures += 1;
      // A server that ends a healthy stream now and then is no outage: only a second failure in a row is worth saying.
      if (wait === null && (this.failures > 1 || !navigator.onLine)) this.on.down();
      const pause = wait ?? Math.min(LONGEST_WAIT_MS, 500 * 2 ** (this.failures - 1)) * (0.75 + Math.random() / 2);
      await this.#sleep(pause);
    }
  }

  async #listen() {
    const controller = new AbortController();
    this.controller = controller;
    this.heard = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - this.heard > SILENCE_MS) controller.abort();
    }, 5_000);
    const asked = performance.now();
    try {
      const response = await fetch(this.path(this.session, this.last), {
        headers: { Accept: "text/event-stream", "Accept-Language": pageLocale(), Authorization: `Bearer ${this.session.token}` },
        cache: "no-store", credentials: "same-origin", signal: controller.signal,
      });
      if (!response.ok) {
        const seconds = Number(response.headers.get("Retry-After"));
        throw new ApiError(response.status, "", seconds > 0 ? seconds : null);
      }
      this.connected = true;
      this.failures = 0;
      this.on.open(asked);
      await this.#read(response.body.getReader());
    } finally {
      clearInterval(watch);
    }
  }

  async #read(reader) {
    const decoder = new TextDecoder();
    const block = { id: null, event: "message", data: [] };
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.heard = Date.now();
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) this.#line(line, block);
    }
  }

  #line(line, block) {
    if (line === "") {
      if (block.data.length) this.#dispatch(block);
      Object.assign(block, { id: null, event: "message", data: [] });
      return;
    }
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") block.data.push(value);
    else if (name === "event") block.event = value;
    else if (name === "id") block.id = Number(value);
  }

  #dispatch(block) {
    // The server may repeat what a broken connection already delivered; its numbers say so.
    if (block.id !== null && block.id <= this.last) return;
    let data;
    try {
      data = JSON.parse(block.data.join("\n"));
    } catch {
      return;
    }
    if (block.id !== null) this.last = block.id;
    this.on.event(block.event, data, block.id);
  }
}
