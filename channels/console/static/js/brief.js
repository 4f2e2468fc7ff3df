/** The parts of the packet, each drawn from what the server says; what pressing does is the column's to say. */
import { h, webAddress } from "/static/chat/js/dom.js";
import { moment } from "./time.js";
import { caseStatus, channel, kind, material, mood, reason, source } from "./words.js";

const LANGUAGES = { "zh-CN": "", "zh-Hant": "用繁体字", en: "用英文" };
/** Characters: about four lines of the column. */
const LONG = 90;
const FEW = 2;
const LEVELS = { normal: ["green", ""], yellow: ["yellow", "快到期"], red: ["red", "马上到期"], overdue: ["red", "已过期"] };

function section(title, count, ...children) {
  return h("section", {}, h("h3", {}, title, count === null ? null : h("span", { class: "count", text: String(count) })), children);
}

/** What it is about, how far it is, and all of it in a few sentences. */
export function head({ file, brief }) {
  const name = file?.guide.name ?? brief.item?.name ?? "还没选事项";
  const words = file ? `已填 ${file.filled}，共 ${file.total}` : "";
  return h("div", { class: "case-head" },
    h("p", { class: "case-name" }, h("strong", { text: name }), file ? h("span", { class: `chip status ${file.status}`, text: caseStatus(file.status) }) : null),
    brief.item ? h("p", { class: "hint" }, file ? ["编号 ", h("code", { text: file.case_no }), h("br")] : null, `指南版本 ${brief.item.version}`) : null,
    file ? h("progress", { max: Math.max(1, file.total), value: file.filled, "aria-label": words }) : null,
    h("p", { class: "summary", text: brief.summary }),
    h("p", { class: "moods" }, h("span", { class: `chip mood ${brief.mood}`, text: mood(brief.mood) }), h("span", { class: "chip", text: reason(brief.reason) })));
}

/** A value with a button that shows it whole, or masks it again. `peek` = {may, whole (a Map), open, hide}. */
function value(key, label, masked, peek) {
  const whole = peek.whole.get(key);
  const shown = h("span", { class: "value", text: whole ?? masked });
  if (whole !== undefined) return [shown, h("button", { type: "button", class: "peek", data: { keep: key }, "aria-label": `遮住${label}`, text: "遮住", on: { click: () => peek.hide(key) } })];
  if (!peek.may) return [shown];
  return [shown, h("button", { type: "button", class: "peek", data: { keep: key }, "aria-haspopup": "dialog", "aria-label": `看全文：${label}`, text: "看全文", on: { click: () => peek.open(key, label) } })];
}

/** Who she is, as far as anybody vouches for it, and the call or appointment she came for. */
export function who({ brief, peek }) {
  const signed = brief.identity === "verified";
  const rows = [
    signed ? ["姓名", value("identity", "姓名", brief.name, peek)] : null,
    signed ? ["身份证号", value("identity_number", "身份证号", brief.id_number, peek)] : null,
    brief.promise ? [kind(brief.promise.kind), [h("span", { class: "value", text: moment(brief.promise.at) })]] : null,
    brief.promise?.number ? ["回电号码", number(brief.promise.number, peek)] : null,
  ].filter(Boolean);
  return section("申请人", null,
    h("p", {}, h("span", { class: `chip ${signed ? "sure" : ""}`, text: signed ? "已实名登录" : "没有实名登录" }),
      h("span", { class: "hint", text: [` ${channel(brief.channel)}`, LANGUAGES[brief.locale]].filter(Boolean).join(" · ") }),
      signed ? null : h("span", { class: "hint", text: " · 身份是申请人自己说的" })),
    rows.length ? h("dl", { class: "answers" }, rows.map(([label, parts]) => h("div", {}, h("dt", { text: label }), h("dd", {}, parts)))) : null);
}

function number(masked, peek) {
  const whole = peek.whole.get("contact");
  if (whole !== undefined) return [h("a", { class: "value", href: `tel:${whole}`, text: whole })];
  const shown = h("span", { class: "value", text: masked });
  return peek.may ? [shown, h("button", { type: "button", class: "peek", data: { keep: "contact" }, "aria-label": "看号码：回电号码", text: "看号码", on: { click: () => peek.call() } })] : [shown];
}

export function deadlines({ list }) {
  if (!list.length) return null;
  return section("期限", list.length, h("ul", { class: "dues" }, list.map((one) => {
    const [level, word] = LEVELS[one.level] ?? LEVELS.normal;
    return h("li", {}, h("p", { class: "due-line" }, h("span", { class: "limit", data: { level }, text: [one.date, word].filter(Boolean).join(" ") }), h("strong", { text: one.label })),
      h("p", { class: "hint", text: one.text.startsWith(`${one.label}：`) ? one.text.slice(one.label.length + 1) : one.text }));
  })));
}

