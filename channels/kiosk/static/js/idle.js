/** Nobody there? After a while without a touch or a word it is asked aloud on the screen, counted down, and then it is over. */

const SIGNS = ["pointerdown", "click", "keydown", "input", "wheel"];

export class Idle {
  /** `on` = {begins(), count(seconds left), over(), back()}. `patience()` is by how much longer than usual is waited; `busy()`: it is she who waits. */
  constructor(on, patience = () => 1, busy = () => false) {
    Object.assign(this, { on, patience, busy, idle: 60, countdown: 20, left: null, timer: null, running: false });
    for (const sign of SIGNS) window.addEventListener(sign, () => this.#sign(sign), { capture: true, passive: true });
  }

  start() {
    this.running = true;
    this.seen();
  }

  stop() {
    this.running = false;
    clearTimeout(this.timer);
    this.left = null;
  }

  /** While it is asked the whole touch counts, not its beginning: what vanished under a finger would let it through to what is beneath. */
  #sign(sign) {
    if (this.left === null || sign !== "pointerdown") this.seen();
  }

  /** Somebody is there. */
  seen() {
    if (!this.running) return;
    clearTimeout(this.timer);
    if (this.left !== null) this.on.back();
    this.left = null;
    this.timer = setTimeout(() => {
      if (this.busy()) return this.seen();
      this.until = Date.now() + this.countdown * 1000;
      this.on.begins?.();
      return this.#count();
    }, this.idle * this.patience() * 1000);
  }

  /** By the clock, not by counting: a machine that dozed off has not stopped the time. */
  #count() {
    const left = Math.ceil((this.until - Date.now()) / 1000);
    if (left <= 0) {
      this.stop();
      return this.on.over();
    }
    this.left = left;
    this.on.count(left);
    this.timer = setTimeout(() => this.#count(), 1000);
    return undefined;
  }
}
