/** The console: puts the three columns together. The server decides; this page shows and asks. */
import { signIn, signOut as leave, wirePassword } from "./account.js";
import { Acting } from "./acting.js";
import { api } from "./api.js";
import { Bookings } from "./bookings.js";
import { Canned } from "./canned.js";
import { Clocks } from "./clocks.js";
import { Composer } from "./composer.js";
import { banner, confirm } from "./frame.js";
import { wireKeys } from "./keys.js";
import { Later } from "./later.js";
import { Lead } from "./lead.js";
import { Live } from "./live.js";
import { Log } from "./log.js";
import { Misread } from "./misread.js";
import { Sound, title, wireTheme } from "./looks.js";
import { Column } from "./packet.js";
import { Passing } from "./passing.js";
import { belongs, linkPlaces } from "./places.js";
import { Queue } from "./queue.js";
import { Ratings } from "./ratings.js";
import { Seat } from "./seat.js";
import { Stuck } from "./stuck.js";
import { Tabs } from "./tabs.js";
import { moment, setNow } from "./time.js";
import { channel, reason, roles } from "./words.js";
import { WrapUp } from "./wrapup.js";

const $ = (id) => document.getElementById(id);

let packet = null;
let first = true;
let had = null;

const sound = new Sound($("sound"));
const misread = new Misread({ done: (text, kind = "good") => banner(text, kind), sessionOver: () => void sessionOver() });
const page = { told: (text, kind = "good") => banner(text, kind), sessionOver: () => void sessionOver() };
const later = new Later();
const lists = [new Stuck(page), new Clocks(page), new Bookings(page), new Ratings(page), later];
const log = new Log({ root: $("log"), scroller: $("scroller"), jump: $("jump"), misread: (said) => { if (packet) void misread.open(packet.conversation_id, said); } });
const queue = new Queue({ waiting: $("waiting"), mine: $("mine"), act: { open, claim, reply: () => composer.focus() } });
const composer = new Composer({ form: $("composer"), box: $("message"), button: $("send"), hint: $("composer-hint"), label: $("message-label"), modes: $("modes"), fail: (error) => failed(error) });
const tabs = new Tabs({ claimed: (id) => queue.asked(id), read: (id, event) => { queue.readElsewhere(id, event); named(); } });
const seat = new Seat({ told: (text) => banner(text, "good"), failed });
const wrapping = new WrapUp({ done: (id, closed) => over(id, closed ? "对话已结束。" : "已交还机器人。"), sessionOver: page.sessionOver });
const passing = new Passing({ done: (id, to) => over(id, `已转给${to}。`), sessionOver: page.sessionOver });
const acting = new Acting({ told: (text) => { page.told(text); log.toEnd(); }, failed, sessionOver: page.sessionOver });
const column = new Column({ put: (text) => composer.add(text), failed, sessionOver: page.sessionOver });
const lead = new Lead({ open, failed, groups: () => seat.desk?.groups ?? [], alarm: (text) => { ring(); banner(text, "info"); } });
const live = new Live({
  news,
  offline: (error) => banner(`${error.message}正在自动重连，没发出的话留在输入框里。`, "offline"),
  online: () => { if ($("banner").dataset.kind === "offline") banner("已重新连上。", "good"); },
  sessionOver,
});

/* ---- who is here ---- */

async function begin() {
  for (;;) {
    try {
      return welcome(await api.me());
    } catch (error) {
      if (error.status === 401) return welcome(await signIn());
      banner(`${error.message}正在自动重连。`, "offline");
      await new Promise((resolve) => { setTimeout(resolve, 2_000); });
    }
  }
}

