/** Cards staff send: an upload asked for, a form, an answer they changed, the package to confirm. What is done with one is the citizen's. */
import { FileAnswer } from "./ask-file.js";
import { h, icon, nextId } from "./dom.js";
import { control } from "./form-card.js";
import { freshId } from "./outbox.js";
import { openPackage } from "./package-card.js";
import { t } from "./strings.js";

const OVER = new Set(["bot", "closed"]);

export class StaffCards {
  /**
   * `act` = {send(cardId, body): promise of the card, upload(file, material, onProgress), pages(caseNo), picture(url), failed(error)}; where
   * the page has no files of hers, paper(card) photographs what is asked for.
   */
  constructor(act) {
    this.act = act;
    this.cards = new Map();
    this.owner = "bot";
  }

  clear() {
    for (const one of this.cards.values()) one.files?.stop();
    this.cards.clear();
  }

  /** The element of a card that came with staff's words. */
  show(card) {
    const title = nextId("staff-card");
    const one = { card, body: h("div", { class: "stack" }), problem: h("p", { class: "field-error", role: "alert", hidden: true }) };
    one.title = h("h3", { id: title, tabindex: "-1", text: this.#name(card) });
    one.element = h("section", { class: "card staff-card", data: { kind: card.kind }, "aria-labelledby": title }, one.title, one.body, one.problem);
    this.cards.set(card.id, one);
    if (card.state === "open" || card.kind === "edit") this.#offer(one);
    else this.#settled(one, card);
    return one.element;
  }

  /** A card staff sent that can still be answered, once it is here; null where it does not come or is over. */
  async open(id) {
    for (let tries = 0; tries < 20 && !this.cards.has(id); tries += 1) await new Promise((done) => { setTimeout(done, 250); });
    const card = this.cards.get(id)?.card;
    return card?.state === "open" ? card : null;
  }

  /** What became of a card, here or on another device of hers. */
  became(told) {
    const one = this.cards.get(told.id);
    if (!one || told.opened) return;
    const held = one.element.contains(document.activeElement);
    Object.assign(one.card, { state: told.state, stage: told.stage ?? one.card.stage });
    this.#wrong(one, "");
    if (told.state !== "open") this.#settled(one, told);
    if (held && !document.querySelector("dialog[open]")) one.title.focus();
  }

  /** With the bot again, what is open is asked by the bot: cards that were not answered rest, and open again with staff. */
  speaks(owner) {
    if (owner === this.owner) return;
    this.owner = owner;
    for (const one of this.cards.values()) {
      if (one.card.state !== "open") continue;
      const over = OVER.has(owner);
      one.body.inert = over;
      this.#wrong(one, over ? t("card.over") : "");
    }
  }

  #name(card) {
    return t(`card.${card.kind}`, { label: card.label ?? "", item: card.item ?? "" });
  }

  #offer(one) {
    one.body.replaceChildren(...this[`_${one.card.kind}`](one).filter(Boolean));
  }

  _upload(one) {
    const { card } = one;
    if (this.act.paper) {
      const take = h("button", { type: "button", class: "button primary", text: t("card.upload", { label: card.label }), on: { click: () => void this.act.paper(card) } });
      return [card.why ? h("p", { class: "hint", text: card.why }) : null, h("div", { class: "go" }, take), this.#refuse(one, "card.upload_no")];
    }
    const panel = { busy: false, holdsFocus: false, files: null, offerOtherways() {} };
    const attach = (ids) => this.#send(one, { action: "answer", attachments: ids });
    one.files = new FileAnswer({ ask: card, act: { upload: this.act.upload, attach }, panel });
    return [card.why ? h("p", { class: "hint", text: card.why }) : null, one.files.element, this.#refuse(one, "card.upload_no")];
  }

  _form(one) {
    one.inputs = one.card.fields.map((field) => control(field));
    one.card.fields.forEach((field, at) => {
      const input = one.inputs[at];
      if (field.value) input.element.append(h("p", { class: "hint", text: t("card.now", { value: field.value }) }));
      input.wrong = h("p", { class: "field-error", id: nextId("wrong"), role: "alert", hidden: true });
      input.element.append(input.wrong);
    });
    const form = h("form", { novalidate: true }, one.inputs.map((input) => input.element),
      h("div", { class: "go" }, h("button", { type: "submit", class: "button primary", text: t("card.form_send") })));
    one.insist = new Map();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#fill(one);
    });
    return [h("p", { class: "hint", text: t("card.form_text") }), form, this.#refuse(one, "card.form_no")];
  }

  async #fill(one) {
    const values = one.card.fields.map((field, at) => [field.field, one.inputs[at].value()]).filter(([, value]) => value);
    // A doubted value sent once more as it is is meant so
    const insist = values.filter(([key, value]) => one.insist.get(key) === value).map(([key]) => key);
    const answer = await this.#send(one, { action: "answer", fields: Object.fromEntries(values), insist });
    const wrong = new Map((answer?.errors ?? []).map((error) => [error.field, error]));
    one.card.fields.forEach((field, at) => {
      const { element, wrong: line } = one.inputs[at];
      const error = wrong.get(field.field);
      line.replaceChildren(...(error ? [icon("error"), error.message] : []));
      line.hidden = !error;
      const box = element.querySelector("input, select");
      if (error) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
      box.setAttribute("aria-describedby", line.id);
      if (error?.insist) one.insist.set(field.field, one.inputs[at].value());
    });
    one.inputs.find((input) => !input.wrong.hidden)?.element.querySelector("input, select").focus();
  }

