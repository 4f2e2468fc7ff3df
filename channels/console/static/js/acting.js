/** Doing something together with the citizen: cards for her own screen, and answers changed while she watches. */
import { h } from "/static/chat/js/dom.js";
import { call } from "./api.js";
import { Ask } from "./dialog.js";
import { material } from "./words.js";

const KINDS = [["upload", "请上传"], ["form", "请填表"], ["edit", "改一项"], ["package", "请确认"]];
const SEND = { upload: "发给申请人", form: "发给申请人", edit: "改好", package: "发给申请人" };
const OTHER = "";
const of = (id) => `/conversations/${encodeURIComponent(id)}`;

export class Acting {
  /** `told(text)` says what was done; `failed(error)` what could not be begun. */
  constructor({ told, failed, sessionOver }) {
    Object.assign(this, { told, failed });
    document.body.append(this.#dialog());
    this.ask = new Ask("act", sessionOver);
    this.ask.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#send();
    });
  }

  async open(id) {
    try {
      this.can = await call("GET", `${of(id)}/acting`);
    } catch (error) {
      return this.failed(error);
    }
    this.id = id;
    this.doubted = null;
    this.#choose(this.can.stage === "open" ? "upload" : "package");
    this.ask.show();
    this.ask.dialog.querySelector('[aria-pressed="true"]').focus();
    return undefined;
  }

  #dialog() {
    this.kinds = h("div", { class: "modes", role: "group", "aria-label": "做什么" }, KINDS.map(([kind, word]) => h("button", {
      type: "button", value: kind, "aria-pressed": "false", text: word, on: { click: () => this.#choose(kind) } })));
    this.body = h("div", { class: "act-body" });
    this.go = h("button", { type: "submit", class: "button primary" });
    const close = h("button", { type: "button", class: "button", text: "取消", on: { click: () => this.ask.dialog.close() } });
    return h("dialog", { class: "box", id: "act", "aria-labelledby": "act-title" }, h("form", { id: "act-form", novalidate: true },
      h("h2", { id: "act-title", text: "和申请人一起办" }), this.kinds, h("p", { class: "field-error", id: "act-error", role: "alert", hidden: true }),
      this.body, h("div", { class: "box-buttons" }, this.go, close)));
  }

  #choose(kind) {
    this.kind = kind;
    this.ask.say("");
    for (const button of this.kinds.children) button.setAttribute("aria-pressed", String(button.value === kind));
    // An answer is changed here, whatever page she is on; cards need a page that shows them
    const why = this.can.fields.length || kind === "upload" ? (kind === "edit" ? null : this.can.why_not) : this.can.why_not ?? "现在没有可以填的项。";
    const shut = why !== null || (kind === "package" && this.can.stage === "open");
    this.body.replaceChildren(...(why ? [h("p", { class: "hint", text: why })] : this[`_${kind}`]()));
    this.go.textContent = SEND[kind];
    this.go.disabled = shut;
  }

  _upload() {
    const options = this.can.materials.map((one) => h("option", { value: one.code, text: `${one.name}（${material(one.status)}）` }));
    const words = h("input", { id: "act-words", maxlength: 60, autocomplete: "off" });
    const other = h("div", {}, h("label", { for: "act-words", text: "要什么（申请人会看到）" }), words, h("p", { class: "hint", text: "不在清单里的，只留在对话里，不进材料包。" }));
    const pick = h("select", { id: "act-material" }, options, h("option", { value: OTHER, text: "其他，自己写" }));
    const change = () => { other.hidden = pick.value !== OTHER; };
    pick.addEventListener("change", change);
    change();
    this.read = () => (pick.value === OTHER ? { label: words.value.trim() } : { material: pick.value });
    return [h("label", { for: "act-material", text: "材料" }), pick, other];
  }

  _form() {
    const boxes = this.can.fields.map((field) => h("input", { type: "checkbox", value: field.field, checked: false }));
    this.read = () => ({ fields: boxes.filter((box) => box.checked).map((box) => box.value) });
    return [h("fieldset", { class: "after act-fields" }, h("legend", { text: "请申请人填哪几项（最多 12 项）" }),
      boxes.map((box, at) => h("label", { class: "check" }, box, ` ${this.can.fields[at].label}`, h("span", { class: "hint", text: ` ${this.can.fields[at].value ?? "还没填"}` }))))];
  }

  _edit() {
    const pick = h("select", { id: "act-field" }, this.can.fields.map((field) => h("option", { value: field.field, text: field.label })));
    const now = h("p", { class: "hint" });
    const place = h("div", {});
    const draw = () => {
      const field = this.can.fields.find((one) => one.field === pick.value);
      now.textContent = field.value === null ? "现在：还没填" : `现在：${field.value}`;
      const { element, value } = control(field);
      place.replaceChildren(element);
      this.read = () => ({ field: field.field, value: value() });
    };
    pick.addEventListener("change", draw);
    draw();
    return [h("label", { for: "act-field", text: "哪一项" }), pick, now, place,
      h("p", { class: "hint", text: "申请人马上会看到改了什么，可以改回去。已经确认过材料的，要请申请人重新确认。" })];
  }

  _package() {
    this.read = () => ({});
    if (this.can.stage === "open") return [h("p", { text: "材料还不齐，申请人还不能确认。还缺：" }), h("ul", { class: "tags" }, this.can.wanting.map((text) => h("li", { text })))];
    return [h("p", { text: this.can.stage === "review" ? "请申请人核对全部内容。确认后生成材料包，再由申请人看过、提交。" : "材料包已经生成。请申请人打开看一遍，由本人提交。" }),
      h("p", { class: "hint", text: "确认和提交只能由申请人本人来做。打开了、确认了，这里都会看到。" })];
  }

  async #send() {
    const { id, kind } = this;
    const said = this.read();
    if (kind === "edit") return this.#edit(id, said);
    if (kind === "form" && !said.fields.length) return this.ask.say("还没有选。请至少选一项。");
    if (kind === "upload" && said.label === "") return this.ask.say("还没有写要什么。");
    if (await this.ask.send(() => call("POST", `${of(id)}/cards`, { body: { kind, ...said } }))) this.told("已发给申请人。");
    return undefined;
  }

  /** What the checks doubt is taken when it is sent once more as it is; what they refuse is said. */
  async #edit(id, { field, value }) {
    if (!value.length) return this.ask.say("还没有填。");
    const same = this.doubted === JSON.stringify([field, value]);
    const done = await this.ask.send(async () => {
      const { errors } = await call("POST", `${of(id)}/fields`, { body: { field, value, insist: same } });
      if (!errors.length) return;
      this.doubted = errors[0].insist ? JSON.stringify([field, value]) : null;
      const more = errors[0].insist ? "核对过没有错，就再按一次“改好”。" : "";
      throw Object.assign(new Error(errors[0].message + more), { status: 422 });
    });
    if (done) this.told("已改好，申请人看到了改了什么。");
    return undefined;
  }
}