function welcome(me) {
  if (!belongs(me, "/console/", noRole)) return;
  linkPlaces(me, "/console/", $("tools"));
  if ($("banner").dataset.kind === "offline") banner("");
  document.body.dataset.signed = "in";
  for (const id of ["tools", "desk", "panes"]) $(id).hidden = false;
  $("who").textContent = me.name;
  $("to-messages").hidden = !me.messages;
  $("to-messages").href = me.messages ?? "";
  $("account-line").textContent = `账号 ${me.login} · ${roles(me.roles)}`;
  const hours = me.hours === "24h" ? "全天服务" : `工作日 ${me.hours.replaceAll(",", "、")}`;
  $("desk-state").textContent = me.opens_at ? `非服务时间，${moment(me.opens_at)} 开始 · ${hours}` : `服务中 · ${hours}`;
  $("desk-state").dataset.open = String(!me.opens_at);
  queue.me = me.id;
  lead.allow(me);
  live.start();
  had = null;
  seat.start();
  for (const list of lists) list.start();
}

/** Nothing here is for an account without a role: all it can do is to leave. */
async function noRole() {
  const heading = "您的账号还没有角色";
  while (!(await confirm(heading, "现在什么也看不到。请管理员给您加上角色，再重新登录。", "退出登录"))) { /* there is nothing else */ }
  await leave().catch(failed);
}

/** The session has ended under the page: nothing on it is lost, it goes on after signing in again. */
async function sessionOver() {
  live.stop();
  document.body.dataset.signed = "out";
  welcome(await signIn("登录已过期，请重新登录。页面上的内容和没发出的话都还在。"));
}

async function signOut() {
  menu(false);
  const mine = queue.items.filter((item) => item.state === "claimed" && item.staff_id === queue.me).length;
  if (mine && !(await confirm("退出登录", `您还接待着 ${mine} 个对话。退出后它们会排回原来的位置，由别的工作人员接着接待。`, "退出登录"))) return;
  // A fresh page: the next person must not find what this one was reading
  live.stop();
  await leave().catch(failed);
}

/* ---- news ---- */

function news(updates, opened) {
  setNow(updates.now);
  const come = queue.show(updates.queue.items);
  lead.news(updates.escalated);
  const { waiting } = updates.queue;
  const mine = updates.queue.items.length - waiting;
  for (const [id, count] of [["waiting-count", waiting], ["panes-waiting", waiting], ["mine-count", mine]]) $(id).textContent = count ? String(count) : "";
  $("nobody").hidden = waiting > 0;
  $("none-mine").hidden = mine > 0;
  $("next").disabled = !waiting;
  if (come.length && !first) {
    void later.refresh();
    ring();
    const given = come.filter((id) => queue.find(id)?.state === "claimed").length;
    $("news").textContent = [given ? `分派给您 ${given} 位` : "", come.length - given ? `新来 ${come.length - given} 位` : "", `现在 ${waiting} 位在排队`].filter(Boolean).join("，");
    if (given) banner(`分派给您 ${given} 位申请人，在“我接待的”里。`, "info");
  }
  if (mine !== had) void seat.refresh().catch(() => {});
  had = mine;
  first = false;
  $("desk").setAttribute("aria-busy", "false");
  if (updates.lost && opened) close(updates.lost);
  else if (updates.packet) show(updates.packet);
  named();
}

/** The tab's title counts who waits and who has just been given to me. */
function named() {
  const waiting = queue.items.filter((item) => item.state === "waiting").length;
  title(waiting + queue.arrived, queue.unread);
}

function ring() {
  if (sound.ready && tabs.ring()) sound.play();
}

