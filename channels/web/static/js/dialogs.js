/** The page's dialogs: continue elsewhere, expired session, and asking before something goes away. */
import { ApiError, openViewing, resumeCase } from "./api.js";
import { progressAddress } from "./prefs.js";
import { keepViewing } from "./store.js";
import { t } from "./strings.js";

const get = (id) => document.getElementById(id);
/** The resume code of the address this page was opened at, behind the # that is sent to no server. */
const brought = new URLSearchParams(window.location.hash.slice(1)).get("resume") ?? "";

/** Opens a modal dialog and gives focus back where it was when it closes. */
function open(dialog) {
  const before = document.activeElement;
  if (!dialog.open) dialog.showModal();
  dialog.addEventListener("close", () => before?.isConnected && before.focus(), { once: true });
}

/** Asks yes or no with the words `confirm.{what}.*`; resolves to true or false. */
export function confirmFirst(what) {
  const dialog = get("confirm-dialog");
  get("confirm-title").textContent = t(`confirm.${what}.title`);
  get("confirm-text").textContent = t(`confirm.${what}.text`);
  dialog.returnValue = "no";
  open(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Tells that the session is over; resolves to "new" or "resume". It cannot be waved away: nothing else would work. */
export function sessionExpired() {
  const dialog = get("expired-dialog");
  dialog.returnValue = "";
  open(dialog);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "resume" ? "resume" : "new"), { once: true });
  });
}

export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close("no");
}

/**
 * The form to continue a case from another device. `session()` resolves to the session that takes it over, `opened(turn)`
 * gets its next turn; wrong proof is said in the dialog, which stays open.
 */
export class ResumeDialog {
  constructor({ session, opened }) {
    Object.assign(this, { session, opened });
    this.dialog = get("resume-dialog");
    this.form = get("resume-form");
    this.problem = get("resume-error");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    get("resume-cancel").addEventListener("click", () => this.dialog.close("cancel"));
  }

  /** Resolves to whether a case was opened; `number` is that of the case where it is known already. */
  show(number = "") {
    this.form.reset();
    get("resume-case").value = number;
    if (number) get("resume-code").value = brought.slice(0, 12);
    this.#say("");
    this.dialog.returnValue = "";
    open(this.dialog);
    if (number) get("resume-tail").focus();
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => resolve(this.dialog.returnValue === "done"), { once: true });
    });
  }

  async #submit() {
    const fields = ["resume-case", "resume-tail", "resume-code"].map(get);
    const [caseNo, tail, code] = fields.map((field) => field.value.replace(/\s+/g, "").toUpperCase());
    // A case in which no identity number was given has no last four characters.
    const empty = [fields[0], fields[2]].find((field) => !field.value.trim());
    if (empty) {
      this.#say(t("resume.incomplete"));
      empty.focus();
      return;
    }
    const button = get("resume-go");
    button.disabled = true;
    button.textContent = t("resume.working");
    try {
      const turn = await resumeCase(await this.session(), caseNo, tail + code);
      this.dialog.close("done");
      this.opened(turn);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 409 && await this.#look(caseNo, tail + code)) return;
      this.#say(error.message);
      fields[0].focus();
    } finally {
      button.disabled = false;
      button.textContent = t("resume.go");
    }
  }

  /** A case that was submitted has nothing left to fill in: the same proof shows how far it is. */
  async #look(caseNo, proof) {
    try {
      const { token } = await openViewing(await this.session(), caseNo, proof);
      keepViewing(caseNo, token);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return false;
    }
    window.location.assign(progressAddress(caseNo));
    return true;
  }

  #say(words) {
    this.problem.textContent = words;
    this.problem.hidden = !words;
  }
}
