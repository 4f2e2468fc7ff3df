/** 用手机登录: a code on the screen, opened with her own phone. Its number stands beside it and nowhere else. */
import { ApiError, signInCode, signInStanding } from "/static/chat/js/api.js";
import { h } from "/static/chat/js/dom.js";
import { k } from "./words.js";

const LOOK_MS = 2_000;

export class PhoneSignIn {
  /** `before` is what the button stands in front of; `act` = {session(), place, say(words), alive()}. */
  constructor(before, act) {
    this.act = act;
    this.button = h("button", { type: "button", class: "button", id: "signin", hidden: true, "data-in-talk": "", on: { click: () => this.show() } });
    before.before(this.button);
    this.picture = h("img", { class: "qr", id: "signin-qr", width: "320", height: "320" });
    this.number = h("strong", { class: "count", id: "signin-number" });
    this.title = h("h2", { id: "signin-title" });
    this.words = h("p", { id: "signin-text" });
    this.beside = h("p", { class: "hint", id: "signin-beside" });
    this.anew = h("button", { type: "button", class: "button primary", id: "signin-again", hidden: true, on: { click: () => this.show() } });
    this.cancel = h("button", { type: "button", class: "button", id: "signin-cancel", on: { click: () => this.dialog.close() } });
    this.dialog = h("dialog", { class: "box", id: "signin-dialog", "aria-labelledby": "signin-title", "aria-describedby": "signin-text" },
      this.title, this.words, this.picture, this.beside, this.number, h("div", { class: "box-buttons" }, this.anew, this.cancel));
    this.dialog.addEventListener("close", () => this.#forget());
    document.body.append(this.dialog);
    this.reword();
  }

  reword() {
    this.button.textContent = k(this.who ? "kiosk.signed_in" : "kiosk.signin", { who: this.who });
    this.title.textContent = k("kiosk.signin");
    this.words.textContent = k("kiosk.signin_text");
    this.beside.textContent = k("kiosk.signin_number");
    this.picture.alt = k("kiosk.signin_code");
    this.anew.textContent = k("kiosk.signin_again");
    this.cancel.textContent = k("kiosk.cancel");
  }

  /** The conversation asks something, or somebody signed in: is there a way, and who is here? */
  async asked() {
    const session = this.act.session();
    if (!session) return;
    try {
      this.#stands(await signInStanding(session));
    } catch { /* the button stays as it is; the next question asks again */ }
  }

  async show() {
    const session = this.act.session();
    if (!session || this.who) return;
    try {
      const { level = "real_name", enterprise = false } = this.standing?.wanted ?? {};
      const shown = await signInCode(session, { level, enterprise, place: this.act.place });
      this.picture.src = `data:image/svg+xml,${encodeURIComponent(shown.qr)}`;
      this.number.textContent = shown.number;
      for (const one of [this.picture, this.number, this.beside]) one.hidden = false;
      this.words.textContent = k("kiosk.signin_text");
      this.anew.hidden = true;
      if (!this.dialog.open) this.dialog.showModal();
      this.#watch(session, Date.parse(shown.until));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.dialog.close();
      this.act.say(error.message);
    }
  }

  /** Everything of hers goes. */
  clear() {
    this.standing = this.who = null;
    this.dialog.close();
    this.#forget();
    this.button.hidden = true;
    this.reword();
  }

  #watch(session, until) {
    clearTimeout(this.looking);
    this.looking = setTimeout(async () => {
      try {
        const standing = await signInStanding(session);
        if (!this.dialog.open) return;
        this.act.alive(); // she is busy with her phone, for as long as the code holds
        if (standing.signed_in) return this.#stands(standing);
      } catch { /* it is looked again */ }
      if (!this.dialog.open) return;
      if (Date.now() < until) return this.#watch(session, until);
      this.#forget();
      this.words.textContent = k("kiosk.signin_over");
      this.anew.hidden = false;
      this.anew.focus();
    }, LOOK_MS);
  }

  #stands(standing) {
    this.standing = standing;
    this.who = standing.signed_in ? standing.who || "✓" : null;
    this.button.hidden = !standing.offered;
    this.button.disabled = Boolean(this.who);
    this.reword();
    if (this.who && this.dialog.open) this.dialog.close();
  }

  #forget() {
    clearTimeout(this.looking);
    this.picture.removeAttribute("src");
    this.number.textContent = "";
    for (const one of [this.picture, this.number, this.beside]) one.hidden = true;
  }
}
