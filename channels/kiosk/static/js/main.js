/** The kiosk put together: the only place that knows every part. */
import { actOnCard, ApiError, openConversation, packagePages, picture, upload } from "/static/chat/js/api.js";
import { AskPanel } from "/static/chat/js/ask.js";
import { Conversation } from "/static/chat/js/conversation.js";
import { drawIcons } from "/static/chat/js/dom.js";
import { ASK_FOR } from "/static/chat/js/language.js";
import { StaffCards } from "/static/chat/js/staff-cards.js";
import { canSign } from "/static/chat/js/signature.js";
import { showStarts } from "/static/chat/js/starts.js";
import { Status } from "/static/chat/js/status.js";
import { forgetConversation, forgetMemory, memoryOnly, preference } from "/static/chat/js/store.js";
import { pageLocale, setLocale, translate } from "/static/chat/js/strings.js";
import { Figure } from "./avatar/figure.js";
import { calling, photographing } from "./calling.js";
import { Devices } from "./devices/index.js";
import { Door } from "./door.js";
import { wireGlass } from "./glass.js";
import { Idle } from "./idle.js";
import { Dialogs, handBack } from "./leaving.js";
import { moreBelow } from "./more.js";
import { watchForPresence } from "./presence.js";
import { signing } from "./signing.js";
import { PhoneSignIn } from "./phone-signin.js";
import { Speech } from "./speech.js";
import { Stage } from "./stage.js";
import { Typing } from "./typing.js";
import { fill, k, said } from "./words.js";

memoryOnly();
const get = (id) => document.getElementById(id);
const query = new URLSearchParams(window.location.search);
/** How this machine is fitted: its own start address says so. */
const DEVICE = {
  presence: query.get("presence") === "1", microphone: query.get("microphone") !== "0", fullDuplex: query.get("duplex") === "1",
  speed: Math.min(1.5, Math.max(0.6, Number(query.get("speed")) || 1)), low: query.get("low") === "1",
  voiceStart: query.get("voice_start") === "1", place: (query.get("place") ?? "").replace(/\s+/g, " ").trim().slice(0, 40),
  region: /^\d{6}$/.test(query.get("region") ?? "") ? query.get("region") : null,
};
const GONE_MS = 6_000;
const WAITING = new Set(["queue", "staff"]);

let conversation = null;
let opening = 0;
let file = null;
let problemTimer = null;
let byKeyboard = false;
let unwatch = null;

const figure = new Figure(get("figure"));
figure.start();

const speech = new Speech({
  figure, device: DEVICE, portrait: () => window.matchMedia("(orientation: portrait)").matches,
  on: {
    state(name) {
      get("sign").dataset.state = name;
      get("sign-words").textContent = k(`kiosk.${name === "speaking" && !DEVICE.fullDuplex ? "speaking_touch" : name}`);
      get("quiet").hidden = name !== "speaking";
      get("mute").hidden = !speech.hears;
      get("mute").setAttribute("aria-pressed", String(speech.muted));
      get("mute-words").textContent = k(speech.muted ? "kiosk.unmute" : "kiosk.mute");
    },
    subtitle(text) {
      get("subtitle").textContent = text ?? "";
    },
    heard: (text, final) => stage.heard(text, final),
    turn: (turn) => conversation?.took(turn),
    problem: say,
    level: (level) => get("level").style.setProperty("--level", Math.min(1, level * 3).toFixed(2)),
    alive: () => idle.seen(),
    offer,
  },
});

const pictures = new Set();
/** Pictures of her papers are given back when she goes. */
async function shownFrom(url) {
  const address = await picture(conversation.session, url);
  pictures.add(address);
  return address;
}

