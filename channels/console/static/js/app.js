/** The console: puts the three columns together. The server decides; this page shows and asks. */
import { signIn, wirePassword } from "./account.js";
import { api } from "./api.js";
import { CaseFile } from "./casefile.js";
import { Clocks } from "./clocks.js";
import { Composer } from "./composer.js";
import { wireKeys } from "./keys.js";
import { Live } from "./live.js";
import { Log } from "./log.js";
import { Misread } from "./misread.js";
import { Sound, title, wireTheme } from "./looks.js";
import { Queue } from "./queue.js";
import { Ratings } from "./ratings.js";
import { Stuck } from "./stuck.js";
import { moment, setNow } from "./time.js";
import { channel, reason, role } from "./words.js";

const $ = (id) => document.getElementById(id);
const TOLD_MS = 6_000;

let packet = null;
let first = true;

const sound = new Sound($("sound"));
const misread = new Misread({ done: (text, kind = "good") => banner(text, kind), sessionOver: () => void sessionOver() });
const stuck = new Stuck({ told: (text, kind = "good") => banner(text, kind), sessionOver: () => void sessionOver() });
const clocks = new Clocks({ told: (text, kind = "good") => banner(text, kind), sessionOver: () => void sessionOver() });
const ratings = new Ratings({ told: (text, kind = "good") => banner(text, kind), sessionOver: () => void sessionOver() });
const log = new Log({ root: $("log"), scroller: $("scroller"), jump: $("jump"), misread: (said) => { if (packet) void misread.open(packet.conversation_id, said); } });
const casefile = new CaseFile($("case"));
const queue = new Queue({ waiting: $("waiting"), mine: $("mine"), act: { open, claim, reply: () => composer.focus() } });
const composer = new Composer({ form: $("composer"), box: $("message"), button: $("send"), fail: (error) => failed(error) });
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
  if (me.role === "editor" || me.role === "publisher") {
    location.replace("/console/guides/");
    return;
  }
  $("to-guides").hidden = me.role !== "supervisor";
  if ($("banner").dataset.kind === "offline") banner("");
  document.body.dataset.signed = "in";
  for (const id of ["tools", "desk", "panes"]) $(id).hidden = false;
  $("who").textContent = me.name;
  $("account-line").textContent = `账号 ${me.login} · ${role(me.role)}`;
  const hours = me.hours === "24h" ? "全天服务" : `工作日 ${me.hours.replaceAll(",", "、")}`;
  $("desk-state").textContent = me.opens_at ? `非服务时间，${moment(me.opens_at)} 开始 · ${hours}` : `服务中 · ${hours}`;
  $("desk-state").dataset.open = String(!me.opens_at);
  live.start();
  ratings.start();
  clocks.start();
  stuck.start();
}

/** The session has ended under the page: nothing on it is lost, it goes on after signing in again. */
async function sessionOver() {
  live.stop();
  document.body.dataset.signed = "out";
  welcome(await signIn("登录已过期，请重新登录。页面上的内容和没发出的话都还在。"));
}

async function signOut() {
  menu(false);
  const mine = queue.items.filter((item) => item.state === "claimed").length;
  if (mine && !(await confirm("退出登录", `您还接待着 ${mine} 个对话。退出后它们会排回原来的位置，由别的工作人员接着接待。`, "退出登录"))) return;
  try {
    await api.signOut();
  } catch (error) {
    if (error.status !== 401) return failed(error);
  }
  // A fresh page: the next person must not find what this one was reading
  live.stop();
  location.reload();
}

/* ---- news ---- */

function news(updates, opened) {
  setNow(updates.now);
  const come = queue.show(updates.queue.items);
  const { waiting } = updates.queue;
  const mine = updates.queue.items.length - waiting;
  for (const [id, count] of [["waiting-count", waiting], ["panes-waiting", waiting], ["mine-count", mine]]) $(id).textContent = count ? String(count) : "";
  $("nobody").hidden = waiting > 0;
  $("none-mine").hidden = mine > 0;
  $("next").disabled = !waiting;
  if (come.length && !first) {
    sound.play();
    $("news").textContent = `新来 ${come.length} 位，现在 ${waiting} 位在排队`;
  }
  first = false;
  $("desk").setAttribute("aria-busy", "false");
  if (updates.lost && opened) close(updates.lost);
  else if (updates.packet) show(updates.packet);
  title(waiting, queue.unread);
}

