/** The microphone: 16 kHz s16le frames of 40 ms with number and time, or a reason why there are none. */

const DEAD_MS = 8_000;
const REASONS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "none", OverconstrainedError: "none", NotReadableError: "busy", AbortError: "busy" };

/** One message for the socket: number and time of capture in ms (uint32 little-endian each), then the samples. */
export function packed({ number, ms, pcm }) {
  const bytes = new ArrayBuffer(8 + pcm.length * 2);
  const view = new DataView(bytes);
  view.setUint32(0, number, true);
  view.setUint32(4, ms >>> 0, true);
  for (let i = 0; i < pcm.length; i += 1) view.setInt16(8 + i * 2, pcm[i], true);
  return bytes;
}

export class Microphone {
  /** `on` = {frame(ArrayBuffer), level(0..1), failed(reason)}; reasons: refused, none, busy, insecure, dead (it gives nothing but zeros), ended. */
  constructor(on) {
    this.on = on;
    this.muted = false;
  }

  get open() {
    return Boolean(this.stream);
  }

  /** Resolves to whether it listens now. */
  async start() {
    if (this.open) return true;
    if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return this.#failed("insecure");
    try {
      const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
      this.stream = await navigator.mediaDevices.getUserMedia({ audio, video: false });
      this.context = new AudioContext();
      await this.context.audioWorklet.addModule("/static/kiosk/js/mic-worklet.js");
      const node = new AudioWorkletNode(this.context, "frames", { numberOfOutputs: 0 });
      node.port.onmessage = ({ data }) => this.#frame(data);
      this.context.createMediaStreamSource(this.stream).connect(node);
      this.stream.getAudioTracks()[0].addEventListener("ended", () => this.#failed("ended"));
      // Where nobody has touched the page yet the browser may keep it waiting; nothing but zeros is told later.
      await Promise.race([this.context.resume(), new Promise((done) => { setTimeout(done, 800); })]);
    } catch (error) {
      return this.#failed(REASONS[error.name] ?? "none");
    }
    this.#watch();
    return true;
  }

  /** Closed muted, the track is off: not even the browser hears. */
  mute(on) {
    this.muted = on;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !on;
    this.#watch();
  }

  stop() {
    clearTimeout(this.dead);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.context?.close();
    this.stream = null;
    this.context = null;
    this.muted = false;
  }

  #frame(frame) {
    if (this.muted || !this.open) return;
    if (frame.level > 0) this.#watch();
    this.on.level(frame.level);
    this.on.frame(packed(frame));
  }

  /** A room is never quite silent: nothing but zeros is a plug that is out. */
  #watch() {
    clearTimeout(this.dead);
    if (this.open && !this.muted) this.dead = setTimeout(() => this.#failed("dead"), DEAD_MS);
  }

  #failed(reason) {
    this.stop();
    this.on.failed(reason);
    return false;
  }
}
