/** 代办: a case begun for a citizen with her consent, answered for her, handed over to her own device. The server decides who may what. */
import { h } from "/static/chat/js/dom.js";
import { call, token } from "./api.js";
import { caseStatus } from "./words.js";

const STATES = { filling: "填写中", handed: "等她本人打开", expired: "链接过期，请重新给", locked: "输错五次已锁，请重新给", opened: "等她本人确认", ended: "已结束代办" };
const WAITS = new Set(["draft", "ready"]);
const body = h("div", {});
const wrong = h("p", { class: "field-error", role: "alert", hidden: true });
const dialog = h("dialog", { class: "box", "aria-labelledby": "assisted-title" },
  h("h2", { id: "assisted-title", text: "代办" }), wrong, body,
  h("div", { class: "box-buttons" }, h("button", { type: "button", class: "button", text: "关闭", on: { click: () => dialog.close() } })));
const opener = h("button", { type: "button", class: "tool", id: "assisted-open", "aria-haspopup": "dialog", text: "代办", on: { click: () => { dialog.showModal(); void act(list); } } });
document.body.append(dialog);
document.getElementById("tools").prepend(opener);

const button = (text, work, kind = "") => h("button", { type: "button", class: `button small ${kind}`, text, on: { click: () => void act(work) } });
const put = (path, given) => call("POST", `/assisted${path}`, { body: given, patience: 60_000 });
const show = (...parts) => body.replaceChildren(...parts.filter(Boolean));
const state = (one) => (one.state === "opened" && !WAITS.has(one.case_status) ? `她已确认：${caseStatus(one.case_status)}` : STATES[one.state]);

async function act(work) {
  wrong.hidden = true;
  try {
    await work();
  } catch (error) {
    if (error.status === undefined) throw error;
    wrong.textContent = error.message;
    wrong.hidden = false;
  }
}

async function list() {
  const held = await call("GET", "/assisted");
  show(
    h("p", {}, button("开始一件代办", start, "primary")),
    h("ul", { class: "plain" }, held.map((one) => h("li", {}, `${one.item} · ${state(one)} `, button("打开", () => open(one.conversation_id))))),
    !held.length && h("p", { class: "hint", text: "还没有代办的件。" }));
}

function start() {
  const words = h("input", { id: "assisted-item", maxlength: 80 });
  const found = h("div", {});
  const look = async () => {
    const answer = await fetch(`/api/v1/search?limit=5&q=${encodeURIComponent(words.value)}`);
    const { items } = await answer.json();
    found.replaceChildren(...items.map((one) => button(one.name, () => consent(one))));
  };
  show(h("label", { for: "assisted-item", text: "要办什么事" }), words, button("查找", look, "primary"), found);
  words.focus();
}

function consent(item) {
  const pick = (id, label, options) => [h("label", { for: id, text: label }), h("select", { id }, options.map(([value, text]) => h("option", { value, text })))];
  const box = (id, label) => h("label", { class: "check", for: id }, h("input", { id, type: "checkbox" }), label);
  const $ = (id) => document.getElementById(id);
  const words = h("p", { class: "quote", role: "status" });
  const read = async () => {
    const query = new URLSearchParams({ item: item.code, lookup: $("assisted-lookup").checked, sms: $("assisted-sms").checked });
    ({ words: words.textContent } = await call("GET", `/assisted/words?${query}`));
    $("assisted-agreed").checked = false;
  };
  const begin = async () => {
    const phone = $("assisted-phone").value.trim();
    const made = await put("", {
      item: item.code, channel: $("assisted-channel").value, given: $("assisted-given").value, agreed: $("assisted-agreed").checked,
      lookup: $("assisted-lookup").checked, sms: $("assisted-sms").checked, ...(phone ? { phone } : {}),
    });
    await open(made.conversation_id);
  };
  show(
    h("h3", { text: item.name }),
    ...pick("assisted-channel", "在哪里", [["counter", "窗口"], ["phone", "电话"]]),
    ...pick("assisted-given", "怎样同意", [["oral", "口头"], ["written", "书面"], ["scan", "扫码"]]),
    box("assisted-lookup", "同意查询登记信息"), box("assisted-sms", "同意收短信"),
    h("label", { for: "assisted-phone", text: "手机号（可以不填）" }), h("input", { id: "assisted-phone", inputmode: "tel", maxlength: 11 }),
    h("h3", { text: "读给申请人听" }), words, box("assisted-agreed", "已经读给申请人听，申请人同意"), button("开始", begin, "primary"));
  for (const id of ["assisted-lookup", "assisted-sms"]) $(id).addEventListener("change", () => void act(read));
  void act(read);
}

