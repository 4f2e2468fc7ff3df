/** Passing a conversation on: to a group or to a colleague who is there, with a note for whoever takes it. */
import { h } from "/static/chat/js/dom.js";
import { api } from "./api.js";
import { Ask } from "./dialog.js";
import { presence } from "./seat.js";

const $ = (id) => document.getElementById(id);

export class Passing {
  /** `done(id, to)` is called when it was passed on. */
  constructor({ done, sessionOver }) {
    this.ask = new Ask("pass", sessionOver);
    this.done = done;
    this.ask.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  open(id, { me, groups, colleagues }) {
    this.id = id;
    const others = colleagues.filter((one) => one.id !== me);
    const one = (value, word) => h("option", { value, text: word });
    $("pass-to").replaceChildren(
      h("optgroup", { label: "技能组" }, groups.map((group) => one(`group:${group.code}`, group.name))),
      ...(others.length ? [h("optgroup", { label: "在线的同事" }, others.map((person) => one(`to:${person.id}`, `${person.name}（${presence(person.state)}，手上 ${person.held}/${person.capacity}）`)))] : []));
    $("pass-note").value = "";
    this.ask.show();
    $("pass-to").focus();
  }

  async #send() {
    const [kind, code] = $("pass-to").value.split(/:(.*)/s);
    const { id } = this;
    const name = $("pass-to").selectedOptions[0].textContent.split("（")[0];
    if (await this.ask.send(() => api.transfer(id, { [kind]: code, note: $("pass-note").value.trim() }))) this.done(id, name);
  }
}
