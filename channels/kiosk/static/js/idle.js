/** Nobody there? After a while without a touch or a word it is asked aloud on the screen, counted down, and then it is over. */

const SIGNS = ["pointerdown", "keydown", "input", "wheel"];

export class Idle {
  /** `on` = {count(seconds left), over(), back()}. `patience()` is by how much longer than usual is waited. */
  constructor(on, patience = () => 1) {
    Object.assign(this, { on, patience, idle: 60, countdown: 20, left: null, timer: null, running: false });
    for (const sign of SIGNS) window.addEventListener(sign, () => this.seen(), { capture: true, passive: true });
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

  /** Somebody is there. */
  seen() {
    if (!this.running) return;
    clearTimeout(this.timer);
    if (this.left !== null) this.on.back();
    this.left = null;
    this.timer = setTimeout(() => this.#count(this.countdown), this.idle * this.patience() * 1000);
  }

  #count(left) {
    if (left <= 0) {
      this.stop();
      return this.on.over();
    }
    this.left = left;
    this.on.count(left);
    this.timer = setTimeout(() => this.#count(left - 1), 1000);
    return undefined;
  }
}