function show(fresh) {
  const claimed = fresh.mine && !packet?.mine;
  packet = fresh;
  const { case: file } = fresh;
  $("start").hidden = true;
  log.add(fresh.events);
  if (fresh.events.some((event) => event.event === "message" && event.data.from === "citizen") && fresh.mine && document.hidden) ring();
  queue.mark(fresh.conversation_id, fresh.last_event);
  if (!document.hidden) tabs.tell("read", fresh.conversation_id, fresh.last_event);
  if (fresh.noted !== noted) void readNotes(fresh);
  $("talk-title").textContent = file?.guide.name ?? "还没选事项";
  const waits = fresh.state === "waiting";
  const along = !waits && !fresh.mine;
  const how = waits ? "在排队" : fresh.mine ? "由您接待" : fresh.joined ? "您已加入" : "旁观，申请人不知道";
  $("talk-line").textContent = [channel(fresh.channel), reason(fresh.reason), how].join(" · ");
  for (const id of ["release", "transfer", "act-open"]) $(id).hidden = !fresh.mine;
  $("join").hidden = !along || fresh.joined;
  $("part").hidden = !fresh.joined;
  $("take-over").hidden = !along;
  $("claim-bar").hidden = !waits;
  column.show(fresh);
  composer.show(waits ? null : fresh.conversation_id, fresh.mine ? ["say", "note"] : fresh.joined ? ["say", "whisper"] : ["whisper"]);
  if (claimed && wantsToTalk === fresh.conversation_id) composer.focus();
  if (claimed) wantsToTalk = null;
}

let noted = 0;
async function readNotes({ conversation_id: id, noted: count }) {
  noted = count;
  try {
    const list = await api.notes(id);
    if (live.open === id) log.notes(list);
  } catch (error) {
    if (live.open === id) failed(error);
  }
}

/* ---- what the operator does ---- */

let wantsToTalk = null;

function open(id) {
  pane("talk");
  if (live.open === id) return;
  packet = null;
  noted = 0;
  trouble("");
  log.clear();
  composer.show(null);
  queue.mark(id);
  live.follow(id);
}

/** Nothing is open any more; `why` is said where the conversation was. */
function close(why) {
  packet = null;
  live.follow(null);
  log.clear();
  log.add([]);
  queue.mark(null);
  composer.show(null);
  column.close();
  for (const id of ["release", "transfer", "act-open", "join", "part", "take-over", "claim-bar"]) $(id).hidden = true;
  $("start").hidden = false;
  $("talk-title").textContent = "对话";
  $("talk-line").textContent = "";
  trouble("");
  if (why) banner(why, "info");
}

/** Whoever is next for me; the server says who that is. */
async function next() {
  if (!queue.waits) return;
  try {
    const { conversation_id: id } = await api.next();
    if (!id) return banner("现在没有轮到您接待的。", "info");
    mineNow(id);
    wantsToTalk = id;
    open(id);
  } catch (error) {
    failed(error);
  }
}

function mineNow(id) {
  queue.asked(id);
  tabs.tell("claimed", id);
}

async function claim(id) {
  open(id);
  wantsToTalk = id;
  mineNow(id);
  try {
    await api.claim(id);
    if (packet?.mine && packet.conversation_id === id) composer.focus();
  } catch (error) {
    wantsToTalk = null;
    if (error.status === 404 || error.status === 409) {
      close(error.message);
      queue.focus();
    } else failed(error);
  }
}

async function release() {
  if (!packet?.mine) return;
  const id = packet.conversation_id;
  const next = packet.asking ? `交还后，机器人会接着问“${packet.asking}”。` : "交还后，机器人会接着为申请人服务。";
  const unsent = composer.box.value.trim() ? "输入框里还有没发出的话，结束后不会发出。" : "";
  const desk = seat.desk ?? (await seat.refresh().catch(failed));
  if (desk) await wrapping.open(id, `${next}${unsent}`, desk.outcomes);
}

async function passOn() {
  if (!packet?.mine) return;
  const id = packet.conversation_id;
  const desk = await seat.refresh().catch(failed);
  if (desk) passing.open(id, desk);
}

/** Something for her own screen, or an answer to be changed. */
function actWith() {
  if (packet?.mine) void acting.open(packet.conversation_id);
}

/** It is not mine any more, as I wanted. */
function over(id, text) {
  composer.forget(id);
  if (live.open === id) close();
  banner(text, "good");
  pane("queue");
  queue.focus();
}

