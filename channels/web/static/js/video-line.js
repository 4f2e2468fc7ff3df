/** The socket of one page of a call: what is said goes out in order, and after a break it goes on where it was. */

const WAITS_MS = [300, 1_000, 2_000, 4_000, 5_000];
/** Closed for a reason that coming back would not change. */
const FOR_GOOD = 4_400;

const name = () => (window.crypto?.randomUUID ? crypto.randomUUID() : `page-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`);

export class Line {
  /** `address()` is where it goes, with a query; `hello()` what is said first, or null; `on` = {state(told), said(message), problem(text, code), gone(code)}. */
  constructor({ address, hello = () => null, on }) {
    Object.assign(this, { address, hello, on });
    this.page = name();
    this.call = "";
    this.last = 0;
    this.waiting = [];
    this.tries = 0;
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.#connect();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
    this.waiting = [];
  }

  say(message) {
    if (this.open && this.ready) this.socket.send(JSON.stringify(message));
    else this.waiting.push(message);
  }

  #connect() {
    const query = new URLSearchParams({ page: this.page, call: this.call, after: String(this.last) });
    const base = this.address();
    const socket = new WebSocket(`${window.location.protocol === "https:" ? "wss" : "ws"}://${window.location.host}${base}${base.includes("?") ? "&" : "?"}${query}`);
    this.socket = socket;
    this.ready = false;
    socket.addEventListener("open", () => {
      this.tries = 0;
      const first = this.hello();
      if (first) socket.send(JSON.stringify(first));
      this.ready = true;
      for (const message of this.waiting.splice(0)) this.say(message);
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.socket) this.#heard(JSON.parse(data));
    });
    socket.addEventListener("close", ({ code }) => {
      if (socket !== this.socket || !this.running) return;
      if (code >= FOR_GOOD && code < FOR_GOOD + 100) {
        this.running = false;
        this.on.gone(code);
        return;
      }
      this.timer = setTimeout(() => this.running && this.#connect(), WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)]);
      this.tries += 1;
    });
  }

  #heard(message) {
    switch (message.type) {
      case "ping": return undefined;
      case "problem": return this.on.problem(message.text, message.code);
      case "state":
        if (message.call && message.call.id !== this.call) Object.assign(this, { call: message.call.id, last: 0 });
        return this.on.state(message);
      default:
        if (message.seq <= this.last) return undefined;
        this.last = message.seq;
        return this.on.said(message);
    }
  }
}