const stage = new Stage({
  root: get("replies"), said: get("said"),
  act: { say: tell, choose, download: () => phone(), picture: shownFrom, retry: () => conversation?.outbox.retry() },
  on: { shown: (point) => point && speech.point(), busy: (busy) => speech.thinks(busy) },
});
const typing = new Typing({ form: get("typing"), input: get("message"), button: get("send"), pad: get("pad"), toggle: get("digits"), send: tell });
const ask = new AskPanel({
  root: get("ask"), composer: typing,
  act: {
    say: tell, choose, canFill: () => false, form() {}, canSign: () => canSign(file), sign: () => sign(), attach: () => phone(), sheet: () => phone(), sendSheet: async () => null,
    upload: (one, material, progress) => upload(conversation.session, one, material, progress),
  },
});
const status = new Status({ line: get("owner"), banner: get("banner"), log: stage });
const cards = new StaffCards({
  send: (id, body) => actOnCard(conversation.session, id, body),
  upload: (one, material, progress) => upload(conversation.session, one, material, progress),
  pages: (number) => packagePages(conversation.session, number),
  picture: shownFrom, paper: photographing({ session: () => conversation.session, devices: () => devices }),
  failed: () => conversation?.expired(),
});
const sign = signing({ session: () => conversation.session, case: () => file, told: (words) => stage.addNotice("info", words) });
const call = calling(get("call"), { session: () => conversation.session, cards, speech, idle: () => idle, devices: () => devices, sign });
const panel = {
  get case() {
    return file;
  },
  show(shown) {
    file = shown;
    get("case").hidden = !shown;
    if (!shown) return;
    get("case-name").textContent = shown.guide?.name ?? "";
    get("case-number").textContent = k("kiosk.case", { number: shown.case_no });
    get("case-filled").textContent = k("kiosk.filled", shown);
    Object.assign(get("case-progress"), { max: Math.max(1, shown.total), value: shown.filled });
  },
  note() {},
  refresh() {},
};
const dialogs = new Dialogs({
  wipe, stay: () => idle.seen(), pause: () => tell(said("kiosk.pause.say")), unpause: () => file?.status === "draft" && tell(said("kiosk.unpause.say")),
  session: async () => (await begin()).session,
  opened: (turn) => conversation.took(turn),
  desk: () => begin().then(() => tell(said(DEVICE.place ? "kiosk.attendant_at.say" : "kiosk.attendant.say", DEVICE))),
  here: () => begin().then(() => tell(said("kiosk.help_here.say", DEVICE))),
});
const idle = new Idle({ begins: () => speech.wonder(), count: (left) => dialogs.count(left), over: wipe, back: () => dialogs.counted() }, () => (WAITING.has(status.owner) ? 5 : 1),
  () => ["thinking", "speaking"].includes(speech.told));

const devices = new Devices({
  after: get("ask"), first: get("start-resume"), place: DEVICE.place, session: () => conversation?.session, case: () => file, say, tell,
  turn: (turn) => conversation?.took(turn), attach: (ids, name) => deliver({ attachments: ids }, name),
  upload: (one, material) => upload(conversation.session, one, material, () => {}),
  resume: (number, code) => begin().then(() => dialogs.resume(number, code)), help: () => (DEVICE.place ? dialogs.act.here() : dialogs.act.desk()),
});

const signIn = new PhoneSignIn(get("low"), { session: () => conversation?.session, place: DEVICE.place, say, alive: () => idle.seen() });

const door = new Door({
  state(name) {
    get("door").hidden = name === "off";
    get("door").dataset.state = name;
    if (name !== "off") get("door-words").textContent = k(`kiosk.door_${name}`);
    get("door-mute").textContent = k(door?.muted ? "kiosk.unmute" : "kiosk.mute");
    get("door-mute").setAttribute("aria-pressed", String(Boolean(door?.muted)));
  },
  level: (level) => get("door-level").style.setProperty("--level", Math.min(1, level * 3).toFixed(2)),
  async called({ text, send, language }) {
    speak(language === "en" ? "en" : "zh-CN");
    await begin();
    if (!send) return;
    stage.heard(text, true);
    await speech.there();
    tell(text);
  },
}, () => ({ locale: pageLocale(), ...(DEVICE.region ? { region: DEVICE.region } : {}) }));

const view = {
  log: stage, ask, panel, status, cards, call, deliver: speech.deliver,
  greeted: (replies) => showStarts({ tiles: get("tiles"), also: get("also") }, replies, { say: tell, choose }),
  talking: () => get("starts").setAttribute("hidden", ""),
  showAsk(asked) {
    void devices.show(asked);
    void signIn.asked();
    const papers = asked?.kind === "file";
    get("by-phone").hidden = !papers;
    // A kiosk has no files of hers: papers come from the phone, and whatever else may be answered is touched here.
    const held = ask.holdsFocus || document.activeElement === document.body;
    if (ask.show(papers ? { ...asked, kind: "choice" } : asked) && asked && held && byKeyboard && !document.querySelector("dialog[open]")) ask.focus(true);
  },
  languageChanged: (language) => speak(language),
  caseShown() {},
  arrived() {
    idle.seen();
    speech.wake(); // where an answer comes from, her voice is heard again too
  },
  expired: wipe,
};

