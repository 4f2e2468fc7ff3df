/** Alarms of misuse: looked at here, and marked as seen. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { begin, failed } from "./frame.js";

const $ = (id) => document.getElementById(id);
let before = null;
const when = (text) => (text ? text.replace("T", " ").slice(0, 19) : "");
const tried = (work) => void work().catch((error) => failed(error, work));

function line(one) {
  const seen = one.seen_at
    ? h("td", { text: `${one.seen_by ?? ""} ${when(one.seen_at)}`.trim() })
    : h("td", {}, h("button", { type: "button", class: "button", text: "看过了", on: { click: () => tried(() => mark(one)) } }));
  return h("tr", {},
    h("td", { text: when(one.last_at) }), h("td", { text: when(one.began_at) }), h("td", { text: one.kind }), h("td", { text: one.address }),
    h("td", { text: String(one.tries) }), h("td", { text: one.slowed_until ? when(one.slowed_until) : "没有放慢" }), seen);
}

async function mark(one) {
  await call("POST", `/misuse/${encodeURIComponent(one.id)}/seen`);
  await show();
}

async function show(more = false) {
  const found = await call("GET", `/misuse${more ? `?before=${encodeURIComponent(before)}` : ""}`);
  if (!more) $("lines").replaceChildren();
  $("lines").append(...found.items.map(line));
  before = found.before;
  $("more").hidden = before === null;
  $("none").hidden = $("lines").children.length > 0;
}

$("more").addEventListener("click", () => tried(() => show(true)));
void begin("/console/misuse/", () => show().catch((error) => failed(error, show)));