async function open(id) {
  const one = await call("GET", `/assisted/${id}`);
  const say = async (what) => { await put(`/${id}/messages`, { client_message_id: crypto.randomUUID(), ...what }); await open(id); };
  const text = h("input", { id: "assisted-text", maxlength: 4000, autocomplete: "off" });
  const file = h("input", { id: "assisted-file", type: "file" });
  const upload = async () => {
    if (!file.files.length) return;
    const form = new FormData();
    form.append("file", file.files[0]);
    if (one.ask?.material) form.append("material", one.ask.material);
    const answer = await fetch(`/console/api/assisted/${id}/uploads`, { method: "POST", headers: { "X-CSRF-Token": token() }, body: form });
    const made = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(made.detail), { status: answer.status });
    await say({ attachments: [made.upload_id] });
  };
  const hers = one.ask && ["review", "submit"].includes(one.ask.field);
  const options = hers ? [] : one.ask?.options ?? [];
  const open_ = one.state !== "opened" && one.state !== "ended";
  show(
    h("p", { role: "status" }, h("strong", { text: one.item }), ` · ${state(one)} · 已填 ${one.filled}/${one.total}`),
    open_ && h("div", { class: "quote" }, one.replies.filter((reply) => reply.text).map((reply) => h("p", { text: reply.text }))),
    open_ && one.ask && h("p", {}, h("strong", { text: one.ask.label })),
    open_ && hers && h("p", { class: "hint", text: "这一步只能由她本人确认。要改哪一项，直接写；都对，请按“交给本人”。" }),
    open_ && h("div", {}, options.map((option) => button(option.label, () => say({ choice: option.value })))),
    open_ && h("p", {}, h("label", { for: "assisted-text", text: "代她回答" }), text, button("发送", () => say({ text: text.value }), "primary")),
    open_ && h("p", {}, h("label", { for: "assisted-file", text: "扫描的材料" }), file, button("上传", upload)),
    open_ && h("p", {}, button("交给本人", () => handOver(id, one), "primary"), button("她不要代办了", () => ending(id))),
    h("p", {}, button("回到列表", list)));
}

async function handOver(id, one, tail = null) {
  let link;
  try {
    link = await put(`/${id}/link`, { ...(tail ? { tail } : {}), sms: one.sms });
  } catch (error) {
    if (error.code !== "tail_needed") throw error;
    const box = h("input", { id: "assisted-tail", maxlength: 4 });
    return show(h("label", { for: "assisted-tail", text: error.message }), box, button("交给本人", () => handOver(id, one, box.value.trim()), "primary"));
  }
  show(
    h("p", { text: "请申请人用手机扫码，输入证件号码的后四位，核对后由她本人确认。没有手机的，在大厅的申请人屏幕上打开下面的网址。" }),
    qr(link.qr), h("p", { class: "quote", text: link.url }), link.sent && h("p", { text: "短信马上发出。" }),
    h("p", {}, button("看她办到哪里", () => open(id)), button("回到列表", list)));
}

function ending(id) {
  const end = (keep) => async () => {
    const ended = await put(`/${id}/end`, { keep });
    show(h("p", { role: "status", text: ended.resume_code ? `代办已结束。请把办件编号 ${ended.case_no} 和恢复码 ${ended.resume_code} 交给申请人。` : "代办已结束，填写的内容已删除。" }), button("回到列表", list));
  };
  show(h("p", { text: "填好的内容怎么办，请申请人决定。" }), button("留给她自己接着办", end(true)), button("全部删除", end(false)), button("返回", () => open(id)));
}

function qr(rows) {
  const at = 6, border = 4, size = (rows.length + 2 * border) * at;
  const canvas = h("canvas", { width: size, height: size, role: "img", "aria-label": "打开办件的二维码" });
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = "#000";
  rows.forEach((row, y) => [...row].forEach((cell, x) => { if (cell === "1") pen.fillRect((x + border) * at, (y + border) * at, at, at); }));
  return canvas;
}
