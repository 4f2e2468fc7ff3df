/**
 * One card for a table: a row a person, vehicle or the like, a field a cell. It answers with lines of words, as somebody would
 * who types them, so the server reads both alike: the headings first, cells apart by tabs.
 */
import { h, icon, nextId } from "./dom.js";
import { t } from "./strings.js";

/** More rows at once would take a slow phone seconds to draw; a longer table is better sent as a sheet. */
const MOST_ROWS = 300;

export class TableAnswer {
  /** `act` = {say(text), sheet(field, button), sendSheet(file)}; `busy()` says whether an answer is under way. */
  constructor({ ask, act, label, busy }) {
    Object.assign(this, { ask, act, label, busy });
    this.columns = ask.columns;
    this.body = h("div", { class: "cells" });
    const rows = Array.isArray(ask.value) && ask.value.length ? ask.value : [{}];
    for (const row of rows.slice(0, MOST_ROWS)) this.#add(row);
    this.element = this.#build();
  }

  #build() {
    this.problem = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), h("span"));
    this.picker = h("input", { type: "file", hidden: true, accept: ".xlsx" });
    this.picker.addEventListener("change", () => {
      const [file] = this.picker.files;
      this.picker.value = "";
      if (file && !this.busy()) this.act.sendSheet(file);
    });
    const sheet = h("button", { type: "button", class: "link" }, icon("download"), t("table.sheet"));
    sheet.addEventListener("click", () => this.act.sheet(this.ask.field, sheet));
    const form = h("form", { class: "control table-answer", novalidate: true },
      this.body,
      h("div", { class: "table-tools" },
        h("button", { type: "button", class: "button small", text: t("table.add"), on: { click: () => this.#add({}, true) } }),
        h("details", { class: "table-file" }, h("summary", { text: t("table.excel") }),
          h("div", { class: "drop-row" }, sheet, this.picker,
            h("button", { type: "button", class: "link", on: { click: () => this.picker.click() } }, icon("upload"), t("table.send_sheet"))))),
      this.problem,
      h("div", { class: "go" }, h("span", { class: "hint", text: t("table.hint") }),
        h("button", { type: "submit", class: "button primary", text: t("table.done") })));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    form.addEventListener("paste", (event) => this.#paste(event));
    return form;
  }

  #add(values, focus = false) {
    if (this.body.children.length >= MOST_ROWS) return null;
    const title = nextId("row");
    const cells = this.columns.map((column) => this.#cell(column, values[column.field]));
    const remove = h("button", { type: "button", class: "link remove" }, icon("cross"), h("span", { text: t("table.remove") }));
    const row = h("fieldset", { class: "cells-row" }, h("legend", { id: title }), cells, remove);
    remove.addEventListener("click", () => this.#remove(row));
    remove.setAttribute("aria-describedby", title);
    this.body.append(row);
    this.#number();
    if (focus) {
      row.querySelector("input, select").focus();
      row.scrollIntoView({ block: "nearest" });
    }
    return row;
  }

  #cell(column, value) {
    const id = nextId("cell");
    const text = value === null || value === undefined ? "" : String(value);
    let input;
    if (column.options?.length) {
      input = h("select", { id }, h("option", { value: "", text: t("table.choose") }),
        column.options.map((option) => h("option", { value: option.label, selected: option.value === text || option.label === text, text: option.label })));
    } else {
      input = h("input", { id, type: column.kind === "date" ? "date" : "text", autocomplete: "off", inputmode: column.kind === "number" ? "decimal" : null,
        placeholder: column.kind === "date" ? null : column.example ?? null });
      input.value = text;
    }
    input.dataset.column = column.field;
    input.addEventListener("input", () => {
      input.removeAttribute("aria-invalid");
      this.#say("");
    });
    return h("div", { class: "cell" },
      h("label", { for: id }, column.label, column.optional ? h("span", { class: "hint", text: ` ${t("ask.optional")}` }) : null), input);
  }

  #remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    if (!next) this.#add({});
    row.remove();
    this.#number();
    (next ?? this.body.firstElementChild).querySelector("input, select").focus();
  }

  #number() {
    [...this.body.children].forEach((row, index) => { row.querySelector("legend").textContent = t("table.row", { number: index + 1 }); });
  }

  /** Cells copied from a sheet fill this row and the ones below it. */
  #paste(event) {
    const words = event.clipboardData?.getData("text/plain") ?? "";
    const at = event.target.closest?.("[data-column]");
    if (!at || !/[\t\n]/.test(words.trim())) return;
    event.preventDefault();
    let row = at.closest(".cells-row");
    const first = this.columns.findIndex((column) => column.field === at.dataset.column);
    const labels = new Set(this.columns.map((column) => column.label));
    const lines = words.split(/\r?\n/).filter((line) => line.trim());
    if (lines.length > 1 && lines[0].split("\t").every((cell) => labels.has(cell.trim()))) lines.shift();
    for (const line of lines) {
      row ??= this.#add({});
      if (!row) break;
      line.split("\t").forEach((cell, index) => this.#fill(row, this.columns[first + index], cell.trim()));
      row = row.nextElementSibling;
    }
  }

  #fill(row, column, text) {
    const input = column && row.querySelector(`[data-column="${CSS.escape(column.field)}"]`);
    if (!input) return;
    if (input.tagName === "SELECT" && ![...input.options].some((option) => option.value === text)) return;
    input.value = text;
  }

  #say(words) {
    this.problem.hidden = !words;
    this.problem.lastChild.textContent = words;
  }

  #send() {
    if (this.busy()) return;
    const rows = [...this.body.children].map((row) => this.columns.map((column) => row.querySelector(`[data-column="${CSS.escape(column.field)}"]`)));
    const filled = rows.filter((cells) => cells.some((input) => input.value.trim()));
    // What a column needs may depend on another cell of its row: only the first, which says whom the row is about, is sure.
    const empty = filled.map((cells) => cells[0]).find((input, index) => !this.columns[0].optional && !filled[index][0].value.trim());
    if (!filled.length || empty) {
      const wanted = empty ?? rows[0][0];
      wanted.setAttribute("aria-invalid", "true");
      wanted.focus();
      this.#say(t("table.empty", { label: this.columns[0].label }));
      return;
    }
    const clean = (words) => words.replace(/[\t\n]+/g, " ").trim();
    const lines = filled.map((cells) => cells.map((input) => clean(input.value)).join("\t"));
    this.act.say([this.columns.map((column) => column.label).join("\t"), ...lines].join("\n"));
  }
}
