/** What the console's smaller pages share: who is here, the account's menu, the banner, asking back. */
import { signIn, signOut, wirePassword } from "./account.js";
import { api } from "./api.js";
import { wireTheme } from "./looks.js";
import { belongs, linkPlaces } from "./places.js";
import { roles } from "./words.js";

const $ = (id) => document.getElementById(id);
const TOLD_MS = 6_000;

let hiding = 0;
export function banner(text, kind = "good") {
  clearTimeout(hiding);
  $("banner").textContent = text;
  $("banner").dataset.kind = kind;
  $("banner").hidden = !text;
  if (text && kind !== "offline") hiding = setTimeout(() => banner(""), TOLD_MS);
}

export function confirm(heading, text, yes) {
  const dialog = $("confirm");
  $("confirm-title").textContent = heading;
  $("confirm-text").textContent = text;
  $("confirm-yes").textContent = yes;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => { dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }); });
}

/** Says what went wrong; who is no longer signed in is asked to, and `again` is done after that. */
export async function failed(error, again) {
  if (error.status !== 401) return banner(error.message, error.offline ? "offline" : "bad");
  await signIn("登录已过期，请重新登录。");
  return again?.();
}

/** Begins the page at this path: `show` once somebody is signed in who may see it. */
export async function begin(here, show) {
  wireTheme($("theme"));
  wirePassword({ done: (text) => banner(text), sessionOver: () => location.reload() });
  const menu = (opened) => {
    $("account-menu").hidden = !opened;
    $("account").setAttribute("aria-expanded", String(opened));
  };
  $("sign-out").addEventListener("click", () => void signOut().catch(failed));
  $("account").addEventListener("click", () => menu($("account-menu").hidden));
  $("password-open").addEventListener("click", () => menu(false));
  document.addEventListener("click", (event) => { if (!event.target.closest(".account")) menu(false); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") menu(false); });
  for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => button.closest("dialog").close());
  let me = null;
  while (!me) {
    try {
      me = await api.me();
    } catch (error) {
      if (error.status === 401) me = await signIn();
      else {
        banner(`${error.message}正在自动重连。`, "offline");
        await new Promise((resolve) => { setTimeout(resolve, 2_000); });
      }
    }
  }
  if (!belongs(me, here, () => location.replace("/console/"))) return;
  linkPlaces(me, here, $("tools"));
  banner("");
  document.body.dataset.signed = "in";
  for (const id of ["tools", "main"]) $(id).hidden = false;
  $("who").textContent = me.name;
  $("account-line").textContent = `账号 ${me.login} · ${roles(me.roles)}`;
  await show(me);
}
