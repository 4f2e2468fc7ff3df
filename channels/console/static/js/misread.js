/** 读错了: the operator says what a sentence meant; it goes, masked, to those who teach the bot. */
import { api } from "./api.js";
import { Choice } from "./labels.js";

const $ = (id) => document.getElementById(id);

export class Misread {
  constructor({ done, sessionOver }) {
    Object.assign(this, { done, sessionOver });
    this.dialog = $("misread");
    this.choice = new Choice({ intent: $("misread-intent"), item: $("misread-item"), hint: $("misread-hint") });
    $("misread-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  /** Asks about the sentence of an event; `button` is where the focus returns. */
  async open(conversation, { event, text, read, button }) {
    Object.assign(this, { conversation, event, button });
    try {
      await this.choice.fill(read);
    } catch (error) {
      return this.#failed(error);
    }
    $("misread-said").textContent = text;
    $("misread-read").textContent = `读作：${read.word}${read.name ? ` · ${read.name}` : ""}`;
    this.#say("");
    this.dialog.showModal();
    return undefined;
  }

  async #send() {
    const save = $("misread-save");
    save.disabled = true;
    try {
      const { intent, item } = this.choice.chosen;
      await api.misread(this.conversation, this.event, intent, item);
      this.button.textContent = "已标注";
      this.dialog.close();
      this.done("已收进标注清单，谢谢。");
    } catch (error) {
      this.#failed(error);
    } finally {
      save.disabled = false;
    }
  }

  #failed(error) {
    if (error.status === 401) {
      this.dialog.close();
      this.sessionOver();
    } else if (this.dialog.open) this.#say(error.message);
    else this.done(error.message, "bad");
  }

  #say(text) {
    $("misread-error").textContent = text;
    $("misread-error").hidden = !text;
  }
}
