/**
 * The listening door of the first screen: where the machine's address asks for it, who says what she came for starts the
 * conversation. Nothing is kept here or there; it shows that it listens, and can be switched off.
 */
import { Microphone } from "./mic.js";

const WAITS_MS = [2_000, 5_000, 15_000, 60_000];
/** Switched off, nothing that can hear, or not understood: trying again changes nothing. */
const NO_USE = new Set([1008, 4403, 4503]);
const CALLED = 1000;

export class Door {
  /** `on` = {state(name: off, listening, hearing, thinking or muted), level(0..1), called({text, send, language})}; `hello` tells {locale, region}. */
  constructor(on, hello, { open = (url) => new WebSocket(url) } = {}) {
    Object.assign(this, { on, hello, make: open, socket: null, wanted: false, muted: false, failures: 0 });
    this.mic = new Microphone({
      frame: (bytes) => this.ready && this.socket?.readyState === WebSocket.OPEN && this.socket.send(bytes),
      level: (level) => on.level(level),
      failed: () => this.close(), // by touch it starts all the same, and the reason is said then
    });
  }

  async open() {
    if (this.wanted) return;
    this.wanted = true;
    if (this.muted) return void this.on.state("muted");
    if (await this.mic.start() && this.wanted && !this.muted) this.#connect();
    else if (!this.wanted || this.muted) this.mic.stop();
  }

  /** Somebody is served, or nobody may be heard: no microphone, no socket. */
  close() {
    this.wanted = false;
    this.#end();
    this.on.state("off");
  }

  mute(on) {
    this.muted = on;
    if (!this.wanted) return;
    this.#end();
    this.wanted = false;
    void this.open();
  }

  #end() {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    this.ready = false;
    socket?.close();
    this.mic.stop();
  }

  #connect() {
    const base = `${window.location.protocol === "https:" ? "wss" : "ws"}://${window.location.host}`;
    const socket = this.make(`${base}/api/v1/kiosk/listen`);
    this.socket = socket;
    socket.addEventListener("open", () => socket.send(JSON.stringify({ type: "hello", rate: 16_000, ...this.hello() })));
    socket.addEventListener("message", ({ data }) => this.socket === socket && typeof data === "string" && this.#frame(data));
    socket.addEventListener("close", ({ code }) => this.socket === socket && this.#closed(code));
  }

  #frame(data) {
    let frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame.type === "ready") Object.assign(this, { ready: true, failures: 0 });
    else if (frame.type === "state") this.on.state(frame.state);
    else if (frame.type === "called") {
      this.close();
      this.on.called(frame);
    }
  }

  #closed(code) {
    this.socket = null;
    this.ready = false;
    if (NO_USE.has(code)) return this.close();
    this.on.state("off");
    if (code !== CALLED) this.failures += 1;
    const wait = WAITS_MS[Math.min(this.failures, WAITS_MS.length) - 1] ?? 0;
    this.timer = setTimeout(() => this.wanted && this.#connect(), wait);
    return undefined;
  }
}