/** The control for a new value. */
function control(field) {
  const label = h("label", { for: "act-value", text: "改成" });
  if (field.type === "multi") {
    const boxes = field.options.map((option) => h("input", { type: "checkbox", value: option.value }));
    const element = h("fieldset", { class: "after" }, h("legend", { text: "改成" }), boxes.map((box, at) => h("label", { class: "check" }, box, ` ${field.options[at].label}`)));
    return { element, value: () => boxes.filter((box) => box.checked).map((box) => box.value) };
  }
  if (field.options.length) {
    const select = h("select", { id: "act-value" }, field.options.map((option) => h("option", { value: option.value, text: option.label })));
    return { element: h("div", {}, label, select), value: () => [select.value] };
  }
  const input = h("input", { id: "act-value", type: field.type === "date" ? "date" : "text", autocomplete: "off", maxlength: 4000 });
  return { element: h("div", {}, label, input, field.example ? h("p", { class: "hint", text: `例如：${field.example}` }) : null), value: () => input.value.trim() };
}

const BECAME = {
  upload: { done: "申请人交了文件", declined: "申请人说现在没有这份材料" },
  form: { done: "申请人填好了", declined: "申请人没有填表" },
  edit: { undone: "申请人把改动改了回去" },
  package: { done: "申请人确认并提交了", declined: "申请人没有确认" },
};

/** What became of a card, as parts of a line in the conversation; null where there is nothing to say. */
export function became(card) {
  if (card.opened) return [card.kind === "package" ? "申请人打开了材料" : "申请人打开了卡片"];
  const what = card.kind === "package" && card.state === "open" && card.stage === "submit" ? `申请人确认了全部内容，第 ${card.version} 版材料包已生成` : BECAME[card.kind]?.[card.state];
  if (!what) return null;
  const rows = (card.rows ?? []).map((row) => h("span", { class: "became", text: `${row.label}：${row.value}` }));
  const files = (card.files ?? []).map((file) => h("span", { class: file.ok ? "became" : "doubt", text: [file.name, ...(file.problems ?? [])].join("：") }));
  return [h("strong", { text: what }), ...rows, ...files];
}

/** A card as it was sent, below the words it came with. */
export function sent(card) {
  const what = { upload: "上传卡片", form: "填表卡片", edit: "改了一项", package: "确认卡片" }[card.kind];
  const more = { upload: () => card.label, form: () => card.fields.map((field) => field.label).join("、"), edit: () => `${card.label}：${card.old ?? "没有填"} → ${card.new}`, package: () => card.item }[card.kind];
  return what ? h("p", { class: "sent-card" }, h("span", { class: "chip", text: what }), ` ${more()}`) : null;
}