/** What could be answered; `put` writes it into the box and never sends it. */
export function suggestions({ list, put }) {
  if (!list.length) return null;
  return section("可以这样答", list.length, h("ol", { class: "ideas" }, list.map((one, index) => h("li", {},
    h("p", { class: "idea-about", text: one.about }),
    answer(one, index),
    put ? h("button", { type: "button", class: "button small", data: { keep: `idea-${index}` }, "aria-label": `放进输入框：${one.about}`, text: "放进输入框", on: { click: () => put(one.text) } }) : null))));
}

/** An answer with its sources; where that is long, its beginning, and all of it when asked. */
function answer({ about, text, citations }, index) {
  const sources = citations.length ? ["来源：", ...citations.flatMap((cited, at) => [at ? "；" : null, source_(cited)])] : ["来源：指南的问题"];
  const words = h("div", { id: `idea-text-${index}` }, h("p", { class: "idea", text }), h("p", { class: "hint sources" }, sources));
  if (text.length <= LONG && citations.length <= FEW) return words;
  words.classList.add("folded");
  const button = h("button", { type: "button", class: "unfold", data: { keep: `unfold-${index}` }, "aria-expanded": "false", "aria-controls": words.id, "aria-label": `展开：${about}`, text: "展开" });
  button.addEventListener("click", () => {
    const folded = words.classList.toggle("folded");
    button.setAttribute("aria-expanded", String(!folded));
    button.textContent = folded ? "展开" : "收起";
    button.setAttribute("aria-label", `${button.textContent}：${about}`);
  });
  // A source reached by keyboard is to be seen whole
  words.addEventListener("focusin", ({ target }) => { if (words.classList.contains("folded") && target.matches(":focus-visible")) button.click(); });
  return [words, button];
}

function source_({ title, article, url, verified }) {
  const words = [`《${title}》`, article ?? "", verified ? "" : "（未核实）"].join("");
  const address = url ? webAddress(url) : null;
  return address ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer", text: words }) : words;
}

export function filled({ rows, prefilled, peek }) {
  return section("已填内容", rows.length, prefilled ? h("p", { class: "hint", text: `其中预填 ${prefilled} 项` }) : null, rows.length
    ? h("dl", { class: "answers" }, rows.map((row) => h("div", { data: { field: row.field } }, h("dt", { text: row.label }),
      h("dd", {}, row.masked ? value(row.field, row.label, row.value, peek) : h("span", { class: "value", text: row.value }), h("span", { class: `from ${row.source.kind}`, text: source(row.source.kind) })))))
    : h("p", { class: "hint", text: "还没有填。" }));
}

export function missing({ list }) {
  if (!list.length) return section("还缺", 0, h("p", { class: "done", text: "该填的都填了。" }));
  return section("还缺", list.length, h("ul", { class: "tags" }, list.map((one) => h("li", { text: one.label }))));
}

/** Papers with what they are and, in small, what they look like; `look(file)` opens one to be read. */
export function materials({ list, small, look }) {
  if (!list.length) return null;
  return section("材料", list.length, h("ul", { class: "materials" }, list.map((one) => h("li", { class: one.status },
    h("span", {}, one.name, one.required ? "" : h("span", { class: "hint", text: "（可不交）" })),
    h("span", { class: "chip", text: material(one.status) }),
    one.due ? h("span", { class: "hint due", text: `${one.due} 前补交` }) : null,
    one.files.length ? h("ul", { class: "files" }, one.files.map((file) => paper(file, small, look))) : null))));
}

function paper(file, small, look) {
  const doubts = file.checks.filter((check) => !check.ok).map((check) => h("span", { class: "doubt", text: check.message }));
  const pictured = file.media_type === "application/pdf" || file.media_type.startsWith("image/");
  const named = h("span", { class: "file-name" }, file.name, h("span", { class: "hint", text: pictured ? ` 共 ${file.pages} 页` : " 没有预览" }), doubts);
  if (!pictured) return h("li", {}, named);
  return h("li", {}, h("button", { type: "button", class: "sheet", data: { keep: file.id }, "aria-label": `看${file.name}`, on: { click: () => look(file) } }, thumb(small(file))), named);
}

/** A small picture; where it cannot be drawn, words instead. */
export function thumb(src) {
  const image = h("img", { src, alt: "", width: 60, loading: "lazy" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "hint", text: "看" })), { once: true });
  return image;
}

export function packed({ pack, open }) {
  return section("材料包", null, pack
    ? h("p", {}, `第 ${pack.version} 版 `, h("button", { type: "button", class: "button small", data: { keep: "pack" }, text: "看材料包", on: { click: open } }))
    : h("p", { class: "hint", text: "还没有做好：申请人核对并确认后生成。" }));
}
