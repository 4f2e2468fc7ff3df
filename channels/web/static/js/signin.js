/** Signing in, seeing who one is and which cases one has, and signing out. The conversation and its question stay as they are. */
import { ApiError, beginSignIn, forgetIdentity, ownCases, signInStanding, signOut, takeUpCase } from "./api.js";
import { h } from "./dom.js";
import { t } from "./strings.js";

const TOLD = new Set(["denied", "refused", "away", "weak", "other", "slowed"]);

export class SignIn {
  /**
   * `item` is the menu's entry, `dialog` an empty dialog, `before` what a strip that asks to sign in is put in front of.
   * `act` = {session(), took(turn), left(), expired(), say(words)}.
   */
  constructor({ item, dialog, before, act }) {
    Object.assign(this, { item, dialog, act });
    this.strip = h("section", { class: "signin-strip", hidden: true });
    before.before(this.strip);
    this.standing = null;
  }

  /** The conversation asks this now. Whether somebody has to be signed in for it, the server says. */
  async asked(ask) {
    const session = this.act.session();
    const about = session ? `${session.id} ${ask?.field === "submit"}` : null;
    if (!session || (about === this.about && ask?.field !== "submit")) return;
    this.about = about;
    await this.look();
  }

  async look() {
    const session = this.act.session();
    try {
      this.standing = session ? await signInStanding(session) : null;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return; // whoever wants to sign in presses again
    }
    const { offered = false, signed_in: known, who, wanted } = this.standing ?? {};
    this.item.hidden = !offered && !known;
    this.item.textContent = known ? t("signin.menu_in", { who }) : t("signin.menu");
    this.strip.hidden = !wanted;
    if (wanted) {
      this.strip.replaceChildren(
        h("p", { text: wanted.why }),
        h("button", { type: "button", class: "button primary", text: t("signin.go"), on: { click: () => this.#go(wanted.level, wanted.enterprise) } }),
      );
    }
  }

  /** Back from where one signs in: what came of it, where the conversation does not say it itself. */
  arrived(how) {
    if (TOLD.has(how)) this.act.say(t(`signin.${how}`));
  }

  async show() {
    await this.look();
    const { signed_in: known } = this.standing ?? {};
    this.error = h("p", { class: "field-error", role: "alert", hidden: true });
    this.dialog.replaceChildren(...known ? await this.#hers() : this.#ways());
    if (!this.dialog.open) this.dialog.showModal();
  }

  #ways() {
    const way = (key, level, enterprise = false) => this.#button(key, () => this.#go(level, enterprise));
    return [
      this.#title(), h("p", { class: "hint", text: t("signin.text") }), this.error,
      h("div", { class: "signin-ways" }, way("signin.person", "real_name"), way("signin.enterprise", "real_name", true),
        way("signin.face", "face"), way("signin.phone", "phone")),
      h("div", { class: "box-buttons" }, this.#button("signin.cancel", () => this.dialog.close())),
    ];
  }

  async #hers() {
    const { who, level, acting } = this.standing;
    const items = acting?.items.length ? acting.items.join("、") : t("signin.all_items");
    return [
      this.#title(), h("p", { text: t("signin.who", { who, level: t(`signin.level.${level}`) }) }),
      acting && h("p", { class: "hint", text: t("signin.acting", { name: acting.name, items, until: acting.until ?? t("signin.no_end") })
        + (acting.may.includes("submit") ? "" : t("signin.may_only_prepare")) }),
      this.error, level === "phone" ? this.#button("signin.person", () => this.#go("real_name")) : await this.#cases(),
      h("p", { class: "hint", text: t("signin.out_note") }),
      h("div", { class: "signin-ways" },
        level === "real_name" && this.#button("signin.face", () => this.#go("face")),
        !acting && this.#button("signin.enterprise", () => this.#go("real_name", true)),
        this.#button("signin.out", () => this.#leave(false)), this.#button("signin.out_everywhere", () => this.#leave(true)),
        this.#button("signin.forget", () => this.#forget())),
      h("div", { class: "box-buttons" }, this.#button("signin.close", () => this.dialog.close(), "button primary")),
    ].filter(Boolean);
  }

  async #cases() {
    let items = [];
    try {
      ({ items } = await ownCases(this.act.session()));
    } catch (error) {
      this.#say(error);
    }
    const line = (one) => h("li", {},
      h("span", {}, h("strong", { text: one.item }), ` ${one.case_no} · ${one.status_name}`),
      one.here ? h("span", { class: "hint", text: t("signin.here") })
        : one.open ? h("button", { type: "button", class: "link", text: t("signin.go_on"), on: { click: () => this.#takeUp(one.case_no) } }) : "");
    return h("section", {}, h("h3", { class: "minor", text: t("signin.cases") }),
      items.length ? h("ul", { class: "signin-cases" }, ...items.map(line)) : h("p", { class: "hint", text: t("signin.no_cases") }));
  }

  #title() {
    return h("h2", { id: "signin-title", text: this.standing?.provider ?? t("signin.title") });
  }

  #button(key, press, kind = "button") {
    return h("button", { type: "button", class: kind, text: t(key), on: { click: press } });
  }

  async #go(level, enterprise = false) {
    await this.#doing(async (session) => {
      const { address } = await beginSignIn(session, { level, enterprise, again: Boolean(this.standing?.signed_in) });
      if (address) window.location.assign(address);
      else {
        if (this.dialog.open) this.dialog.close();
        await this.look();
      }
    });
  }

  async #takeUp(number) {
    await this.#doing(async (session) => {
      const turn = await takeUpCase(session, number);
      this.dialog.close();
      this.act.took(turn);
    });
  }

  async #leave(everywhere) {
    await this.#doing(async (session) => {
      const { next } = await signOut(session, everywhere);
      this.dialog.close();
      this.act.left(next);
    });
  }

  async #forget() {
    await this.#doing(async (session) => {
      const turn = await forgetIdentity(session);
      this.dialog.close();
      this.act.took(turn);
      await this.look();
    });
  }

  async #doing(work) {
    if (this.busy) return;
    this.busy = true;
    try {
      await work(this.act.session());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) {
        this.dialog.close();
        this.act.expired();
      } else this.#say(error);
    } finally {
      this.busy = false;
    }
  }

  #say(error) {
    if (!this.dialog.open || !this.error) {
      this.act.say(error.message);
      return;
    }
    this.error.textContent = error.message;
    this.error.hidden = false;
  }
}
