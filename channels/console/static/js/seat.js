/** Whether I am at the desk, how many I have and may have, and who else is there. */
import { api } from "./api.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 20_000;
const WORDS = { available: "在岗", away: "暂离", offline: "离线" };
export const presence = (state) => WORDS[state] ?? state;

export class Seat {
  constructor({ told, failed }) {
    Object.assign(this, { told, failed, timer: 0, desk: null });
    $("presence").addEventListener("click", () => void this.toggle());
  }

  /** Looks now and then; the first time is the page's to say: the server has to have heard of it. */
  start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.refresh().catch(() => {}), EVERY_MS);
  }

  /** Asks who is there; resolves with all of it. */
  async refresh() {
    this.desk = await api.desk();
    this.#show();
    return this.desk;
  }

  get me() {
    return this.desk?.colleagues.find((one) => one.id === this.desk.me) ?? null;
  }

  /** Available or away: whoever is away keeps what she has and is given nothing. */
  async toggle() {
    const state = this.desk?.state === "available" ? "away" : "available";
    try {
      await api.presence(state);
      await this.refresh();
      this.told(state === "away" ? "已暂离：不再分派新的对话，手上的照旧。" : "已在岗：可以接待和接受分派。");
    } catch (error) {
      this.failed(error);
    }
  }

  #show() {
    const button = $("presence");
    const { state } = this.desk;
    button.hidden = false;
    button.setAttribute("aria-checked", String(state === "available"));
    button.dataset.state = state;
    const held = this.me ? `${this.me.held}/${this.me.capacity}` : "";
    button.textContent = [presence(state), held].filter(Boolean).join(" ");
    button.title = `${presence(state)}（P 切换）${this.me ? `，手上 ${this.me.held} 个，最多 ${this.me.capacity} 个` : ""}`;
  }
}
