/* In the audio thread: whatever rate the sound card has becomes 16 kHz, in frames of 40 ms, numbered by the samples themselves. */
const RATE = 16_000;
const FRAME = 640;

class Frames extends AudioWorkletProcessor {
  constructor() {
    super();
    this.step = sampleRate / RATE;
    this.at = 0;
    this.before = 0;
    this.sum = 0;
    this.count = 0;
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.number = 0;
  }

  process([[input]]) {
    if (!input) return true;
    for (const sample of input) {
      // What a lower rate cannot hold is averaged away before it is picked.
      this.sum += sample;
      this.count += 1;
      this.at += 1;
      if (this.at < this.step) continue;
      this.at -= this.step;
      this.#put(this.sum / this.count);
      this.sum = 0;
      this.count = 0;
    }
    return true;
  }

  #put(value) {
    this.frame[this.filled] = Math.max(-32768, Math.min(32767, Math.round(value * 32767)));
    this.filled += 1;
    if (this.filled < FRAME) return;
    let loudest = 0;
    for (const one of this.frame) loudest = Math.max(loudest, Math.abs(one));
    this.port.postMessage({ number: this.number, ms: Math.round(this.number * FRAME * 1000 / RATE), level: loudest / 32768, pcm: this.frame.slice() });
    this.number += 1;
    this.filled = 0;
  }
}

registerProcessor("frames", Frames);
