/** What the server says as what the templates draw: plain data with everything decided, for WXML can decide little. */
const { frameOf } = require("./frame");
const { t } = require("./words");

/** Characters beyond which a row holds a sentence rather than a value. */
const LONG_VALUE = 16;

/**
 * @param {any} reply one of a turn's
 * @returns {any} `{kind, text, …}`; of a kind newer than this mini-program the text, which always makes sense alone
 */
function shownReply(reply) {
  const cites = citations(reply.citations);
  switch (reply.kind) {
    case "choices":
      return { kind: "choices", text: reply.text ?? "", options: reply.options ?? [], cites };
    case "card": {
      const rows = (reply.rows ?? []).map((/** @type {any} */ row) => ({ ...row, long: String(row.value ?? "").length > LONG_VALUE }));
      const actions = reply.actions ?? [];
      // 修改 联系电话 belongs to its row
      const perRow = rows.length > 0 && actions.length === rows.length && actions.every((/** @type {any} */ one, /** @type {number} */ at) => one.label.includes(rows[at].label));
      if (perRow) rows.forEach((/** @type {any} */ row, /** @type {number} */ at) => { row.action = { label: actions[at].label.replace(row.label, "").trim() || actions[at].label, message: actions[at].message }; });
      return { kind: "card", title: reply.title, text: reply.text ?? "", rows, actions: perRow ? [] : actions, cites };
    }
    case "file":
      return { kind: "file", text: reply.text ?? "", name: reply.name, url: reply.url, mediaType: reply.media_type };
    case "notice":
      return { kind: "notice", level: ["info", "warning", "error"].includes(reply.level) ? reply.level : "info", text: reply.text ?? "" };
    default:
      return { kind: "text", text: reply.text ?? "", cites };
  }
}

/** @param {any[] | undefined} list */
function citations(list) {
  if (!list?.length) return null;
  return {
    title: t("citations", { count: list.length }),
    items: list.map((one) => ({ name: [one.title, one.article].filter(Boolean).join(" "), url: one.url ?? "", doubtful: one.verified === false ? t("unverified") : "" })),
  };
}

/**
 * @param {any} ask a turn's, or null
 * @returns {any} with `way`: how it is answered: type, tap, several, yes_no, date, file or table
 */
function shownAsk(ask) {
  if (!ask) return null;
  const value = ask.value;
  const chosen = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
  return {
    ...ask,
    way: wayOf(ask),
    options: (ask.options ?? []).map((/** @type {any} */ one) => ({ ...one, on: chosen.includes(one.value) })),
    yes: labelOf(ask, "yes") ?? t("yes"),
    no: labelOf(ask, "no") ?? t("no"),
    // an old answer is put into the box to be mended; a masked one would be sent masked
    before: typeof value === "string" && !ask.options?.length && !value.includes("*") && !ask.error ? value : "",
    example: ask.options?.length ? "" : ask.example ?? "",
    // her own mobile number, not an agent's: WeChat can tell it where she agrees
    mobile: wayOf(ask) === "type" && /^(phone|.*applicant_phone|mobile)$/.test(ask.field ?? ""),
    frame: wayOf(ask) === "file" ? frameOf(ask.label ?? "") : null,
  };
}

/** @param {any} ask */
function wayOf(ask) {
  if (ask.columns?.length) return "table";
  if (ask.kind === "file") return "file";
  if (ask.kind === "multi") return "several";
  if (ask.kind === "confirm") return "yes_no";
  if (ask.kind === "date") return "date";
  return ask.options?.length ? "tap" : "type";
}

/** @param {any} ask @param {string} value */
function labelOf(ask, value) {
  return ask.options?.find((/** @type {any} */ one) => one.value === value)?.label ?? null;
}

/** @param {any} held a turn's case, or null */
function shownCase(held) {
  if (!held) return null;
  const materials = held.materials ?? [];
  return {
    no: held.case_no, name: held.title ?? held.guide.name, code: held.guide.code, status: held.status,
    line: t("filled", { filled: held.filled, total: held.total }) + (held.prefilled ? t("prefilled", { prefilled: held.prefilled }) : ""),
    percent: held.total ? Math.round((100 * held.filled) / held.total) : 0,
    materials, wanting: materials.filter((/** @type {any} */ one) => one.required && one.status === "missing").length,
    package: held.package, missing: held.missing ?? [],
  };
}

module.exports = { shownReply, shownAsk, shownCase };
