/** The page put together: one place that knows every part, and nothing else does. */
import {
  actOnCard, ApiError, caseDetail, caseResults, caseShipments, download, openConversation, packagePages, picture, sheetPath, signCase, timeline, unsignCase, upload,
} from "./api.js";
import { AskPanel } from "./ask.js";
import { CasePanel } from "./casepanel.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { crossed } from "./crossing.js";
import { closeDialogs, confirmFirst, ResumeDialog, sessionExpired } from "./dialogs.js";
import { drawIcons } from "./dom.js";
import { canFill, openForm } from "./form-card.js";
import { ASK_FOR } from "./language.js";
import { Log } from "./log.js";
import { guidesAddress, locale, wirePreferences } from "./prefs.js";
import { Recommended } from "./recommended.js";
import { canSign, openSigning } from "./signature.js";
import { SignIn } from "./signin.js";
import { showStarts } from "./starts.js";
import { StaffCards } from "./staff-cards.js";
import { Status } from "./status.js";
import { forgetConversation, preference, session as stored } from "./store.js";
import { setLocale, t, translate } from "./strings.js";
import { startCall } from "./video.js";

const get = (id) => document.getElementById(id);
const WIDE = window.matchMedia("(min-width: 64rem)");

let conversation = null, byKeyboard = false;

/** The page's own words in the chosen language. */
function speak() {
  setLocale(locale());
  document.documentElement.lang = locale();
  document.title = t("app.title");
  translate(document);
  get("by-category").href = guidesAddress();
}

const turnTo = (language) => { preferences.choose(language); speak(); status.reword(); };

speak();
drawIcons(document);

const log = new Log({
  root: get("log"), scroller: get("scroller"), jump: get("jump"), typing: get("typing"),
  act: {
    say, choose, download: save,
    picture: async (url) => picture(conversation.session, url),
    retry: () => conversation?.outbox.retry(),
    drop: (id) => conversation?.outbox.remove(id),
    edit(id, text) {
      log.removeMine(id);
      composer.set(text);
      composer.focus();
    },
  },
});
const status = new Status({ line: get("status"), banner: get("banner"), log });
const composer = new Composer({
  form: get("composer"), input: get("message"), counter: get("counter"), button: get("send"), on: { send: (text) => say(text) },
});
const ask = new AskPanel({
  root: get("ask"), composer,
  act: {
    say, choose,
    attach: (ids, names) => deliver({ attachments: ids }, { text: names, file: true }),
    upload: (file, material, onProgress) => upload(conversation.session, file, material, onProgress),
    sheet: (field, button) => panel.case && save(sheetPath(panel.case.case_no, field), `${field}.xlsx`, button),
    sendSheet,
    canFill: (asked) => canFill(panel.case, asked),
    form: () => openForm(panel.case, say).catch((error) => {
      if (!(error instanceof ApiError)) throw error;
      log.notice("error", t("form.failed"));
    }),
    canSign: () => canSign(panel.case),
    sign,
  },
});
const panel = new CasePanel({
  content: get("case-content"), bar: get("casebar"),
  act: {
    say(text) {
      get("case-sheet").close();
      say(text);
    },
    download: save,
    timeline: (number) => timeline(conversation.session, number),
    detail: (number) => caseDetail(conversation.session, number),
    async outcome(number) {
      const [results, parcels] = await Promise.all([caseResults(conversation.session, number), caseShipments(conversation.session, number)]);
      return { results: results.items ?? [], parcels: parcels.items ?? [] };
    },
    pages: (number) => packagePages(conversation.session, number),
    picture: async (url) => picture(conversation.session, url),
    sign, unsign,
  },
});
const cards = new StaffCards({
  send: (id, body) => actOnCard(conversation.session, id, body),
  upload: (file, material, onProgress) => upload(conversation.session, file, material, onProgress),
  pages: (number) => packagePages(conversation.session, number),
  picture: async (url) => picture(conversation.session, url),
  failed: () => conversation.expired(),
});
const call = startCall(get("call"), {
  session: () => conversation.session, card: (id) => cards.open(id), act: (id, body) => actOnCard(conversation.session, id, body),
  upload: (file, material, onProgress) => upload(conversation.session, file, material, onProgress),
  sign, live() {}, alive() {},
});
const fits = new Recommended(get("recommended"), (text) => {
  get("case-sheet").close();
  say(text);
});
const resume = new ResumeDialog({
  async session() {
    if (!conversation || conversation.closed) await start();
    return conversation.session;
  },
  opened: (turn) => conversation.took(turn),
});

