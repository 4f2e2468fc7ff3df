/**
 * A call recorded in the operator's browser, once she has agreed: both pictures side by side and both voices, sent in numbered pieces
 * while the call goes on. A piece is kept here until the server has it; what is missing at the end is sent again.
 */
import { token } from "./api.js";

const PIECE_MS = 4_000;
const AGAIN_MS = [1_000, 2_000, 5_000, 10_000];
const FRAME_MS = 66;
const SIZE = { width: 960, height: 360 };
const TYPES = ["video/webm;codecs=vp8,opus", "video/webm"];

export class Recorder {
  /** `pictures` are the two video elements, `sounds()` the audio tracks now; `on` = {late(), done(whole)}. */
  constructor({ id, pictures, sounds, on }) {
    Object.assign(this, { id, pictures, on });
    this.kept = new Map();
    this.made = 0;
    this.canvas = Object.assign(document.createElement("canvas"), SIZE);
    this.pencil = this.canvas.getContext("2d");
    this.context = new AudioContext();
    const out = this.context.createMediaStreamDestination();
    for (const track of sounds()) this.context.createMediaStreamSource(new MediaStream([track])).connect(out);
    const stream = new MediaStream([...this.canvas.captureStream(15).getVideoTracks(), ...out.stream.getAudioTracks()]);
    this.drawing = setInterval(() => this.#draw(), FRAME_MS);
    this.recorder = new MediaRecorder(stream, { mimeType: TYPES.find((type) => MediaRecorder.isTypeSupported(type)), videoBitsPerSecond: 500_000, audioBitsPerSecond: 48_000 });
    this.recorder.addEventListener("dataavailable", ({ data }) => {
      if (!data.size) return;
      this.kept.set(this.made, data);
      this.made += 1;
      void this.#send();
    });
    this.stopped = new Promise((resolve) => { this.recorder.addEventListener("stop", resolve); });
    this.recorder.start(PIECE_MS);
  }

  /** No more is recorded; resolves once everything is with the server, or it takes no more. */
  async stop() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.stopped;
    clearInterval(this.drawing);
    await this.context.close();
    await this.#send();
    const whole = await this.#finish();
    this.on.done(whole);
  }

  #draw() {
    const { width, height } = SIZE;
    this.pencil.fillStyle = "#0a1f20";
    this.pencil.fillRect(0, 0, width, height);
    this.pictures().forEach((video, at) => {
      if (!video?.videoWidth || !video.srcObject?.getVideoTracks().some((track) => track.readyState === "live" && !track.muted)) return;
      const scale = Math.min(width / 2 / video.videoWidth, height / video.videoHeight);
      const [w, h] = [video.videoWidth * scale, video.videoHeight * scale];
      this.pencil.drawImage(video, at * width / 2 + (width / 2 - w) / 2, (height - h) / 2, w, h);
    });
  }

  /** Sends what is kept, in order, one at a time; a lost one is sent again until it is taken or refused for good. */
  async #send() {
    if (this.sending) return this.sending;
    this.sending = (async () => {
      let tries = 0;
      while (this.kept.size) {
        const [number, data] = this.kept.entries().next().value;
        const status = await this.#put(number, data);
        if (status === 200 || (status >= 400 && status < 500 && status !== 429 && status !== 401)) {
          this.kept.delete(number);
          tries = 0;
          continue;
        }
        this.on.late();
        await new Promise((done) => { setTimeout(done, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]); });
        tries += 1;
      }
    })();
    await this.sending;
    this.sending = null;
    return undefined;
  }

  async #put(number, data) {
    try {
      const answer = await fetch(`/console/api/recordings/${this.id}/pieces/${number}`, {
        method: "PUT", body: data, headers: { "X-CSRF-Token": token(), "Content-Type": "application/octet-stream" }, credentials: "same-origin",
      });
      return answer.status;
    } catch {
      return 0;
    }
  }

  async #finish() {
    for (const pause of AGAIN_MS) {
      try {
        const answer = await fetch(`/console/api/recordings/${this.id}/finish`, {
          method: "POST", body: JSON.stringify({ pieces: this.made }), headers: { "X-CSRF-Token": token(), "Content-Type": "application/json" }, credentials: "same-origin",
        });
        if (answer.ok) return (await answer.json()).missing.length === 0;
        if (answer.status < 500) return false;
      } catch { /* the network: once more */ }
      await new Promise((done) => { setTimeout(done, pause); });
    }
    return false;
  }
}
