/** Each kind of reply as elements. What a press does is handed in as `act`, so this module decides nothing. */
import { h, hidden, icon, nextId, webAddress } from "./dom.js";
import { length } from "./format.js";
import { guidesAddress, locale } from "./prefs.js";
import { t } from "./strings.js";

/** Characters beyond which a row holds a sentence rather than a value: bold would only make it harder to read. */
const LONG_VALUE = 24;
/** Public telephone numbers in a text: five digits, and the three of an emergency where the words say to call. */
const NUMBERS = /(?<![\d.,])(?:12\d{3}|95\d{3})(?![\d.,]*\d|[元个人户平号%])|(?<=(?:打|拨|或者?|call|or) ?)(?:110|119|120)(?!\d|[元个人天日年米平号%])/g;

/**
 * Elements for one reply. `act` = {say(text), choose(value, label), download(url, name)};
 * `withOptions` is false when the answer panel already shows the same options; `guide` is the item the turn is about.
 */
export function renderReply(reply, act, withOptions = true, guide = null) {
  switch (reply.kind) {
    case "choices": return choices(reply, act, withOptions);
    case "card": return card(reply, act, guide);
    case "file": return file(reply, act);
    case "notice": return notice(reply.level, reply.text);
    // `text`, and any kind newer than this page: the contract promises that `text` makes sense alone.
    default: return text(reply);
  }
}

function text(reply) {
  return h("div", { class: "bubble" }, h("p", { class: "say" }, ...callable(reply.text ?? "")), citations(reply.citations));
}

/** The text with its telephone numbers to be pressed. */
function callable(words) {
  const parts = [];
  let from = 0;
  for (const found of words.matchAll(NUMBERS)) {
    parts.push(words.slice(from, found.index), h("a", { class: "call", href: `tel:${found[0]}` }, found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, words.slice(from)].filter((part) => part !== "");
}

function choices(reply, act, withOptions) {
  const bubble = h("div", { class: "bubble" }, h("p", { class: "say", text: reply.text ?? "" }), citations(reply.citations));
  if (!withOptions || !reply.options?.length) return bubble;
  const group = h("div", { class: "options", role: "group", "aria-label": reply.text ?? "", data: { live: "" } });
  for (const option of reply.options) {
    const button = h("button", { type: "button", class: "option", text: option.label });
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", "true");
      act.choose(option.value, option.label);
    });
    group.append(button);
  }
  return h("div", { class: "stack" }, bubble, group);
}

function card(reply, act, guide) {
  const title = nextId("card");
  const rows = reply.rows ?? [];
  const actions = reply.actions ?? [];
  // 修改 联系电话 belongs to its row; one action under a card of one row is still the card's
  const perRow = rows.length > 0 && actions.length === rows.length && actions.every((action, index) => action.label.includes(rows[index].label));
  const list = h("dl", { class: "rows" });
  rows.forEach((row, index) => {
    const source = row.source ? h("span", { class: "chip" }, hidden(t("reply.source", { source: "" })), row.source) : null;
    list.append(h("div", { class: "row" }, h("dt", { text: row.label }),
      h("dd", {}, h("span", { class: "value-line" }, h("span", { class: length(row.value ?? "") > LONG_VALUE ? "value long" : "value", text: row.value }), source),
        perRow ? actionLink(actions[index], row.label, act) : null)));
  });
  return h("section", { class: "card", "aria-labelledby": title },
    h("h3", { id: title, text: reply.title }),
    reply.text ? h("p", { class: "say" }, ...callable(reply.text)) : null,
    rows.length ? list : null,
    !perRow && actions.length ? h("div", { class: "card-actions" }, actions.map((action) => actionButton(action, act)), wholeGuide(reply, guide)) : null,
    citations(reply.citations));
}

/** A card that answers about an item leads to its page. Its title says which, unless it is in other characters than the name. */
function wholeGuide(reply, guide) {
  if (!guide || !reply.citations?.length || (locale() === "zh-CN" && !reply.title.includes(guide.name))) return null;
  return h("a", { class: "link", href: guidesAddress(`/${guide.code}`), text: t("reply.whole_guide") });
}

function actionButton(action, act) {
  return h("button", { type: "button", class: "button small", text: action.label, on: { click: () => act.say(action.message) } });
}

/** A row's own action: the row's label is heard with it, or ten links would all be called 修改. */
function actionLink(action, rowLabel, act) {
  const verb = action.label.replace(rowLabel, "").trim() || action.label;
  return h("button", { type: "button", class: "link", on: { click: () => act.say(action.message) } }, verb, hidden(rowLabel));
}

function file(reply, act) {
  const button = h("button", { type: "button", class: "file-get" }, icon("file"),
    h("span", { class: "file-name", text: reply.name }), h("span", { class: "file-verb" }, icon("download"), t("reply.download")));
  button.addEventListener("click", () => act.download(reply.url, reply.name, button));
  return h("div", { class: "file-box" }, reply.text ? h("p", { class: "say", text: reply.text }) : null, button);
}

const LEVELS = { info: "info", warning: "warning", error: "error" };

export function notice(level, message) {
  const known = LEVELS[level] ?? "info";
  return h("div", { class: `notice ${known}` }, icon(known),
    h("p", { class: "say" }, h("strong", { text: `${t(`notice.${known}`)} ` }), message ?? ""));
}

function citations(list) {
  if (!list?.length) return null;
  const doubtful = list.some((citation) => citation.verified === false);
  return h("details", { class: "cites" },
    h("summary", {}, icon("quote"), t("reply.citations", { count: list.length }), doubtful ? unverified() : null),
    h("ul", {}, list.map(citation)));
}

function citation(source) {
  const name = [source.title, source.article].filter(Boolean).join(" ");
  const address = source.url ? webAddress(source.url) : null;
  const words = address
    ? h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, name, hidden(t("reply.open_link")))
    : h("span", { text: name });
  return h("li", {}, words, source.verified === false ? unverified() : null);
}

function unverified() {
  return h("span", { class: "chip warn", text: t("reply.unverified") });
}
