/** Who changed a file, when and why; from here one compares and goes back. */
import { h } from "/static/chat/js/dom.js";
import { moment } from "../time.js";
import { state, trouble } from "./words.js";

const $ = (id) => document.getElementById(id);
const OLDER = ["published", "replaced", "found"];

export function showHistory({ revisions, may_write: mayWrite }, { compare, back }) {
  const told = revisions.filter((one) => one.state !== "draft");
  $("no-history").hidden = told.length > 0;
  $("history").replaceChildren(...told.map((one) => h("li", {},
    h("p", { class: "what", text: `${moment(one.published_at ?? one.decided_at ?? one.updated_at)} · ${state(one.state)}${one.served ? "（现在用的）" : ""}` }),
    h("p", { text: one.state === "found" ? "在这里动手改以前，文件夹里的内容。" : one.note }),
    one.author ? h("p", { class: "hint", text: people(one) }) : null,
    h("div", { class: "doors" },
      one.author ? h("button", { type: "button", class: "button", text: "改了什么", on: { click: () => compare(one.base || "served", one.id) } }) : null,
      one.served ? null : h("button", { type: "button", class: "button", text: "和现在的比", on: { click: () => compare(one.id, "served") } }),
      mayWrite && OLDER.includes(one.state) && !one.served ? h("button", { type: "button", class: "button", text: "退回到这一版", on: { click: () => back(one) } }) : null))));
}

function people(one) {
  const parts = [`${one.author} 编写`];
  if (one.reviewer) parts.push(`${one.reviewer} ${one.state === "returned" ? "退回" : "审核"}${one.answer ? `：${one.answer}` : ""}`);
  if (one.effective) parts.push(`定在 ${one.effective} 发布`);
  if (one.trouble) parts.push(trouble(one.trouble));
  return parts.join(" · ");
}
