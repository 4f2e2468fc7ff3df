/**
 * Hold to talk: sound goes up the voice socket of the conversation while the button is held, and what was heard comes back as words.
 * The turn itself arrives like every other. What is read back before it counts (a phone number, say) is told by `on.asked`.
 *
 * @typedef {{ start(on: { frame(pcm: ArrayBuffer): void, failed(reason: string): void }): void, stop(): void }} Recorder 16 kHz, mono, s16le
 */
const { t } = require("./words");

const RATE = 16_000;
const PIECE_MS = 80;
/** Silence sent after she lets go: the service takes it as the end of what she said. */
const AFTER_MS = 1_600;
/** The socket rests after this long without a word; what is being read back is forgotten with it. */
const REST_MS = 120_000;
const NO_VOICE = 4503;

class Holding {
  /**
   * @param {import("./platform").Platform} platform
   * @param {() => string} address of the voice socket
   * @param {{ hearing(on: boolean): void, heard(text: string): void, asked(text: string): void, problem(text: string): void }} on
   */
  constructor(platform, address, on) {
    this.platform = platform;
    this.address = address;
    this.on = on;
    /** @type {import("./platform").Socket | null} */
    this.socket = null;
    /** Until the service is ready, what is sent waits. @type {ArrayBuffer[] | null} */
    this.waiting = [];
    this.number = 0;
    this.at = 0;
    this.held = false;
    this.turned = true;
    /** @type {any} */
    this.timer = null;
  }

  /** She presses the button. */
  down() {
    if (this.held) return;
    this.held = true;
    this.open();
    this.on.hearing(true);
    this.platform.recorder.start({
      frame: (pcm) => this.sound(pcm),
      failed: (reason) => {
        this.held = false;
        this.on.hearing(false);
        this.on.problem(t(/auth|deny|permission/i.test(reason) ? "mic_refused" : "mic_failed"));
      },
    });
  }

  /** She lets go. */
  up() {
    if (!this.held) return;
    this.held = false;
    this.platform.recorder.stop();
    this.on.hearing(false);
    this.sound(new ArrayBuffer((2 * RATE * AFTER_MS) / 1000));
  }

  /** The page is left. */
  close() {
    clearTimeout(this.timer);
    if (this.held) this.platform.recorder.stop();
    this.held = false;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  open() {
    this.awake();
    if (this.socket) return;
    const socket = this.platform.socket(this.address());
    this.socket = socket;
    this.waiting = [];
    this.number = 0;
    this.at = 0;
    socket.onOpen(() => socket.send(JSON.stringify({ type: "hello", rate: RATE, loudspeaker: false })));
    socket.onMessage((text) => this.socket === socket && this.told(JSON.parse(text)));
    socket.onClose((code) => {
      if (this.socket !== socket) return;
      const lost = this.held || !this.turned;
      this.close();
      this.on.hearing(false);
      if (lost) this.on.problem(t(code === NO_VOICE ? "no_voice" : "voice_lost"));
    });
  }

  /** @param {ArrayBuffer} pcm of any length */
  sound(pcm) {
    const piece = (2 * RATE * PIECE_MS) / 1000;
    for (let from = 0; from < pcm.byteLength; from += piece) {
      const part = pcm.slice(from, from + piece);
      const message = new Uint8Array(8 + part.byteLength);
      const header = new DataView(message.buffer);
      header.setUint32(0, this.number, true);
      header.setUint32(4, Math.round(this.at), true);
      message.set(new Uint8Array(part), 8);
      this.number += 1;
      this.at += (1000 * part.byteLength) / 2 / RATE;
      if (this.waiting) this.waiting.push(message.buffer);
      else this.socket?.send(message.buffer);
    }
  }

  /** @param {any} message */
  told(message) {
    this.awake();
    if (message.type === "ready") {
      const waited = this.waiting ?? [];
      this.waiting = null;
      for (const one of waited) this.socket?.send(one);
    } else if (message.type === "heard" && message.final) {
      this.turned = false;
      this.on.heard(message.text);
    } else if (message.type === "turn") this.turned = true;
    // what is said before there is a turn is asked of her; the words of a turn come with it
    else if (message.type === "say" && !this.turned && message.kind !== "ack") this.on.asked(message.text);
    else if (message.type === "problem") this.on.problem(message.text);
  }

  awake() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.close(), REST_MS);
  }
}

module.exports = { Holding, PIECE_MS };
