/** Questions as controls of a form: rows of a table, a card staff sent, several questions at once. What is filled in goes out as words. */
const { t } = require("./words");

/**
 * @typedef {{ field: string, label: string, way: "type" | "number" | "pick" | "several" | "day", labels: string[], at: number, on: Record<string, boolean>, value: string, example: string, optional: boolean, error: string }} Control
 */

/** @param {any} asked a column, a field of a card or of a guide @param {any} [present] its value @returns {Control} */
function control(asked, present = null) {
  const kind = asked.kind ?? asked.type;
  const options = (asked.options ?? []).filter((/** @type {any} */ one) => one.offered !== false);
  const labels = options.length ? options.map((/** @type {any} */ one) => one.label) : kind === "yes_no" ? [t("yes"), t("no")] : [];
  const value = wordsOf(options, present);
  return {
    field: asked.field ?? asked.key, label: asked.label, labels, value, at: labels.indexOf(value), on: {},
    way: kind === "multi" ? "several" : labels.length ? "pick" : kind === "date" ? "day" : ["number", "integer", "amount", "area"].includes(kind) ? "number" : "type",
    example: kind === "date" ? "" : asked.example ?? "", optional: Boolean(asked.optional), error: "",
  };
}

/** @param {any[]} options @param {any} present */
function wordsOf(options, present) {
  if (present === null || present === undefined) return "";
  return options.find((one) => one.value === present)?.label ?? String(present);
}

/** A control after she touched it. @param {Control} held @param {any} given words, the place of a picked option, or of one that is ticked */
function changed(held, given) {
  if (held.way === "pick") return { ...held, at: given, value: held.labels[given] ?? "", error: "" };
  if (held.way !== "several") return { ...held, value: given, error: "" };
  /** @type {Record<string, boolean>} */
  const on = { ...held.on, [given]: !held.on[given] };
  return { ...held, on, value: held.labels.filter((_, at) => on[at]).join("、"), error: "" };
}

const clean = (/** @type {string} */ words) => words.replace(/[\t\n]+/g, " ").trim();

/**
 * A whole table as the API takes it: the headings first, cells apart by tabs.
 * @param {any[]} columns @param {Control[][]} rows @returns {{ text: string, problem: string }} one of them is empty
 */
function tableText(columns, rows) {
  const filled = rows.filter((cells) => cells.some((one) => one.value.trim()));
  const [first] = columns;
  // what a column needs may depend on another cell: only the first, which says whom the row is about, is sure
  if (!filled.length || (!first.optional && filled.some((cells) => !cells[0].value.trim()))) return { text: "", problem: t("table_empty", { label: first.label }) };
  const lines = [columns.map((one) => one.label), ...filled.map((cells) => cells.map((one) => clean(one.value)))];
  const text = lines.map((cells) => cells.join("\t")).join("\n");
  return text.length <= 4000 ? { text, problem: "" } : { text: "", problem: t("table_long") };
}

/** Several answers at once, a line each; empty where nothing was filled in. @param {Control[]} controls */
function linesText(controls) {
  return controls.filter((one) => one.value.trim()).map((one) => `${one.label}：${clean(one.value)}`).join("\n");
}

/** More would be a wall of questions, and longer than a message may be. */
const MOST = 12;

/** The questions still open that a form can ask together: none where that would not help. @param {any} held `lib/shown`'s case @param {any} ask @param {any[]} fields of its guide */
function together(held, ask, fields) {
  const known = new Map(fields.map((one) => [one.key, one]));
  return held.missing.map((/** @type {any} */ one) => ({ ...known.get(one.field), ...one })).filter((/** @type {any} */ one) => one.type && one.type !== "table").slice(0, MOST);
}

/** Whether a form of several questions helps. @param {any} held @param {any} ask */
function canFill(held, ask) {
  return Boolean(held && ask && !ask.columns?.length && held.missing.length >= 3 && held.missing.some((/** @type {any} */ one) => one.field === ask.field));
}

module.exports = { control, changed, tableText, linesText, together, canFill };
