/** Signing in and out, and the password. */
import { api } from "./api.js";

const $ = (id) => document.getElementById(id);

function trouble(place, text) {
  place.textContent = text ?? "";
  place.hidden = !text;
}

/** Puts the way by the organisation's identity provider above the password, if there is one. */
async function offerProvider(form) {
  const ways = await api.ways().catch(() => null);
  if (!ways?.provider || $("sign-in-provider")) return;
  const to = location.pathname.split("/")[2] || "desk";
  const link = Object.assign(document.createElement("a"), { id: "sign-in-provider", className: "button primary", href: `/console/sso/begin?to=${to}`, textContent: `用${ways.provider}登录` });
  const line = Object.assign(document.createElement("p"), { className: "hint", textContent: ways.passwords ? "或者用密码登录：" : "密码只给应急账号用。" });
  const place = Object.assign(document.createElement("div"), { className: "box-buttons" });
  place.append(link);
  form.querySelector("label").before(place, line);
}

/** Signs out here and, where the session began at the identity provider, there; then a fresh page. */
export async function signOut() {
  let next = null;
  try {
    ({ next } = await api.signOut());
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  if (next) location.assign(next);
  else location.reload();
}

/** Asks for login and password until they fit; `why` is said above the form. Resolves with who it is. */
export function signIn(why = "") {
  const [dialog, form] = [$("sign-in"), $("sign-in-form")];
  $("sign-in-text").textContent = why;
  $("sign-in-text").hidden = !why;
  trouble($("sign-in-error"));
  void offerProvider(form);
  if (!dialog.open) dialog.showModal();
  ($("login").value ? $("password") : $("login")).focus();
  return new Promise((resolve) => {
    // There is nothing behind it to go back to
    dialog.oncancel = (event) => event.preventDefault();
    form.onsubmit = async (event) => {
      event.preventDefault();
      const [login, password] = [$("login").value.trim(), $("password").value];
      if (!login || !password) {
        trouble($("sign-in-error"), "请填账号和密码。");
        (login ? $("password") : $("login")).focus();
        return;
      }
      const button = form.querySelector("button");
      button.disabled = true;
      try {
        const me = await api.signIn(login, password);
        $("password").value = "";
        dialog.close();
        resolve(me);
      } catch (error) {
        trouble($("sign-in-error"), error.message);
        $("password").select();
        $("password").focus();
      } finally {
        button.disabled = false;
      }
    };
  });
}

/** Wires the dialog for a new password; `done` says that it worked, `sessionOver` that one has to sign in first. */
export function wirePassword({ done, sessionOver }) {
  const [dialog, form] = [$("password-dialog"), $("password-form")];
  $("password-open").addEventListener("click", () => {
    form.reset();
    trouble($("password-error"));
    dialog.showModal();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fail = (text, id) => {
      trouble($("password-error"), text);
      $(id).focus();
    };
    if (!$("current").value) return fail("请填现在的密码。", "current");
    if (!$("new").value) return fail("请填新密码。", "new");
    if ($("new").value !== $("again").value) return fail("两次输入的新密码不一样，请重新输入。", "again");
    try {
      await api.password($("current").value, $("new").value);
      dialog.close();
      form.reset();
      done("密码已修改，在别处的登录已失效。");
    } catch (error) {
      if (error.status === 401) {
        dialog.close();
        sessionOver();
      } else fail(error.message, error.code === "wrong_password" ? "current" : "new");
    }
  });
}
