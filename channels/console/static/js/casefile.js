/** The right column: the case as far as it has come. */
import { h } from "/static/chat/js/dom.js";
import { caseStatus, material, source } from "./words.js";

export class CaseFile {
  constructor(root) {
    this.root = root;
    this.drawn = "";
  }

  /** Shows the case, or that there is none. Drawn anew only when it has changed: the operator may be reading it. */
  show(file, asking) {
    const now = JSON.stringify([file, asking]);
    if (now === this.drawn) return;
    this.drawn = now;
    this.root.replaceChildren(...(file ? [this.#head(file, asking), this.#answers(file), this.#missing(file), this.#materials(file), this.#package(file)] : []).filter(Boolean));
  }

  #head(file, asking) {
    const words = `已填 ${file.filled}，共 ${file.total}`;
    return h("div", { class: "case-head" },
      h("p", { class: "case-name" }, h("strong", { text: file.guide.name }), h("span", { class: `chip status ${file.status}`, text: caseStatus(file.status) })),
      h("p", { class: "hint" }, "编号 ", h("code", { text: file.case_no }), h("br"), `指南版本 ${file.guide.version}`),
      h("progress", { max: Math.max(1, file.total), value: file.filled, "aria-label": words }),
      h("p", { class: "hint" }, words, file.prefilled ? `，其中预填 ${file.prefilled}` : ""),
      asking ? h("p", { class: "asking" }, h("span", { text: "机器人正在问" }), h("strong", { text: asking })) : null);
  }

  #answers(file) {
    return section("已填内容", file.fields.length, file.fields.length
      ? h("dl", { class: "answers" }, file.fields.map((field) => h("div", {}, h("dt", { text: field.label }),
        h("dd", {}, h("span", { class: "value", text: field.value }), h("span", { class: `from ${field.source.kind}`, text: source(field.source.kind) })))))
      : h("p", { class: "hint", text: "还没有填。" }));
  }

  #missing(file) {
    if (!file.missing.length) return section("还缺", 0, h("p", { class: "done", text: "该填的都填了。" }));
    return section("还缺", file.missing.length, h("ul", { class: "tags" }, file.missing.map((field) => h("li", { text: field.label }))));
  }

  #materials(file) {
    if (!file.materials.length) return null;
    return section("材料", file.materials.length, h("ul", { class: "materials" }, file.materials.map((one) => h("li", { class: one.status },
      h("span", {}, one.name, one.required ? "" : h("span", { class: "hint", text: "（可不交）" })),
      h("span", { class: "chip", text: material(one.status) }),
      one.due ? h("span", { class: "hint due", text: `${one.due} 前补交` }) : null))));
  }

  #package(file) {
    const pack = file.package;
    return section("材料包", null, pack
      ? h("p", {}, `第 ${pack.version} 版`, h("span", { class: "hint", text: ` SHA-256 ${pack.sha256.slice(0, 12)}…` }))
      : h("p", { class: "hint", text: "还没有做好：申请人核对并确认后生成。" }));
  }
}

function section(title, count, ...children) {
  return h("section", {}, h("h3", {}, title, count === null ? null : h("span", { class: "count", text: String(count) })), children);
}