const signing = new SignIn({ item: get("menu-signin"), dialog: get("signin-dialog"), before: get("ask"), act: {
  session: () => conversation?.session, took: (turn) => conversation.took(turn), expired: () => conversation.expired(),
  say: (text) => status.say("signin", text), left: (next) => (forgetConversation(), next ? window.location.assign(next) : start()),
} });

/** Returns false when nothing can be sent yet, so that the words stay in the box. */
function deliver(content, shown) {
  if (!conversation || conversation.closed) return false;
  conversation.send(content, shown);
  return true;
}

function say(text) {
  return deliver({ text }, { text });
}

function choose(value, label) {
  return deliver({ choice: value }, { text: label });
}

/** A filled sheet answers the table's question as a message with it attached does. Resolves to what went wrong, in words, or null. */
async function sendSheet(file, onProgress) {
  if (!conversation || conversation.closed) return null;
  ask.setBusy(true);
  try {
    const sent = await upload(conversation.session, file, null, onProgress).done;
    deliver({ attachments: [sent.upload_id] }, { text: file.name, file: true });
    return null;
  } catch (error) {
    ask.setBusy(false);
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) conversation.expired();
    return error.message;
  }
}

/** Signing makes the package again; the conversation is told which version it is now. Resolves to whether she did; null: it cannot be signed. */
async function sign() {
  const file = panel.case;
  if (!canSign(file)) return null;
  const { session } = conversation;
  let signed = false;
  const dialog = openSigning(async (strokes) => {
    try {
      told(await signCase(session, file.case_no, strokes), "sign.signed");
      signed = true;
    } catch (error) {
      if (error.status === 401) conversation.expired();
      throw error;
    }
  });
  await new Promise((done) => { dialog.addEventListener("close", done, { once: true }); });
  return signed;
}

async function unsign(button) {
  button.setAttribute("aria-busy", "true");
  try {
    told(await unsignCase(conversation.session, panel.case.case_no), "sign.withdrawn");
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) conversation.expired();
    else log.notice("error", error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

function told({ case_no: number, version }, key) {
  const sheet = get("case-sheet");
  if (sheet.open) sheet.close();
  log.notice("info", t(key, { version }));
  log.toEnd();
  // The stream brings the case too, but not to a page whose stream is broken just now.
  if (panel.case?.case_no === number) panel.note({ case_no: number, status: panel.case.status });
}

async function save(url, name, button) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await download(conversation.session, url, name);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) conversation.expired();
    else log.notice("error", error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

const view = {
  log, ask, panel, status, cards, call,
  greeted: (replies) => showStarts({ tiles: get("tiles"), also: get("also") }, replies, { say, choose }),
  talking() {
    document.body.classList.add("talking");
    log.follow();
  },
  showAsk(next) {
    void signing.asked(next);
    const held = ask.holdsFocus || document.activeElement === document.body;
    if (ask.show(next) && held && document.body.classList.contains("talking") && !document.querySelector("dialog[open]")) ask.focus(byKeyboard);
  },
  /** The conversation goes on in another language: so does the page. What was said before stays as it was said. */
  languageChanged(language) {
    stored.set({ ...conversation.session, locale: language });
    conversation.session.locale = language;
    turnTo(language);
    status.clear("locale");
  },
  caseShown: (shown) => fits.look(conversation?.session, shown),
  arrived() {
    if (document.hidden) document.title = `● ${t("log.new")} · ${t("app.name")}`;
  },
  async expired() {
    forgetConversation();
    closeDialogs();
    const wish = await sessionExpired();
    await start();
    if (wish === "resume") resume.show();
  },
};

/** Clears the page and follows another conversation. */
function begin(session) {
  attempts += 1;
  conversation?.close();
  log.clear();
  status.reset();
  ask.forget();
  cards.clear();
  panel.show(null);
  document.body.classList.toggle("talking", false);
  if (stored.get()?.id !== session.id) stored.clear();
  stored.set(session);
  conversation = new Conversation(session, view);
  conversation.start();
  composer.opened();
  if (session.locale !== locale()) {
    status.say("locale", t("net.new_locale"), { label: t("net.new_locale_ask"), press: () => say(ASK_FOR[locale()]) });
  }
}

/** Opens a new conversation, however long the server takes to be there. */
async function start() {
  conversation?.close();
  conversation = null;
  attempts += 1;
  const attempt = attempts;
  for (let tries = 0; ; tries += 1) {
    let wait = Math.min(30, 2 ** tries);
    try {
      const opened = await openConversation(locale(), preference.get("region"));
      if (attempt !== attempts) return;
      begin({ id: opened.conversation_id, token: opened.token, locale: locale(), opening: opened.replies ?? [] });
      return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 422 && preference.get("region")) {
        preference.set("region", "");
        wait = 0;
      } else if (error.status === 429) {
        wait = error.retryAfter ?? 5;
        status.limited(wait);
      } else status.say("open", error.passing ? t("net.open_failed") : error.message, { label: t("net.retry"), press: () => hurry() });
    }
    await new Promise((resolve) => {
      hurry = resolve;
      setTimeout(resolve, wait * 1000);
    });
    if (attempt !== attempts) return;
  }
}
let hurry = () => {};
let attempts = 0;

async function restart() {
  if (document.body.classList.contains("talking") && !await confirmFirst("restart")) return;
  forgetConversation();
  start();
  composer.focus();
}

/** On a wide screen the case stands beside the conversation and the languages in the header. */
function place() {
  const sheet = get("case-sheet");
  if (WIDE.matches) get("menu-button").before(get("locales"));
  else get("menu").prepend(get("locales"));
  if (WIDE.matches) {
    if (sheet.open) sheet.close();
    get("side").append(get("case-content"), get("recommended"));
  } else get("case-sheet-body").append(get("case-content"), get("recommended"));
}

function wireMenu() {
  const button = get("menu-button");
  const menu = get("menu");
  const show = (on) => {
    menu.classList.toggle("open", on);
    button.setAttribute("aria-expanded", String(on));
  };
  button.addEventListener("click", () => show(!menu.classList.contains("open")));
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target) && !button.contains(event.target)) show(false);
  });
  menu.parentElement.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.classList.contains("open")) return;
    show(false);
    button.focus();
  });
  const item = (id, action) => get(id).addEventListener("click", () => {
    show(false);
    action();
  });
  item("menu-resume", () => resume.show());
  item("menu-signin", () => signing.show());
  item("menu-restart", restart);
  item("menu-clear", async () => {
    if (!await confirmFirst("clear")) return;
    forgetConversation();
    composer.set("");
    start();
  });
}