/** The words of the page in one language. */
function speak(locale) {
  preference.set("locale", locale);
  setLocale(locale);
  document.documentElement.lang = locale;
  document.title = k("kiosk.title");
  translate(document);
  fill(document);
  typing.reword();
  devices.reword();
  signIn.reword();
  status.reword();
  get("volume-words").textContent = k("kiosk.volume", { level: speech.volumeName });
  for (const button of document.querySelectorAll("[data-locale]")) button.setAttribute("aria-pressed", String(button.dataset.locale === locale));
  speech.on.state(get("sign").dataset.state);
  if (!get("door").hidden) door.on.state(get("door").dataset.state);
  panel.show(file);
}

function screen(name) {
  document.body.dataset.screen = name;
  get("attract").hidden = name !== "attract";
  get("talk").hidden = name !== "talk";
  for (const one of document.querySelectorAll("[data-in-talk]")) one.toggleAttribute("inert", name !== "talk");
}

/** What is wrong and what to do, until it is read. */
function say(words) {
  clearTimeout(problemTimer);
  get("problem").hidden = !words;
  get("problem-words").textContent = words ?? "";
  if (words) problemTimer = setTimeout(() => say(null), 15_000);
}

function deliver(content, text) {
  if (!conversation || conversation.closed) return false;
  speech.hush();
  conversation.send(content, { text });
  return true;
}

function tell(text) {
  return deliver({ text }, text);
}

function choose(value, label) {
  return deliver({ choice: value }, label);
}

/** Twice not understood: what is touched, or read from a card, is shown to her. Devices listen for the same. */
function offer(way) {
  document.dispatchEvent(new CustomEvent("kiosk:offer", { detail: { way } }));
  get("answers").classList.add("offered");
  setTimeout(() => get("answers").classList.remove("offered"), 6_000);
  if (conversation?.lastAsk && !conversation.lastAsk.options?.length) typing.offer();
  speech.point();
}

/** The case on to the phone. A draft is paused first, which tells its resume code; the turn that comes then opens the dialog. */
function phone() {
  if (file?.status === "draft") tell(said("kiosk.pause.say"));
  else dialogs.phone(file?.case_no ?? null, file ? get("replies").textContent : "");
}

/** Somebody is there: the conversation opens, however long the network takes. Resolves to it. */
async function begin() {
  if (conversation && !conversation.closed) return conversation;
  opening += 1;
  const mine = opening;
  screen("talk");
  unwatch?.();
  unwatch = null;
  door.close();
  idle.start();
  status.reset();
  speech.open();
  for (let tries = 0; ; tries += 1) {
    try {
      const opened = await openConversation(pageLocale(), DEVICE.region, "kiosk");
      if (mine !== opening) return new Promise(() => {});
      const session = { id: opened.conversation_id, token: opened.token, locale: pageLocale(), opening: opened.replies ?? [] };
      conversation = new Conversation(session, view);
      // A paused case is on its way to the phone, by whatever door it was paused.
      const shown = stage.turn.bind(stage);
      view.log.turn = (turn) => {
        const fresh = shown(turn);
        if (fresh && turn.status === "paused" && turn.case) dialogs.phone(turn.case.case_no, turn.replies.map((reply) => reply.text).filter(Boolean).join("\n"));
        return fresh;
      };
      view.log.notice = (level, text, data) => {
        stage.addNotice(level, text);
        if (data?.moved && data.moved === file?.case_no) dialogs.taken();
      };
      get("starts").removeAttribute("hidden");
      conversation.start();
      speech.follow(session);
      typing.opened();
      return conversation;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      status.say("open", error.passing ? k("kiosk.open_failed") : error.message);
      await new Promise((done) => { setTimeout(done, (error.retryAfter ?? Math.min(15, 2 ** tries)) * 1000); });
      if (mine !== opening) return new Promise(() => {});
    }
  }
}

