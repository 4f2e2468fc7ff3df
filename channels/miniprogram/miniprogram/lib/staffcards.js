/**
 * Cards staff send: papers asked for, a form, an answer they changed, the package to confirm. What is done with one is hers; what came
 * of it is told by events, here or on another phone.
 *
 * @typedef {{ id: string, kind: "upload" | "form" | "edit" | "package", state: string, stage?: string, rest: boolean, problem: string, busy: boolean, controls?: any[], files?: any[], settled?: any, [more: string]: any }} Shown
 */
const { changed, control } = require("./fields");
const { Papers } = require("./papers");
const { t } = require("./words");

const OVER = ["bot", "closed"];

class StaffCards {
  /**
   * @param {import("./platform").Platform} platform
   * @param {InstanceType<typeof import("./api").Api>} api
   * @param {import("./api").Session} session
   * @param {() => void} onChange
   */
  constructor(platform, api, session, onChange) {
    this.platform = platform;
    this.api = api;
    this.session = session;
    this.onChange = onChange;
    /** @type {Map<string, Shown>} */
    this.shown = new Map();
    /** What was sent last of each card, with its id: the same again counts once. @type {Map<string, { said: string, id: string }>} */
    this.sent = new Map();
    /** @type {Map<string, InstanceType<typeof Papers>>} */
    this.papers = new Map();
    /** Values that were doubted, by card and field. @type {Map<string, Map<string, string>>} */
    this.doubted = new Map();
  }

  /** One that came with staff's words. @param {any} card */
  came(card) {
    /** @type {Shown} */
    const one = { ...card, rest: false, problem: "", busy: false, title: t(`card_${card.kind}`, { label: card.label ?? "", item: card.item ?? "" }) };
    if (card.kind === "form") one.controls = card.fields.map((/** @type {any} */ field) => ({ ...control(field), now: field.value ?? "" }));
    if (card.kind === "upload") {
      one.files = [];
      this.papers.set(card.id, new Papers(this.api, this.session, card, (files) => this.set(card.id, { files })));
    }
    this.shown.set(card.id, one);
    if (card.state !== "open" && card.kind !== "edit") this.became(card);
  }

  /** What became of one. @param {any} told */
  became(told) {
    const one = this.shown.get(told.id);
    if (!one || told.opened) return;
    const settled = told.state === "open" ? null : { words: t(`card_${one.kind}_${told.state}`), files: told.files ?? [], rows: told.rows ?? [], lines: told.lines ?? [] };
    this.set(told.id, { state: told.state, stage: told.stage ?? one.stage, settled, problem: "" });
  }

  /** With the bot again cards rest: what is open is asked by the bot. @param {string} owner */
  speaks(owner) {
    for (const one of this.shown.values()) {
      const rest = one.state === "open" && one.kind !== "edit" && OVER.includes(owner);
      if (rest !== one.rest) this.set(one.id, { rest });
    }
  }

  /** @param {string} id @param {number} at @param {any} given */
  filled(id, at, given) {
    const one = this.shown.get(id);
    if (one?.controls) this.set(id, { controls: one.controls.map((held, place) => (place === at ? changed(held, given) : held)) });
  }

  /** @param {string} id @param {string} path of a picture on the phone */
  async photographed(id, path) {
    await this.papers.get(id)?.add(path);
  }

  /** @param {string} id @param {number} file */
  dropped(id, file) {
    this.papers.get(id)?.remove(file);
  }

  /** @param {string} id */
  handin(id) {
    const ready = this.papers.get(id)?.ready ?? [];
    return ready.length ? this.act(id, { action: "answer", attachments: ready.map(({ upload }) => upload) }) : Promise.resolve(null);
  }

  /** @param {string} id */
  async fill(id) {
    const controls = this.shown.get(id)?.controls ?? [];
    const values = controls.filter((one) => one.value.trim()).map((one) => [one.field, one.value.trim()]);
    if (!values.length) {
      this.set(id, { problem: t("card_form_empty") });
      return null;
    }
    const doubted = this.doubted.get(id) ?? new Map();
    // a doubted value sent once more as it is is meant so
    const insist = values.filter(([field, value]) => doubted.get(field) === value).map(([field]) => field);
    const answer = await this.act(id, { action: "answer", fields: Object.fromEntries(values), insist });
    const wrong = new Map((answer?.errors ?? []).map((/** @type {any} */ error) => [error.field, error]));
    this.doubted.set(id, new Map(values.filter(([field]) => wrong.get(field)?.insist).map(([field, value]) => [field, value])));
    this.set(id, { controls: controls.map((one) => ({ ...one, error: wrong.get(one.field)?.message ?? "" })) });
    return answer;
  }

  /** The card now, or null where it was not taken; why stands on it then. @param {string} id @param {any} what */
  async act(id, what) {
    const one = this.shown.get(id);
    if (!one || one.busy) return null;
    this.set(id, { busy: true });
    try {
      const said = JSON.stringify(what);
      const sent = this.sent.get(id);
      const message = sent?.said === said ? sent.id : await this.platform.freshId();
      this.sent.set(id, { said, id: message });
      const answer = await this.api.act(this.session, id, message, what);
      this.sent.delete(id);
      this.set(id, { busy: false, problem: (answer.errors ?? []).filter((/** @type {any} */ error) => !error.field).map((/** @type {any} */ error) => error.message).join(" ") });
      return answer;
    } catch (error) {
      this.set(id, { busy: false, problem: /** @type {any} */ (error).message });
      if (/** @type {any} */ (error).status !== 409) return null;
      // what she saw is not what is there any more: she is to decide anew
      this.sent.delete(id);
      return null;
    }
  }

  /** @param {string} id @param {any} what */
  set(id, what) {
    const one = this.shown.get(id);
    if (!one) return;
    this.shown.set(id, { ...one, ...what });
    this.onChange();
  }
}

module.exports = { StaffCards };
