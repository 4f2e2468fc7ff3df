/** The guide editor: signing in, and which of the three views is shown. The address says what is open, so a reload comes back to it. */
import { signIn, signOut as leave, wirePassword } from "../account.js";
import { api } from "../api.js";
import { wireTheme } from "../looks.js";
import { belongs, linkPlaces } from "../places.js";
import { roles } from "../words.js";
import { guides } from "./api.js";
import { FileView } from "./file.js";
import { List } from "./list.js";
import { Review } from "./review.js";

const $ = (id) => document.getElementById(id);
const TOLD_MS = 6_000;
let me = null;

const told = (text, kind = "good") => banner(text, kind);
const list = new List();
const file = new FileView({ told, failed, ask: confirm });
const review = new Review({ told, failed });

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

function welcome(who) {
  if (!belongs(who, "/console/guides/", () => location.replace("/console/"))) return;
  me = who;
  if ($("banner").dataset.kind === "offline") banner("");
  document.body.dataset.signed = "in";
  for (const id of ["tools", "main"]) $(id).hidden = false;
  linkPlaces(who, "/console/guides/", $("tools"));
  $("who").textContent = who.name;
  $("account-line").textContent = `账号 ${who.login} · ${roles(who.roles)}`;
  void route();
}

/** The session has ended under the page: what was written stays on it. */
async function sessionOver() {
  document.body.dataset.signed = "out";
  me = await signIn("登录已过期，请重新登录。您写的都还在。");
  document.body.dataset.signed = "in";
  banner("已重新登录，请再保存一次。", "good");
}

function failed(error) {
  if (error.status === 401) void sessionOver();
  else banner(error.message, error.offline ? "offline" : "bad");
}

/* ---- where we are ---- */

async function route() {
  const [one, two, three] = decodeURIComponent(location.hash).replace(/^#\/?/, "").split("/");
  const view = one === "review" && two ? "review" : one && two ? "file" : "list";
  if (document.body.dataset.view === "file" && file.where) file.leave();
  try {
    if (view === "file") await file.open(me.login, { code: one, place: two }, Number(three) || 0);
    else if (view === "review") await review.open(me, two);
    else list.show(await guides.list());
    document.body.dataset.view = view;
    $("main").scrollTop = 0;
    const head = { list: "list-title", file: "file-title", review: "review-title" }[view];
    document.title = `${view === "list" ? "" : `${$(head).textContent} · `}办事指南 · 办到`;
    if (!(view === "file" && three)) $(head).focus();
    else file.paper.go(Number(three));
  } catch (error) {
    failed(error);
    if (error.status === 404 && view !== "list") location.hash = "#/";
  }
}

/* ---- saying and asking ---- */

let hiding = 0;
function banner(text, kind = "") {
  clearTimeout(hiding);
  $("banner").textContent = text;
  $("banner").dataset.kind = kind;
  $("banner").hidden = !text;
  if (text) hiding = setTimeout(() => banner(""), TOLD_MS);
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

async function newGuide(event) {
  event.preventDefault();
  const [code, name] = [$("new-code").value.trim(), $("new-name").value.trim()];
  const trouble = (text, id) => {
    $("new-error").textContent = text;
    $("new-error").hidden = false;
    $(id).focus();
  };
  if (name.length < 2) return trouble("请写事项名称。", "new-name");
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(code)) return trouble("代号要用小写字母开头，只用小写字母、数字和短横线。", "new-code");
  try {
    const { text } = await guides.begin(code, name);
    await guides.keep({ code, place: "main" }, { text, note: "新写一份", effective: null, base: "", saves: null });
    $("new-guide").close();
    location.hash = `#/${code}/main`;
  } catch (error) {
    if (error.status === 401) failed(error);
    else trouble(error.message, "new-code");
  }
  return undefined;
}

async function signOut() {
  if (file.where) file.leave();
  await leave().catch(failed);
}

function menu(opened) {
  $("account-menu").hidden = !opened;
  $("account").setAttribute("aria-expanded", String(opened));
}

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]") || document.body.dataset.view !== "file") return;
  if (event.key === "F8") {
    event.preventDefault();
    file.paper.step(!event.shiftKey);
  } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
    event.preventDefault();
    void file.save();
  }
});
window.addEventListener("hashchange", () => void route());
window.addEventListener("beforeunload", () => { if (file.where) file.leave(); });
wireTheme($("theme"));
wirePassword({ done: (text) => banner(text, "good"), sessionOver });
$("new-open").addEventListener("click", () => {
  $("new-form").reset();
  $("new-error").hidden = true;
  $("new-guide").showModal();
});
$("new-form").addEventListener("submit", (event) => void newGuide(event));
$("sign-out").addEventListener("click", () => void signOut());
$("account").addEventListener("click", () => menu($("account-menu").hidden));
$("password-open").addEventListener("click", () => menu(false));
document.addEventListener("click", (event) => { if (!event.target.closest(".account")) menu(false); });
for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
void begin();
