/** A dialog that asks for something and sends it: its error line, its busy buttons, a session that ended meanwhile. */
const $ = (id) => document.getElementById(id);

export class Ask {
  /** The elements are known by name: the dialog `name` with the form `name-form` and the error line `name-error`. */
  constructor(name, sessionOver) {
    Object.assign(this, { name, sessionOver, busy: false });
    this.dialog = $(name);
    this.form = $(`${name}-form`);
  }

  show() {
    this.say("");
    if (!this.dialog.open) this.dialog.showModal();
  }

  say(text) {
    $(`${this.name}-error`).textContent = text;
    $(`${this.name}-error`).hidden = !text;
  }

  /** Does `work` once at a time; closes when it is done. Resolves with whether it was. */
  async send(work) {
    if (this.busy) return false;
    this.busy = true;
    this.form.setAttribute("aria-busy", "true");
    try {
      await work();
      this.dialog.close();
      return true;
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.status === 401) {
        this.dialog.close();
        this.sessionOver();
      } else this.say(error.message);
      return false;
    } finally {
      this.busy = false;
      this.form.removeAttribute("aria-busy");
    }
  }
}
