/** The look, the sound, and the number of those waiting in the tab's title. */
import { remember, remembered } from "./store.js";

const root = document.documentElement;
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

export function wireTheme(button) {
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  button.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    remember("theme", root.dataset.theme);
    show();
  });
  prefersDark.addEventListener("change", show);
  show();
}

/** Two soft notes when somebody has come. Browsers allow sound only after a press, so an old choice counts from the first one on. */
export class Sound {
  constructor(button) {
    this.button = button;
    this.on = remembered("sound") === "on";
    button.addEventListener("click", () => this.toggle());
    document.addEventListener("pointerdown", () => { if (this.on) this.#ready(); }, { once: true });
    document.addEventListener("keydown", () => { if (this.on) this.#ready(); }, { once: true });
    this.#show();
  }

  toggle() {
    this.on = !this.on;
    remember("sound", this.on ? "on" : "off");
    this.#show();
    if (this.on) this.play();
  }

  /** Whether it can be heard: switched on, and this page was touched since it was loaded. */
  get ready() {
    return this.on && this.audio?.state === "running";
  }

  play() {
    if (!this.on) return;
    const audio = this.#ready();
    [660, 880].forEach((pitch, index) => {
      const [tone, volume] = [audio.createOscillator(), audio.createGain()];
      const begin = audio.currentTime + index * 0.16;
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(0.12, begin + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, begin + 0.3);
      tone.connect(volume).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.32);
    });
  }

  #ready() {
    this.audio ??= new AudioContext();
    if (this.audio.state === "suspended") void this.audio.resume();
    return this.audio;
  }

  #show() {
    this.button.setAttribute("aria-pressed", String(this.on));
  }
}

/** (2) 坐席工作台 · 办到; a dot for unread words of those I have. */
export function title(waiting, unread) {
  document.title = `${waiting ? `(${waiting}) ` : ""}${unread ? "● " : ""}坐席工作台 · 办到`;
}
