/** What waits for staff: a button in the head that counts it, and the dialog with the list that it opens.
 *
 * The elements are known by the list's name: the dialog `name`, `name-open` (the button) with `name-count`, `name-list` and `name-none`.
 * A list says what a `line` looks like; it may `mark` the button in its own way.
 */
import { api } from "./api.js";

const EVERY_MS = 60_000;

export const $ = (id) => document.getElementById(id);

export class Listed {
  /** `read` names what of the API gives the list; `told` says what happened, `sessionOver` that nobody is signed in any more. */
  constructor(name, read, { told, sessionOver }) {
    Object.assign(this, { name, read, told, sessionOver, timer: 0 });
    this.dialog = $(name);
    $(`${name}-open`).addEventListener("click", () => void this.open());
  }

  /** Looks for new ones now and then, while somebody is signed in. */
  start() {
    clearInterval(this.timer);
    this.timer = setInterval(() => void this.#count(), EVERY_MS);
    void this.#count();
  }

  async open() {
    try {
      this.show(await api[this.read]());
      if (!this.dialog.open) this.dialog.showModal();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Marks the button: how many there are, and nothing where there are none. */
  mark(list) {
    $(`${this.name}-open`).hidden = list.length === 0;
    $(`${this.name}-count`).textContent = list.length ? ` ${list.length}` : "";
  }

  show(list) {
    this.mark(list);
    $(`${this.name}-none`).hidden = list.length > 0;
    $(`${this.name}-list`).replaceChildren(...list.map((one) => this.line(one)));
  }

  /** Changes something, says so and shows the list anew. `wrong` takes what the server says against it, else the page does. */
  async act(change, done, wrong) {
    try {
      await change();
      this.told(done);
    } catch (error) {
      if (error.status === 401) return this.#failed(error);
      if (wrong) return wrong(error.message);
      this.told(error.message, "bad");
    }
    await this.open();
    // The button that was pressed is gone with its line: the next one is one key away, not the top of the page.
    if (!this.dialog.contains(document.activeElement) || document.activeElement === this.dialog) {
      (this.dialog.querySelector(`#${this.name}-list button`) ?? this.dialog.querySelector("button"))?.focus();
    }
  }

  async #count() {
    try {
      this.mark(await api[this.read]());
    } catch (error) {
      if (error.status === 401) clearInterval(this.timer);
    }
  }

  #failed(error) {
    if (error.status === 401) {
      this.dialog.close();
      this.sessionOver();
    } else this.told(error.message, "bad");
  }
}
