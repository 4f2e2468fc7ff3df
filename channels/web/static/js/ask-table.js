/**
 * One card for a table: a row a person, vehicle or the like, a field a cell. It answers with lines of words, as somebody would
 * who types them, so the server reads both alike: the headings first, cells apart by tabs.
 */
import { LIMIT } from "./composer.js";
import { h, icon, nextId } from "./dom.js";
import { length } from "./format.js";
import { t } from "./strings.js";

/** More rows at once would take a slow phone seconds to draw; a longer table is better sent as a sheet. */
const MOST_ROWS = 300;

export class TableAnswer {
  /** `act` = {say(text), sheet(field, button), sendSheet(file, onProgress)}; `busy()` says whether an answer is under way. */
  constructor({ ask, act, label, error, busy }) {
    Object.assign(this, { ask, act, label, error, busy });
    this.columns = ask.columns;
    this.body = h("div", { class: "cells" });
    this.element = this.#build();
    const rows = Array.isArray(ask.value) && ask.value.length ? ask.value : [{}];
    for (const row of rows.slice(0, MOST_ROWS)) this.#add(row);
  }

  #build() {
    this.problem = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), h("span"));
    this.news = h("p", { class: "hint", role: "status" });
    this.picker = h("input", { type: "file", hidden: true, accept: ".xlsx" });
    this.picker.addEventListener("change", () => {
      const [file] = this.picker.files;
      this.picker.value = "";
      if (file && !this.busy()) this.#sheet(file);
    });
    const sheet = h("button", { type: "button", class: "link" }, icon("download"), t("table.sheet"));
    sheet.addEventListener("click", () => this.act.sheet(this.ask.field, sheet));
    this.file = h("details", { class: "table-file" }, h("summary", { text: t("table.excel") }),
      h("div", { class: "drop-row" }, sheet, this.picker,
        h("button", { type: "button", class: "link", on: { click: () => this.picker.click() } }, icon("upload"), t("table.send_sheet"))));
    this.done = h("button", { type: "submit", class: "button primary", text: t("table.done") });
    const form = h("form", { class: "control table-answer", novalidate: true, "aria-labelledby": this.label, "aria-describedby": this.error ?? null },
      this.body,
      h("div", { class: "table-tools" },
        h("button", { type: "button", class: "button small", text: t("table.add"), on: { click: () => this.#add({}, true) } }),
        this.file),
      h("div", { class: "go" }, this.problem, this.news, h("span", { class: "hint", text: t("table.hint") }), this.done));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    form.addEventListener("paste", (event) => this.#paste(event));
    form.addEventListener("keydown", (event) => this.#enter(event));
    return form;
  }

  /** Enter goes to the next cell, as in a sheet; what is half filled in must not be sent by it. */
  #enter(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches?.("[data-column]")) return;
    event.preventDefault();
    const cells = [...this.body.querySelectorAll("[data-column]")];
    (cells[cells.indexOf(event.target) + 1] ?? this.done).focus();
  }

  /** A filled sheet on its way, told as it goes. */
  async #sheet(file) {
    this.#say("");
    const problem = await this.act.sendSheet(file, (part) => {
      this.news.textContent = part < 1 ? t("file.uploading", { percent: Math.round(part * 100) }) : t("file.checking");
    });
    this.news.textContent = "";
    if (problem) this.#say(problem);
  }

  #add(values, focus = false) {
    if (this.body.children.length >= MOST_ROWS) {
      this.#say(t("table.full", { count: MOST_ROWS }));
      return null;
    }
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
        placeholder: column.kind === "date" || !column.example ? null : t("ask.example", { example: column.example }) });
      input.value = text;
    }
    input.dataset.column = column.field;
    input.addEventListener("input", () => {
      input.removeAttribute("aria-invalid");
      this.news.textContent = "";
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
    let filled = 0;
    const strange = [];
    for (const line of lines) {
      row ??= this.#add({});
      if (!row) break;
      line.split("\t").forEach((cell, index) => {
        const input = this.#fill(row, this.columns[first + index], cell.trim());
        if (input) strange.push(input);
      });
      row = row.nextElementSibling;
      filled += 1;
    }
    this.news.textContent = t("table.pasted", { count: filled });
    if (!strange.length) return;
    for (const input of strange) input.setAttribute("aria-invalid", "true");
    strange[0].focus();
    this.#say(t("table.strange", { count: strange.length }));
  }

  /** Puts a pasted text into its cell; gives the cell back where it is none of what the cell may hold. */
  #fill(row, column, text) {
    const input = column && row.querySelector(`[data-column="${CSS.escape(column.field)}"]`);
    if (!input || !text) return null;
    if (input.tagName === "SELECT") {
      const options = [...input.options].filter((option) => option.value);
      const near = options.filter((option) => option.value.startsWith(text) || text.startsWith(option.value));
      const found = options.find((option) => option.value === text) ?? (near.length === 1 ? near[0] : null);
      if (found) input.value = found.value;
      return found ? null : input;
    }
    if (input.type === "date") {
      const day = /^(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})\D?$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
      input.value = day ? `${day[1]}-${day[2].padStart(2, "0")}-${day[3].padStart(2, "0")}` : "";
      return input.value ? null : input;
    }
    input.value = text;
    return null;
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
    const answer = [this.columns.map((column) => column.label).join("\t"), ...lines].join("\n");
    if (length(answer) <= LIMIT) {
      this.act.say(answer);
      return;
    }
    // One message holds so much; a sheet holds more.
    this.file.open = true;
    this.#say(t("table.too_long"));
  }
}
