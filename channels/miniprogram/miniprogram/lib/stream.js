/**
 * The events of a conversation: over its socket, and by asking where sockets do not get through. Numbered, each told once,
 * taken up again where the connection broke.
 */

const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 30_000;

class Stream {
  /**
   * @param {import("./platform").Platform} platform
   * @param {(after: number) => string} address
   * @param {(after: number) => Promise<{ id: number, event: string, data: any }[]>} missed asks for what came since; rejects with `ApiError`
   * @param {{ event(kind: string, data: any): void, open(): void, down(): void, expired(): void }} on
   */
  constructor(platform, address, missed, on) {
    this.platform = platform;
    this.address = address;
    this.missed = missed;
    this.on = on;
    this.last = 0;
    this.failures = 0;
    this.running = false;
    /** @type {import("./platform").Socket | null} */
    this.socket = null;
    /** @type {any} */
    this.timer = null;
    /** @type {any} */
    this.watch = null;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  /** The page was left: a mini-program in the background loses its sockets anyway. */
  stop() {
    this.running = false;
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Now, whatever was being waited for: the network is back. */
  kick() {
    if (!this.running) return this.start();
    if (this.socket) return undefined;
    clearTimeout(this.timer);
    this.failures = 0;
    return this.connect();
  }

  connect() {
    const socket = this.platform.socket(this.address(this.last));
    this.socket = socket;
    const mine = () => this.running && this.socket === socket;
    socket.onOpen(() => {
      if (!mine()) return;
      this.failures = 0;
      this.listen(socket);
      this.on.open();
    });
    socket.onMessage((text) => {
      if (!mine()) return;
      this.listen(socket);
      this.take(text);
    });
    socket.onClose(() => {
      if (!mine()) return;
      clearTimeout(this.watch);
      this.socket = null;
      this.failures += 1;
      void this.again();
    });
  }

  /** After a break: what was missed is asked for, which also tells a dead network from a conversation that is over. */
  async again() {
    try {
      for (const one of await this.missed(this.last)) this.told(one);
    } catch (error) {
      if (!this.running) return;
      if (/** @type {any} */ (error).over) {
        this.stop();
        this.on.expired();
        return;
      }
      // One that ends now and then is no outage: only a second failure in a row is worth saying
      if (this.failures > 1) this.on.down();
    }
    if (!this.running || this.socket) return;
    const pause = Math.min(LONGEST_WAIT_MS, 500 * 2 ** (this.failures - 1));
    this.timer = setTimeout(() => this.connect(), pause * (0.75 + Math.random() / 2));
  }

  /** A connection on which nothing comes any more is dead, whatever the phone thinks. @param {import("./platform").Socket} socket */
  listen(socket) {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => socket.close(), SILENCE_MS);
  }

  /** @param {string} text */
  take(text) {
    try {
      this.told(JSON.parse(text));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }

  /** @param {any} one */
  told(one) {
    if (typeof one?.id !== "number" || one.id <= this.last) return;
    this.last = one.id;
    this.on.event(one.event, one.data);
  }
}

/** What an event stream that has ended says. @param {string} text @returns {{ id: number, event: string, data: any }[]} */
function eventsIn(text) {
  return text.split(/\n\n/).flatMap((block) => {
    /** @type {Record<string, string>} */
    const fields = {};
    for (const line of block.split("\n")) {
      const at = line.indexOf(": ");
      if (at > 0) fields[line.slice(0, at)] = line.slice(at + 2);
    }
    return fields.id && fields.data ? [{ id: Number(fields.id), event: fields.event, data: JSON.parse(fields.data) }] : [];
  });
}

module.exports = { Stream, eventsIn, SILENCE_MS };