  _edit(one) {
    const { card } = one;
    return [
      h("p", { class: "change" }, h("span", { class: "sr", text: t("card.old") }), h("del", { text: card.old ?? t("card.nothing") }), " → ",
        h("span", { class: "sr", text: t("card.new") }), h("ins", { text: card.new })),
      card.again ? h("p", { class: "hint", text: t("card.again") }) : null,
      h("div", { class: "go" }, h("button", { type: "button", class: "button", text: t("card.undo"), on: { click: () => void this.#send(one, { action: "undo" }) } })),
    ];
  }

  _package(one) {
    const look = h("button", { type: "button", class: "button primary", "aria-haspopup": "dialog", text: t("card.package_open") });
    look.addEventListener("click", async () => {
      const seen = await this.#send(one, { action: "open" });
      if (seen) openPackage({ seen, caseNo: one.card.case, send: (body) => this.act.send(one.card.id, { client_message_id: freshId(), ...body }), act: this.act, opener: look });
    });
    return [h("p", { class: "hint", text: t("card.package_text") }), h("div", { class: "go" }, look)];
  }

  #refuse(one, key) {
    return h("button", { type: "button", class: "link", text: t(key), on: { click: () => void this.#send(one, { action: "no" }) } });
  }

  /** Sends what was done, once at a time; the same again after a failure counts as the same. Resolves to the card, or null. */
  async #send(one, body) {
    if (one.busy) return null;
    one.busy = true;
    one.element.setAttribute("aria-busy", "true");
    const said = JSON.stringify(body);
    if (one.said !== said) Object.assign(one, { said, message: freshId() });
    try {
      const answer = await this.act.send(one.card.id, { client_message_id: one.message, ...body });
      one.said = null;
      this.#wrong(one, (answer.errors ?? []).filter((error) => !error.field).map((error) => error.message).join(" "));
      if (one.files) one.files.handedIn = answer.state !== "open";
      return answer;
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.status === 401) this.act.failed(error);
      else this.#wrong(one, error.message);
      return null;
    } finally {
      one.busy = false;
      one.element.removeAttribute("aria-busy");
    }
  }

  #wrong(one, text) {
    one.problem.replaceChildren(...(text ? [icon("error"), text] : []));
    one.problem.hidden = !text;
  }

  /** Answered: what was handed in or filled in, and what the checks said of it. */
  #settled(one, told) {
    one.files?.stop();
    const { card } = one;
    const files = (told.files ?? []).map((file) => h("li", { class: file.ok ? "ok" : "bad" }, icon(file.ok ? "check" : "cross"), file.name,
      (file.problems ?? []).map((problem) => h("p", { class: "hint", text: problem }))));
    const rows = (told.rows ?? []).map((row) => h("div", { class: "row" }, h("dt", { text: row.label }), h("dd", { text: row.value })));
    one.body.inert = false;
    one.body.replaceChildren(...[
      h("p", { class: "settled", role: "status" }, icon(card.state === "done" ? "check" : "info"), t(`card.${card.kind}_${card.state}`)),
      files.length ? h("ul", { class: "checks" }, files) : null,
      rows.length ? h("dl", { class: "rows" }, rows) : null,
      ...(told.lines ?? []).map((line) => h("p", { class: "say", text: line })),
    ].filter(Boolean));
  }
}
