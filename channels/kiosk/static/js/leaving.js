/** The kiosk's dialogs: is anybody there, is it over, on to the phone, back from the phone. */
import { ApiError, resumeCase } from "/static/chat/js/api.js";
import { k } from "./words.js";

const get = (id) => document.getElementById(id);

/** Opens a dialog; focus goes back where it was when it closes. */
function open(dialog) {
  const before = document.activeElement;
  if (!dialog.open) dialog.showModal();
  dialog.addEventListener("close", () => before?.isConnected && before.focus(), { once: true });
}

const TAKEN_MS = 8_000;

/** The token opens nothing any more; where the server does not answer it ends as tokens do. */
export function handBack(session) {
  const path = `/api/v1/conversations/${encodeURIComponent(session.id)}/leave`;
  fetch(path, { method: "POST", headers: { Authorization: `Bearer ${session.token}` }, cache: "no-store", keepalive: true }).catch(() => {});
}

export class Dialogs {
  /** `act` = {wipe(), stay(), pause(), unpause(), session(): promise of a session, opened(turn), desk(), here()}. */
  constructor(act) {
    this.act = act;
    const press = (id, action) => get(id).addEventListener("click", action);
    press("count-stay", () => get("count-dialog").close());
    get("count-dialog").addEventListener("close", () => act.stay());
    press("leave-yes", () => act.wipe());
    press("leave-no", () => get("leave-dialog").close());
    press("leave-phone", () => {
      get("leave-dialog").close();
      act.pause();
    });
    press("phone-done", () => act.wipe());
    press("phone-back", () => {
      get("phone-dialog").close();
      act.unpause();
    });
    for (const [id, action] of [["help-desk", act.desk], ["help-here", act.here], ["help-no", () => {}]]) {
      press(id, () => {
        get("help-dialog").close();
        action();
      });
    }
    press("resume-cancel", () => get("resume-dialog").close());
    get("resume-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#resume();
    });
    get("phone-qr").addEventListener("error", () => {
      get("phone-qr").hidden = true;
      get("phone-away").hidden = false;
    });
  }

  count(seconds) {
    get("count-text").textContent = k("kiosk.count_text", { seconds });
    get("count-number").textContent = seconds;
    open(get("count-dialog"));
  }

  counted() {
    if (get("count-dialog").open) get("count-dialog").close();
  }

  leave(started) {
    get("leave-phone").hidden = !started;
    open(get("leave-dialog"));
  }

  /** The way to the phone: the code of the case, and what was said about the resume code. */
  phone(number, words) {
    const code = get("phone-qr");
    code.hidden = !number;
    code.alt = k("kiosk.phone_code", { number });
    if (number) code.src = `/kiosk/qr?case=${encodeURIComponent(number)}`;
    get("phone-away").hidden = true;
    get("phone-taken").hidden = true;
    get("phone-back").hidden = false;
    get("phone-text").textContent = k(number ? "kiosk.phone_text" : "kiosk.phone_none");
    get("phone-words").textContent = words;
    get("phone-done").hidden = !number;
    open(get("phone-dialog"));
  }

  /** The phone has the case: she is told, and goodbye. */
  taken() {
    for (const dialog of document.querySelectorAll("dialog[open]:not(#phone-dialog)")) dialog.close();
    for (const id of ["phone-qr", "phone-away", "phone-back"]) get(id).hidden = true;
    for (const id of ["phone-text", "phone-words"]) get(id).textContent = "";
    get("phone-taken").hidden = false;
    get("phone-done").hidden = false;
    open(get("phone-dialog"));
    clearTimeout(this.parting);
    this.parting = setTimeout(() => this.act.wipe(), TAKEN_MS);
  }

  /** Staff on the screen, or to this machine, whose place they are told. */
  help(place) {
    get("help-place").textContent = k("kiosk.help_place", { place });
    open(get("help-dialog"));
  }

  /** Back from the phone; what a scanned code holds is filled in already. */
  resume(number = "", code = "") {
    const before = number ? "" : get("resume-case").value;
    get("resume-form").reset();
    get("resume-case").value = number || before;
    get("resume-code").value = code;
    this.#wrong("");
    open(get("resume-dialog"));
    if (code) get("resume-go").focus(); // all is there, unless an identity number was given
  }

  /** Closes all and empties what they held. */
  clear() {
    clearTimeout(this.parting);
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
    get("phone-qr").removeAttribute("src");
    get("phone-qr").alt = "";
    get("phone-words").textContent = "";
    get("resume-form").reset();
    this.#wrong("");
  }

  async #resume() {
    const [number, tail, code] = ["resume-case", "resume-tail", "resume-code"].map((id) => get(id).value.replace(/\s+/g, "").toUpperCase());
    if (!number || !code) return this.#wrong(k("kiosk.resume_missing"));
    get("resume-go").disabled = true;
    try {
      const turn = await resumeCase(await this.act.session(), number, tail + code);
      get("resume-dialog").close();
      this.act.opened(turn);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#wrong(error.message);
    } finally {
      get("resume-go").disabled = false;
    }
    return undefined;
  }

  #wrong(words) {
    get("resume-error").textContent = words;
    get("resume-error").hidden = !words;
  }
}