/** Everything of hers goes: what is shown, kept and on its way. Then, where the server answers, the whole page is begun anew. */
async function wipe() {
  const talked = document.body.dataset.screen === "talk";
  opening += 1;
  idle.stop();
  speech.close();
  if (conversation) handBack(conversation.session);
  conversation?.close();
  conversation = null;
  delete stage.turn;
  delete stage.notice;
  for (const address of pictures) URL.revokeObjectURL(address);
  pictures.clear();
  dialogs.clear();
  void devices.clear();
  signIn.clear();
  stage.clear();
  ask.forget();
  cards.clear();
  status.reset();
  panel.show(null);
  typing.clear();
  say(null);
  for (const id of ["tiles", "also", "subtitle", "case-name", "case-number"]) get(id).replaceChildren();
  forgetConversation();
  forgetMemory();
  try {
    localStorage.clear();
    sessionStorage.clear();
    performance.clearResourceTimings();
  } catch { /* a browser that stores nothing has nothing to clear */ }
  document.body.classList.toggle("low", DEVICE.low);
  screen("attract");
  speak("zh-CN");
  document.activeElement?.blur();
  watch();
  if (!talked) return;
  figure.state("bow");
  get("gone").textContent = k("kiosk.gone");
  await new Promise((done) => { setTimeout(done, GONE_MS); });
  get("gone").textContent = "";
  if (document.body.dataset.screen === "attract") renew();
}

/** A new page has nothing of the old one; without the server it would be the browser's own page of errors. */
async function renew() {
  try {
    const answer = await fetch("/kiosk", { method: "HEAD", cache: "no-store" });
    if (answer.ok && document.body.dataset.screen === "attract") window.location.reload();
  } catch { /* this one goes on: it was wiped */ }
}

/** Where the machine's address asks for it, the camera is on while nobody is served, and only then. */
async function watch() {
  if (DEVICE.voiceStart && DEVICE.microphone) void door.open();
  if (!DEVICE.presence || unwatch) return;
  unwatch = () => {};
  const stop = await watchForPresence(() => figure.name === "idle" && figure.state("bow"));
  if (document.body.dataset.screen === "attract") unwatch = stop;
  else stop();
}

function low() {
  const on = document.body.classList.toggle("low");
  get("low").setAttribute("aria-pressed", String(on));
  get("low-words").textContent = k(on ? "kiosk.raise" : "kiosk.lower");
}

const press = (id, action) => get(id).addEventListener("click", action);
press("start", begin);
press("start-resume", () => begin().then(() => dialogs.resume()));
press("quiet", () => speech.hush());
press("mute", () => speech.mute(!speech.muted));
press("volume", () => {
  speech.louder();
  get("volume-words").textContent = k("kiosk.volume", { level: speech.volumeName });
});
press("low", low);
press("attendant", () => (DEVICE.place ? dialogs.help(DEVICE.place) : dialogs.act.desk()));
press("door-mute", () => door.mute(!door.muted));
press("phone", phone);
press("by-phone-go", phone);
press("leave", () => dialogs.leave(file?.status === "draft"));
press("problem-close", () => say(null));
for (const button of document.querySelectorAll("[data-locale]")) {
  button.addEventListener("click", () => {
    speak(button.dataset.locale);
    tell(ASK_FOR[button.dataset.locale]);
  });
}
wireGlass({ figure, place: get("figure"), refused: () => say(k("kiosk.no_link")) });
document.addEventListener("keydown", () => { byKeyboard = true; }, true);
document.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
window.addEventListener("offline", () => document.body.dataset.screen === "talk" && status.say("offline", k("kiosk.offline")));
window.addEventListener("online", () => {
  conversation?.wake();
  speech.wake();
});

moreBelow(document.querySelector(".scroll"), get("more"));
drawIcons(document);
speak("zh-CN");
screen("attract");
if (DEVICE.low) low();
fetch("/kiosk/settings", { cache: "no-store" }).then((answer) => answer.json()).then((given) => {
  idle.idle = given.idle_seconds;
  idle.countdown = given.countdown_seconds;
}).catch(() => { /* its own figures do */ });
watch();