function show(fresh) {
  const claimed = fresh.mine && !packet?.mine;
  packet = fresh;
  const { case: file } = fresh;
  $("start").hidden = true;
  log.add(fresh.events);
  if (fresh.events.some((event) => event.event === "message" && event.data.from === "citizen") && fresh.mine && document.hidden) sound.play();
  queue.mark(fresh.conversation_id, fresh.last_event);
  $("talk-title").textContent = file?.guide.name ?? "还没选事项";
  $("talk-line").textContent = [channel(fresh.channel), reason(fresh.reason), fresh.mine ? "由您接待" : "在排队"].join(" · ");
  $("release").hidden = !fresh.mine;
  $("claim-bar").hidden = fresh.mine;
  casefile.show(file, fresh.asking);
  $("no-case").hidden = Boolean(file);
  $("no-case").textContent = "申请人还没有开始办事，没有办件。";
  composer.show(fresh.mine ? fresh.conversation_id : null);
  if (claimed && wantsToTalk === fresh.conversation_id) composer.focus();
  if (claimed) wantsToTalk = null;
}

/* ---- what the operator does ---- */

let wantsToTalk = null;

function open(id) {
  pane("talk");
  if (live.open === id) return;
  packet = null;
  trouble("");
  log.clear();
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
  casefile.show(null);
  for (const id of ["release", "claim-bar"]) $(id).hidden = true;
  $("start").hidden = false;
  $("no-case").hidden = false;
  $("no-case").textContent = "选中对话后，这里显示办件填到哪里、还缺什么。";
  $("talk-title").textContent = "对话";
  $("talk-line").textContent = "";
  trouble("");
  if (why) banner(why, "info");
}

async function claim(id) {
  open(id);
  wantsToTalk = id;
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
  const next = packet.asking ? `机器人会接着问“${packet.asking}”。` : "机器人会接着为申请人服务。";
  const unsent = composer.box.value.trim() ? "输入框里还有没发出的话，交还后不会发出。" : "";
  if (!(await confirm("交还机器人", `${next}${unsent}`, "交还"))) return;
  try {
    await api.release(id);
    composer.forget(id);
    close();
    banner("已交还机器人。", "good");
    pane("queue");
    queue.focus();
  } catch (error) {
    if (error.status === 404 || error.status === 409) close(error.message);
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

let hiding = 0;
function banner(text, kind = "") {
  clearTimeout(hiding);
  $("banner").textContent = text;
  $("banner").dataset.kind = kind;
  $("banner").hidden = !text;
  if (text && kind !== "offline") hiding = setTimeout(() => banner(""), TOLD_MS);
}

function confirm(heading, text, yes) {
  const dialog = $("confirm");
  $("confirm-title").textContent = heading;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }); });
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

function menu(opened) {
  $("account-menu").hidden = !opened;
  $("account").setAttribute("aria-expanded", String(opened));
}

composer.sent = () => {
  trouble("");
  log.toEnd();
};
wireTheme($("theme"));
wirePassword({ done: (text) => banner(text, "good"), sessionOver });
wireKeys({
  N: () => { if (queue.first) void claim(queue.first.conversation_id); },
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
    } else if (document.activeElement === $("message")) go("queue");
  },
  H: () => void release(),
  1: () => go("queue"), 2: () => go("talk"), 3: () => go("case"),
  M: () => sound.toggle(),
  "?": () => $("keys").showModal(),
});
$("help").addEventListener("click", () => $("keys").showModal());
$("next").addEventListener("click", () => { if (queue.first) void claim(queue.first.conversation_id); });
$("claim").addEventListener("click", () => { if (live.open) void claim(live.open); });
$("release").addEventListener("click", () => void release());
$("sign-out").addEventListener("click", () => void signOut());
$("account").addEventListener("click", () => menu($("account-menu").hidden));
$("password-open").addEventListener("click", () => menu(false));
document.addEventListener("click", (event) => { if (!event.target.closest(".account")) menu(false); });
for (const button of $("panes").children) button.addEventListener("click", () => go(button.value));
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
void begin();
