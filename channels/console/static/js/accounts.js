/** Accounts: who may sign in, with which roles. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { banner, begin, confirm, failed } from "./frame.js";
import { role, roles } from "./words.js";

const $ = (id) => document.getElementById(id);
const at = (login) => `/accounts/${encodeURIComponent(login)}`;
let known = { items: [], roles: [], provider: null };
let editing = null;

async function show() {
  known = await call("GET", "/accounts");
  $("list-count").textContent = String(known.items.length);
  $("lines").replaceChildren(...known.items.map(line));
}

function line(one) {
  const act = (text, work) => h("button", { type: "button", class: "button small", "aria-label": `${one.login}：${text}`, text, on: { click: () => void work() } });
  const state = one.active ? (one.present ? "在线" : "离线") : "停用";
  return h("tr", { class: one.active ? "" : "closed" },
    h("td", {}, h("b", { text: one.login }), one.subject ? h("div", { class: "hint", text: `${known.provider ?? "身份认证"}：${one.subject}` }) : null),
    h("td", {}, one.name, one.email ? h("div", { class: "hint", text: one.email }) : null), h("td", { text: roles(one.roles) }), h("td", { text: state }),
    h("td", {}, h("div", { class: "acts" },
      act("修改", () => edit(one)),
      act("重设密码", () => reset(one)),
      one.present ? act("退出登录", () => change(one, "退出登录", "这个账号在各处的登录马上失效，正在接待的对话回到队列。", () => call("POST", `${at(one.login)}/sign-out`))) : null,
      one.active
        ? act("停用", () => change(one, "停用", "马上退出登录，正在接待的对话回到队列。以后可以恢复。", () => call("PUT", at(one.login), { body: { active: false } })))
        : act("恢复", () => change(one, "恢复", "恢复以后，用原来的密码登录。", () => call("PUT", at(one.login), { body: { active: true } }))))));
}

async function change(one, what, text, work) {
  if (!(await confirm(`${what} ${one.login}`, text, what))) return;
  try {
    await work();
    banner(`${one.login}：已${what}。`);
    await show();
  } catch (error) {
    await failed(error, show);
  }
}

async function reset(one) {
  if (!(await confirm(`重设 ${one.login} 的密码`, "原来的密码和登录马上失效。", "重设密码"))) return;
  try {
    told(await call("POST", `${at(one.login)}/password`));
  } catch (error) {
    await failed(error, show);
  }
}

function told({ login, password }) {
  $("told-login").textContent = login;
  $("told-password").textContent = password;
  $("told").addEventListener("close", () => { $("told-password").textContent = ""; }, { once: true });
  $("told").showModal();
}

/** Opens the form: for an account there is, or a new one. */
function edit(one) {
  editing = one;
  $("edit-title").textContent = one ? `修改 ${one.login}` : "添加账号";
  $("edit-login-box").hidden = Boolean(one);
  $("edit-login").value = "";
  $("edit-name").value = one?.name ?? "";
  $("edit-email").value = one?.email ?? "";
  $("edit-roles").replaceChildren(...known.roles.map((code) => h("label", { class: "check" },
    h("input", { type: "checkbox", value: code, checked: Boolean(one?.roles.includes(code)), disabled: Boolean(one?.mine) }), role(code))));
  $("edit-roles-hint").textContent = one?.mine ? "自己的角色不能自己改，请另一位管理员来改。" : "换角色以后，这个账号马上退出登录。";
  $("edit-subject-box").hidden = !one || !known.provider;
  $("edit-subject-label").textContent = `${known.provider ?? ""}的编号`;
  $("edit-subject").value = one?.subject ?? "";
  trouble("");
  $("edit").showModal();
}

async function save(event) {
  event.preventDefault();
  const given = [...$("edit-roles").querySelectorAll("input:checked")].map((box) => box.value);
  const name = $("edit-name").value.trim();
  const email = $("edit-email").value.trim();
  try {
    if (editing) {
      const body = {};
      if (name !== editing.name) body.name = name;
      if (email !== (editing.email ?? "")) body.email = email;
      if (!editing.mine && String(given) !== String(editing.roles)) body.roles = given;
      if (known.provider && $("edit-subject").value.trim() !== (editing.subject ?? "")) body.subject = $("edit-subject").value.trim();
      await call("PUT", at(editing.login), { body });
      $("edit").close();
      banner(`${editing.login}：已保存。`);
    } else {
      const made = await call("POST", "/accounts", { body: { login: $("edit-login").value.trim(), name, roles: given, email } });
      $("edit").close();
      told(made);
    }
    await show();
  } catch (error) {
    if (error.status === 401) $("edit").close();
    if (error.status === 401) await failed(error, show);
    else trouble(error.message);
  }
}

function trouble(text) {
  $("edit-error").textContent = text;
  $("edit-error").hidden = !text;
}

$("new-open").addEventListener("click", () => edit(null));
$("edit-form").addEventListener("submit", (event) => void save(event));
void begin("/console/accounts/", () => show().catch((error) => failed(error, show)));
