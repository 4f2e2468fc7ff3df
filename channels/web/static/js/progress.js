/**
 * The progress page: finds a key to the case (the open conversation's, one kept for this tab, or by the proof), shows how far it
 * is, and follows its changes. Every sentence comes from the server in the reader's language; here they only get their places.
 */
import { ApiError, caseEventsPath, openConversation, openViewing, timeline, urgeCase } from "./api.js";
import { h, hidden, icon } from "./dom.js";
import { EventStream } from "./events.js";
import { dateTime, due as dayOf } from "./format.js";
import { keepViewing, session as conversation, viewing } from "./store.js";
import { setLocale } from "./strings.js";

const get = (id) => document.getElementById(id);
const words = get("words").dataset;
const locale = document.documentElement.lang;
const REFRESH_MS = 30 * 60_000;
setLocale(locale);

let held = null;
let stream = null;
let shown = null;

/** Keys that may open a case, the surest first: the tab's own, then the conversation this browser has open. */
function keys(number) {
  return [viewing(number), conversation.get()?.token].filter(Boolean).map((token) => ({ token }));
}

/** A line above the view; empty takes it away. */
function say(text) {
  get("line").textContent = text;
  get("line").hidden = !text;
}

async function open(number) {
  for (const key of keys(number)) {
    try {
      const answer = await timeline(key, number, locale);
      show(number, key, answer);
      return;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.passing) say(error.message);
    }
  }
  ask("");
}

/** Asks for the proof; `problem` says why it was not taken, or why it is needed again. */
function ask(problem) {
  stream?.stop();
  get("view").hidden = true;
  get("proof").hidden = false;
  get("proof-error").textContent = problem;
  get("proof-error").hidden = !problem;
  const field = [get("number"), get("tail")].find((one) => !one.value) ?? get("code");
  field.focus();
}

async function prove(event) {
  event.preventDefault();
  const [number, tail, code] = ["number", "tail", "code"].map((id) => get(id).value.replace(/[\s-]+/g, "").toUpperCase());
  if (!number || !code) {
    ask(words.incomplete);
    return;
  }
  const button = get("see");
  button.disabled = true;
  try {
    const here = await openConversation(locale);
    const { token, timeline: answer } = await openViewing({ token: here.token }, number, tail + code);
    keepViewing(number, token);
    get("code").value = "";
    const address = new URL(window.location.href);
    address.searchParams.set("case", number);
    window.history.replaceState(null, "", address);
    show(number, { token }, answer);
    get("progress-title").focus();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    ask(error.message);
  } finally {
    button.disabled = false;
  }
}

function show(number, key, answer) {
  held = { number, key };
  get("proof").hidden = true;
  get("view").hidden = false;
  say("");
  draw(answer);
  stream?.stop();
  stream = new EventStream({ token: key.token }, {
    event: () => refresh(),
    open: () => say(""),
    down: () => say(words.offline),
    limited: () => {},
    expired: () => { keepViewing(number, null); ask(words.expired); },
  }, (_session, after) => caseEventsPath(number, after));
  stream.start();
}

let waiting = null;
/** Several changes within a moment are one look. */
function refresh() {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    try {
      draw(await timeline(held.key, held.number, locale));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!error.passing) ask(words.expired);
    }
  }, 200);
}

function draw(answer) {
  const before = shown;
  shown = answer;
  const view = answer.progress;
  const focused = document.activeElement?.dataset?.key;
  get("view").replaceChildren(...[
    ...(view ? head(view) : [h("p", { class: "notice", text: words.gone })]),
    ...(view ? lines(view) : []),
    view?.receiving ? receiving(view.receiving) : null,
    view ? urging(view) : null,
    view?.withdrawable ? withdrawal(view) : null,
    past(answer.items),
    h("p", { class: "doors" }, h("a", { class: "button", href: "/", text: words.chat })),
  ].filter(Boolean));
  if (focused) get("view").querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  if (before && view && before.progress?.summary !== view.summary) get("news").textContent = `${words.news} ${view.summary}`;
}

function head(view) {
  return [
    h("p", { class: "case-line" }, h("strong", { text: view.title }), h("span", { class: `chip status ${view.status}`, text: view.status_text })),
    h("p", { class: "hint" }, words.number, " ", h("code", { text: view.case_no })),
    h("section", { class: view.lines.some((line) => line.todo.length) ? "todo" : "todo none" }, h("h2", { text: words.todo }), h("ul", {}, view.todo.map((text) => h("li", { text })))),
  ];
}

function lines(view) {
  const several = view.lines.length > 1;
  const drawn = view.lines.map((line) => department(line, several));
  return several ? [h("h2", { class: "departments-title", text: words.departments }), ...drawn] : drawn;
}

