/** The audit chain: what happened, by whom, to what; and whether anything was changed in it. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { begin, failed } from "./frame.js";

const $ = (id) => document.getElementById(id);
const PATIENCE_MS = 120_000;
let before = null;

function asked() {
  const query = new URLSearchParams();
  for (const id of ["subject", "actor", "action", "since", "until"]) if ($(id).value.trim()) query.set(id, $(id).value.trim());
  return query;
}

async function show(more = false) {
  const query = asked();
  if (more) query.set("before", String(before));
  const found = await call("GET", `/audit?${query}`);
  if (!more) $("lines").replaceChildren();
  $("lines").append(...found.items.map((one) => h("tr", {},
    h("td", { text: String(one.seq) }), h("td", { text: one.at.replace("T", " ").slice(0, 19) }), h("td", { text: one.actor_login ?? one.actor }),
    h("td", { text: one.action }), h("td", { text: one.subject_login ?? one.subject }),
    h("td", { title: one.hash, text: Object.entries(one.detail).map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join("，") }))));
  before = found.before;
  $("more").hidden = before === null;
  $("none").hidden = $("lines").children.length > 0;
}

async function verify() {
  $("verify").disabled = true;
  $("verified").textContent = "正在核对……";
  try {
    const { ok, entries, first_bad: bad, head } = await call("GET", "/audit/verify", { patience: PATIENCE_MS });
    $("verified").textContent = ok ? `核对完了：${entries} 条，一条不差。末条的校验值：${head}` : `第 ${bad} 条接不上，从这里开始不能相信。前面 ${entries} 条没有问题。`;
  } catch (error) {
    $("verified").textContent = "没有核对成。";
    await failed(error);
  } finally {
    $("verify").disabled = false;
  }
}

const tried = (work) => void work().catch((error) => failed(error, work));
$("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  tried(() => show());
});
$("more").addEventListener("click", () => tried(() => show(true)));
$("verify").addEventListener("click", () => void verify());
void begin("/console/audit/", () => show().catch((error) => failed(error, show)));
