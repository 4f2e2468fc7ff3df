/** Past conversations: found by what they were about or what was said in them, opened to be read only. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { begin, failed } from "./frame.js";
import { Log } from "./log.js";
import { recordingsOf } from "./recordings.js";

const $ = (id) => document.getElementById(id);
const FILTERS = ["words", "case_no", "item", "operator", "reason", "since", "until"];
let before = null;
let reading = null;

const log = new Log({ root: $("log"), scroller: $("scroller"), jump: $("jump"), misread: () => {} });

async function show(more = false) {
  const query = new URLSearchParams();
  for (const id of FILTERS) if ($(id).value.trim()) query.set(id, $(id).value.trim());
  if (more) query.set("before", before);
  const found = await call("GET", `/past?${query}`);
  if (!more) $("lines").replaceChildren();
  $("lines").append(...found.items.map(line));
  before = found.before;
  $("more").hidden = before === null;
  $("none").hidden = before !== null || $("lines").children.length > 0;
  // Words are looked for as far back as there was time for: say so, or nothing found would mean more than it does
  const count = $("lines").children.length;
  $("back-to").hidden = !found.back_to;
  if (found.back_to) $("back-to").textContent = `已找到 ${count} 段。找到 ${found.back_to.slice(0, 10)} 为止，更早的还没有找。`;
  $("more").textContent = found.back_to ? "接着往前找" : "更早的";
}

function line(one) {
  const when = one.ended_at.replace("T", " ").slice(0, 16);
  const open = h("button", { type: "button", class: "button small", "aria-haspopup": "dialog", "aria-label": `打开 ${when} ${one.item ?? ""}`, text: "打开" });
  const about = h("td", { text: one.item ?? "没有事项" });
  if (one.line) about.append(h("span", { class: "line", text: `“${one.line}”` }));
  open.addEventListener("click", () => tried(() => read(one, when)));
  return h("tr", {}, h("td", { text: when }), about, [one.case_no ?? "没有", one.reason, one.staff_name ?? "没有人接", one.outcome ?? "没有写"].map((text) => h("td", { text })), h("td", {}, open));
}

async function read(one, when) {
  reading = { id: one.conversation_id, after: 0 };
  log.clear();
  await further();
  $("films").replaceChildren(...await recordingsOf(one.conversation_id, (error) => failed(error, () => {})));
  $("reader-title").textContent = one.item ?? "对话";
  $("reader-line").textContent = [when, one.reason, one.staff_name, one.case_no].filter(Boolean).join(" · ");
  $("reader").showModal();
  $("scroller").scrollTop = 0;
  $("reader-title").focus();
}

async function further() {
  const { events, last_event: last, more } = await call("GET", `/past/${encodeURIComponent(reading.id)}?after=${reading.after}`);
  reading.after = last;
  // Only read here: what was misread is put right while one has the conversation
  log.add(events.map((event) => ({ ...event, data: { ...event.data, read: null } })));
  $("reader-more").hidden = !more;
}

async function first() {
  const { items, reasons, all } = await call("GET", "/past/choices");
  for (const [id, list] of [["item", items.map(({ code, name }) => [code, name])], ["reason", Object.entries(reasons)]]) {
    $(id).append(...list.map(([value, text]) => h("option", { value, text })));
  }
  $("operator").closest("label").hidden = !all;
  if (!all) $("scope").append("您可以看自己接待过的对话，到您接待结束为止。");
  await show();
}

const tried = (work) => void work().catch((error) => failed(error, work));
$("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  tried(() => show());
});
$("more").addEventListener("click", () => tried(() => show(true)));
$("reader-more").addEventListener("click", () => tried(further));
$("reader").addEventListener("close", () => $("films").replaceChildren()); // what was playing stops
void begin("/console/past/", () => first().catch((error) => failed(error, first)));