/** One department's share: its sentence, the five stages, and the facts. */
function department(line, several) {
  const facts = [
    [words.who, line.who], [words.since, line.since && dayOf(line.since)], [words.ref, line.office_ref], [words.after, line.after.join(" · ")],
    [words.reason, line.verdict?.reason], [words.basis, line.verdict?.basis], [words.remedy, line.verdict?.remedy],
    [words.next, line.next],
  ].filter(([, value]) => value);
  return h("section", { class: "department", "aria-label": several ? line.name : words.stages },
    several ? h("h3", {}, line.name, " ", h("span", { class: `chip status ${line.status}`, text: line.status_text })) : h("h2", { text: words.stages }),
    h("p", { class: "now", text: line.now }),
    h("ol", { class: "stages" }, line.stages.map(stage)),
    line.until.length ? h("ul", { class: "dues", "aria-label": words.until }, line.until.map(due)) : null,
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", { text: name }), h("dd", { text: value })))),
    line.contacts.length ? h("details", {}, h("summary", { text: words.contact, data: { key: `contact-${line.part}` } }), h("ul", {}, line.contacts.map(contact))) : null);
}

function stage(one) {
  return h("li", { class: `stage ${one.state}`, "aria-current": one.state === "now" || one.state === "halt" ? "step" : null },
    h("span", { class: "dot" }, one.state === "done" ? icon("check") : one.state === "halt" ? icon("warning") : null),
    h("span", { class: "stage-name", text: one.title }),
    h("span", { class: "stage-state", text: [one.text, one.who, one.since && dayOf(one.since)].filter(Boolean).join(" · ") }));
}

function due(one) {
  return h("li", { class: `due ${one.level}` }, icon("clock"), h("span", {}, one.text, one.basis ? h("span", { class: "hint", text: ` ${one.basis}` }) : null));
}

function contact(one) {
  const phone = one.phone ? h("a", { href: `tel:${one.phone.replace(/[^+\d]/g, "")}`, text: one.phone }) : null;
  const rest = [one.address, one.hours, one.verified ? null : words.unverified].filter(Boolean).join(" · ");
  return h("li", {}, one.name, " ", phone, rest ? h("span", { class: "hint", text: ` ${rest}` }) : null);
}

function urging(view) {
  const said = h("p", { class: "hint", text: view.urging.text });
  if (!view.urging.possible) return h("section", { class: "urging" }, said);
  const button = h("button", { type: "button", class: "button", data: { key: "urge" }, text: words.urge });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      draw(await urgeCase(held.key, held.number, locale));
      get("news").textContent = words.urged;
      say(words.urged);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.message);
      refresh();
    }
  });
  return h("section", { class: "urging" }, said, button);
}

/** How the result comes, and where what is sent by post is. */
function receiving(held) {
  return h("section", { class: "receiving", "aria-label": words.receiving }, h("h2", { text: words.receiving }),
    held.text ? h("p", { text: held.text }) : null,
    held.parcels.length ? h("ul", { class: "parcels" }, held.parcels.map((one) => h("li", { class: one.state },
      h("strong", { text: one.title }), h("p", {}, h("time", { class: "hint", datetime: one.at, text: dateTime(one.at) }), " ", one.text),
      one.tracking_no ? h("p", { class: "hint" }, words.parcel, " ", h("code", { text: one.tracking_no })) : null))) : null);
}

/** Taking it back is said in the conversation that holds the case: the words wait there, she sends them, and is asked once more. */
function withdrawal(view) {
  if (held.key.token !== conversation.get()?.token) return null;
  const say = encodeURIComponent(`我要撤回 ${view.case_no}`);
  return h("section", { class: "urging" }, h("p", { class: "hint", text: words.withdrawHint }),
    h("a", { class: "button", href: `/?say=${say}`, text: words.withdraw, data: { key: "withdraw" } }));
}

function past(items) {
  if (!items.length) return null;
  return h("section", {}, h("h2", { text: words.timeline }), h("ol", { class: "timeline" }, items.map((item) => h("li", {},
    h("p", { class: "timeline-head" }, h("strong", { text: item.who }), h("time", { datetime: item.at, text: dateTime(item.at) })),
    h("p", { text: item.text }), item.due ? hidden(dayOf(item.due)) : null))));
}

get("proof").addEventListener("submit", prove);
get("progress-title").tabIndex = -1;
window.addEventListener("online", () => stream?.kick());
document.addEventListener("visibilitychange", () => {
  if (document.hidden || !held || get("view").hidden) return;
  stream?.kick();
  refresh();
});
// Days pass while a page stays open: what is left of a limit changes without any news.
setInterval(() => { if (held && !get("view").hidden) refresh(); }, REFRESH_MS);

const number = get("number").value.replace(/[\s-]+/g, "").toUpperCase();
if (number) open(number);
else ask("");
