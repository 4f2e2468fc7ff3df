/**
 * The voice socket of a conversation: frames of the microphone up; sentences, what was heard and how she is down. It comes
 * back by itself after a broken connection; while it is away the page goes on by touch.
 */

const WAITS_MS = [1_000, 2_000, 4_000, 8_000, 15_000];
const HOPELESS = 3;
/** Two seconds of sound that the network did not take: what is said now would come too late. */
const CLOGGED_BYTES = 64_000;
const NO_USE = new Set([1008, 4401, 4404, 4503]);
/** Problems of a message that was sent: no turn will come of it here. */
const UNTAKEN = new Set(["too_fast", "not_taken", "engine"]);

function address(session) {
  const base = `${window.location.protocol === "https:" ? "wss" : "ws"}://${window.location.host}`;
  return `${base}/api/v1/conversations/${encodeURIComponent(session.id)}/voice?token=${encodeURIComponent(session.token)}`;
}

export class VoiceLink {
  /**
   * `on` = {ready(frame), state(name), heard(text, final), turn(turn), say(frame, pcm), silence(utterance), problem(code, text),
   * offer(way, text), lost(), hopeless(), clogged()}.
   */
  constructor(session, on, { loudspeaker = true, fullDuplex = false, speed = 1, open = (url) => new WebSocket(url) } = {}) {
    Object.assign(this, { session, on, make: open, hello: { type: "hello", rate: 16_000, loudspeaker, full_duplex: fullDuplex, speed }, failures: 0, worked: false, ready: false, said: null });
  }

  start() {
    const socket = this.make(address(this.session));
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => this.#send(this.hello));
    socket.addEventListener("message", ({ data }) => this.socket === socket && (typeof data === "string" ? this.#frame(data) : this.#sound(data)));
    socket.addEventListener("close", ({ code }) => this.socket === socket && this.#closed(code));
  }

  /** The network is back: it need not wait out its turn. */
  wake() {
    if (this.socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(this.timer);
    this.failures = 1;
    this.start();
  }

  close() {
    clearTimeout(this.timer);
    const { socket } = this;
    this.socket = null;
    this.ready = false;
    socket?.close();
    this.#unanswered("closed");
  }

  /** A frame of the microphone; dropped while the network does not keep up. */
  frame(bytes) {
    if (!this.ready) return;
    if (this.socket.bufferedAmount > CLOGGED_BYTES) return void this.on.clogged();
    this.socket.send(bytes);
  }

  stop() {
    this.#send({ type: "stop" });
  }

  played(utterance, ms) {
    this.#send({ type: "played", utterance, ms });
  }

  still() {
    this.#send({ type: "still" });
  }

  mute(on) {
    this.#send({ type: "mute", on });
  }

  /** Something she touched: {text} or {choice}. Resolves to the turn; rejects when the connection breaks first. */
  send(id, content) {
    this.waiting?.reject(new Error("overtaken"));
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.#send({ type: "send", client_message_id: id, ...content });
    });
  }

  #send(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  #frame(text) {
    let frame;
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    switch (frame.type) {
      case "ready":
        Object.assign(this, { ready: true, worked: true, failures: 0 });
        return void this.on.ready(frame);
      case "state": return void this.on.state(frame.state);
      case "heard": return void this.on.heard(frame.text, frame.final);
      case "turn":
        this.waiting?.resolve(frame.turn);
        this.waiting = null;
        return void this.on.turn(frame.turn);
      case "say":
        // A sentence whose sound never came is still read.
        if (this.said) this.on.say(this.said, null);
        this.said = frame;
        return;
      case "silence":
        this.said = null;
        return void this.on.silence(frame.utterance);
      case "problem":
        if (this.said) this.on.say(this.said, null);
        this.said = null;
        if (UNTAKEN.has(frame.code)) this.#unanswered(frame.code);
        return void this.on.problem(frame.code, frame.text);
      case "offer": return void this.on.offer(frame.way, frame.text);
      default:
    }
  }

  #sound(bytes) {
    if (bytes.byteLength < 8 || !this.said) return;
    const view = new DataView(bytes);
    const { said } = this;
    if (view.getUint32(0, true) !== said.utterance || view.getUint32(4, true) !== said.sentence) return;
    this.said = null;
    this.on.say(said, new Uint8Array(bytes, 8));
  }

  #unanswered(why) {
    this.waiting?.reject(new Error(why));
    this.waiting = null;
  }

  #closed(code) {
    this.ready = false;
    this.said = null;
    this.failures += 1;
    this.#unanswered("lost");
    if (NO_USE.has(code) || (!this.worked && this.failures >= HOPELESS)) return void this.on.hopeless();
    if (this.worked && this.failures === 1) this.on.lost();
    this.timer = setTimeout(() => this.start(), WAITS_MS[Math.min(this.failures, WAITS_MS.length) - 1]);
  }
}
