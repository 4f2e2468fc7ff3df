/**
 * Plays what she says. Sound, mouth and subtitle come from one clock: where the sound card is at this moment. Nothing is
 * counted up from picture to picture, so nothing can drift. Without a loudspeaker the page's own clock takes its place:
 * subtitles and mouth go on at the same pace, in silence.
 */
import { MOUTH_LAG_MS } from "./avatar/figure.js";

const LEAD_S = 0.03;
const BLEND_MS = 42;

/** The mouth `ms` into a sentence: {viseme: weight}, neighbours blended over their border. `visemes` are [name, start_ms, end_ms]. */
export function mouthAt(visemes, ms) {
  const found = {};
  const half = BLEND_MS / 2;
  for (const [name, start, end] of visemes) {
    if (ms < start - half || ms > end + half) continue;
    const weight = Math.min(1, (ms - start + half) / BLEND_MS, (end + half - ms) / BLEND_MS);
    if (weight > 0) found[name] = Math.max(found[name] ?? 0, weight);
  }
  return found;
}

function samples(context, pcm, rate) {
  const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const count = Math.floor(pcm.byteLength / 2);
  const buffer = context.createBuffer(1, Math.max(1, count), rate);
  const channel = buffer.getChannelData(0);
  for (let i = 0; i < count; i += 1) channel[i] = view.getInt16(i * 2, true) / 32768;
  return buffer;
}

export class Player {
  /**
   * `figure` has viseme(name, weight) and hush(); `on` = {subtitle(text), speaking(on), done(utterance, ms: so long it was), silent(reason)}.
   * `context()` makes an AudioContext or throws; `now()` is in seconds, for where there is none.
   */
  constructor({ figure, on, context = () => new AudioContext({ latencyHint: "interactive" }), now = () => performance.now() / 1000 }) {
    Object.assign(this, { figure, on, make: context, now, queue: [], end: 0, shown: null, muted: -1, volume: 1 });
  }

  /** Opens the loudspeaker; to be called from a touch, or the browser keeps it closed. Resolves to whether there is one. */
  async open() {
    try {
      this.context ??= this.make();
      if (this.context.state === "suspended") await Promise.race([this.context.resume(), new Promise((done) => { setTimeout(done, 800); })]);
    } catch {
      this.context = null;
    }
    if (!this.audible) this.on.silent?.();
    return this.audible;
  }

  get audible() {
    return this.context?.state === "running";
  }

  /** Whether anything is said or about to be. */
  get speaking() {
    return this.queue.length > 0;
  }

  /** Whether what is said now is only that an answer is coming. */
  get acknowledges() {
    return this.queue[0]?.frame.kind === "ack";
  }

  /** One sentence, after those before it: the `say` frame, and its sound as bytes (s16le mono) or null. */
  say(frame, pcm) {
    if (frame.utterance <= this.muted) return;
    const audible = this.audible && pcm?.byteLength > 0;
    const sentence = { frame, audible, start: Math.max(this.#time(audible) + LEAD_S, this.#free(audible)), length: frame.ms / 1000 };
    if (audible) {
      const source = this.context.createBufferSource();
      source.buffer = samples(this.context, pcm, frame.rate);
      sentence.length = Math.max(sentence.length, source.buffer.duration);
      this.gain ??= this.#gain();
      this.gain.gain.value = this.volume;
      source.connect(this.gain);
      source.start(sentence.start);
      sentence.source = source;
    }
    this.queue.push(sentence);
    this.#speaks(true);
  }

  /** Silent at once, and deaf to what still comes of this utterance and those before it. Returns how far into its first utterance she was, in ms. */
  silence(utterance = this.queue.at(-1)?.frame.utterance ?? this.muted) {
    const [first] = this.queue;
    this.muted = Math.max(this.muted, utterance);
    for (const sentence of this.queue) {
      try {
        sentence.source?.stop();
        sentence.source?.disconnect();
      } catch { /* it had ended by itself */ }
    }
    this.queue = [];
    this.#speaks(false);
    const before = first && this.played?.utterance === first.frame.utterance ? this.played.ms : 0;
    return first ? before + Math.max(0, Math.round((this.#heard(first) - first.start) * 1000)) : 0;
  }

  /** Forgets everything: another conversation counts its utterances anew. */
  reset() {
    this.silence();
    this.muted = -1;
  }

  /** Called at each picture. */
  tick() {
    let current = null;
    while (this.queue.length) {
      [current] = this.queue;
      if (this.#heard(current) < current.start + current.length) break;
      const acknowledged = this.acknowledges;
      this.queue.shift();
      const { utterance } = current.frame;
      this.played = { utterance, ms: (this.played?.utterance === utterance ? this.played.ms : 0) + current.frame.ms };
      if (acknowledged && this.queue.length) this.on.speaking?.(true);
      if (current.frame.last) this.on.done?.(utterance, this.played.ms);
      current = null;
    }
    if (!current) return void this.#speaks(false);
    const ms = (this.#heard(current) - current.start) * 1000;
    this.figure.hush();
    if (ms >= -MOUTH_LAG_MS) for (const [name, weight] of Object.entries(mouthAt(current.frame.visemes ?? [], ms + MOUTH_LAG_MS))) this.figure.viseme(name, weight);
    if (ms >= 0) this.#subtitle(current.frame);
  }

  #speaks(on) {
    if (!on) {
      this.figure.hush();
      this.#subtitle(null);
    }
    if (on === Boolean(this.speaks)) return;
    this.speaks = on;
    this.on.speaking?.(on);
  }

  #gain() {
    const gain = this.context.createGain();
    gain.connect(this.context.destination);
    return gain;
  }

  #time(audible) {
    return audible ? this.context.currentTime : this.now();
  }

  /** What comes out of the loudspeaker now was given to it a little earlier. */
  #heard(sentence) {
    return this.#time(sentence.audible) - (sentence.audible ? this.context.outputLatency || this.context.baseLatency || 0 : 0);
  }

  #free(audible) {
    const before = this.queue.at(-1);
    if (!before) return 0;
    const end = before.start + before.length;
    return before.audible === audible ? end : end - this.#time(before.audible) + this.#time(audible);
  }

  #subtitle(frame) {
    if (this.shown === frame) return;
    this.shown = frame;
    this.on.subtitle?.(frame?.text ?? null);
  }
}