wireMenu();
const preferences = wirePreferences({
  care: get("care"), theme: get("theme"), locales: [...document.querySelectorAll("#locales button")],
  // Everything shown was written in the old language: a reload plays the conversation back in the new one.
  localeChanged() {
    if (!document.body.classList.contains("talking")) forgetConversation();
    window.location.reload();
  },
});
get("welcome-resume").addEventListener("click", () => resume.show());
get("casebar-open").addEventListener("click", () => {
  get("case-sheet").showModal();
  panel.refresh();
});
get("case-close").addEventListener("click", () => get("case-sheet").close());
get("case-sheet").addEventListener("click", (event) => {
  // A press on the dialog itself, not on anything in it, is a press beside the sheet.
  if (event.target === get("case-sheet")) get("case-sheet").close();
});
get("expired-dialog").addEventListener("cancel", (event) => event.preventDefault());
WIDE.addEventListener("change", place);
place();

document.addEventListener("keydown", () => { byKeyboard = true; }, true);
document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
window.addEventListener("online", () => conversation?.wake());
window.addEventListener("offline", () => status.say("offline", t("net.offline")));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return conversation?.sleep();
  document.title = t("app.title");
  return conversation?.wake();
});
// iOS does not shrink the page for its keyboard; the visible height is known only here.
const visible = window.visualViewport;
visible?.addEventListener("resize", () => document.documentElement.style.setProperty("--visible", `${visible.height}px`));

// Another page brought words along: they wait in the box, she sends them herself.
const brought = new URLSearchParams(window.location.search);
const words = brought.get("say");
if (words) {
  composer.set(words.slice(0, 200));
  composer.focus();
}
// The region whose guides were read there: conversations begun from now on are for it.
if (/^\d{6}$/.test(brought.get("region") ?? "")) preference.set("region", brought.get("region"));
// The QR code on a package's cover: her case, once she has shown that it is hers.
const begun = brought.get("case");
if (begun) resume.show(begun.slice(0, 40));
if (["say", "region", "case", "signin"].some((name) => brought.has(name))) window.history.replaceState(null, "", window.location.pathname);

const remembered = await crossed((text) => status.say("crossing", text), turnTo) ?? stored.get();
if (remembered) begin(remembered); else start();
signing.arrived(brought.get("signin"));