/** Joining, leaving or taking over what a colleague has. */
async function leading(what) {
  if (!packet || packet.mine || packet.state === "waiting") return;
  const id = packet.conversation_id;
  if (what === "take-over" && !(await confirm("接管这个对话", "接管后由您接待，申请人会看到；原来的同事不能再回复。", "接管"))) return;
  if (what === "take-over") {
    mineNow(id);
    wantsToTalk = id;
  }
  try {
    await api.lead(id, what);
  } catch (error) {
    if (error.status === 404 || error.status === 409) trouble(error.message);
    else failed(error);
  }
}

/* ---- saying what went wrong ---- */

function failed(error) {
  if (error.status === 401) void sessionOver();
  else if (error.status === 404) close(error.message);
  else if (packet) trouble(error.message);
  else banner(error.message, "bad");
}

function trouble(text) {
  $("talk-error").textContent = text;
  $("talk-error").hidden = !text;
}

/* ---- the frame ---- */

function pane(name) {
  document.body.dataset.pane = name;
  for (const button of $("panes").children) button.setAttribute("aria-pressed", String(button.value === name));
}

function go(name) {
  pane(name);
  if (name === "queue") queue.focus(live.open);
  else if (name === "talk" && packet?.mine) composer.focus();
  else $(`${name}-pane`).focus();
}

/** The guide or the package, beside the conversation. */
function read(name) {
  pane("case");
  column.go(name);
}

function menu(opened) {
  $("account-menu").hidden = !opened;
  $("account").setAttribute("aria-expanded", String(opened));
}

const canned = new Canned({ composer, list: $("canned"), failed, then: { wrap_up: () => void release(), transfer: () => void passOn() } });
composer.refused = (text) => {
  const field = canned.open(text);
  return field === null ? "" : `还有“${field}”没有填。请填好，或者删掉，再发送。`;
};
composer.sent = () => {
  trouble("");
  log.toEnd();
  canned.sent();
};
wireTheme($("theme"));
wirePassword({ done: (text) => banner(text, "good"), sessionOver });
wireKeys({
  N: () => void next(),
  ArrowDown: () => queue.move(1), ArrowUp: () => queue.move(-1), J: () => queue.move(1), K: () => queue.move(-1),
  Enter: () => {
    const item = queue.find(live.open);
    if (item?.state === "waiting") void claim(item.conversation_id);
    else composer.focus();
  },
  R: () => { if (packet?.mine) go("talk"); },
  Escape: () => {
    if (!$("account-menu").hidden) {
      menu(false);
      $("account").focus();
    } else if (document.activeElement === $("message")) {
      if (composer.mode === "note") composer.write("say");
      else go("queue");
    }
  },
  H: () => void release(),
  T: () => void passOn(),
  A: actWith,
  B: () => {
    composer.write("note");
    if (packet?.mine) go("talk");
  },
  P: () => void seat.toggle(),
  L: () => void lead.show(),
  1: () => go("queue"), 2: () => go("talk"), 3: () => go("case"), 4: () => read("guide"), 5: () => read("package"),
  M: () => sound.toggle(),
  "?": () => $("keys").showModal(),
});
$("help").addEventListener("click", () => $("keys").showModal());
$("next").addEventListener("click", () => void next());
$("claim").addEventListener("click", () => { if (live.open) void claim(live.open); });
$("release").addEventListener("click", () => void release());
$("act-open").addEventListener("click", actWith);
$("transfer").addEventListener("click", () => void passOn());
for (const what of ["join", "part", "take-over"]) $(what).addEventListener("click", () => void leading(what));
$("sign-out").addEventListener("click", () => void signOut());
$("account").addEventListener("click", () => menu($("account-menu").hidden));
$("password-open").addEventListener("click", () => menu(false));
document.addEventListener("click", (event) => { if (!event.target.closest(".account")) menu(false); });
for (const button of $("panes").children) button.addEventListener("click", () => go(button.value));
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
void begin();
