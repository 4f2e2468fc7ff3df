/** 结果和快递: what the office issued, to be downloaded and checked, and where papers sent by post are. */
import { h, icon } from "./dom.js";
import { dateTime, due } from "./format.js";
import { spoken, t, word } from "./strings.js";

/** From here on there may be results or parcels to ask for. */
const SENT = new Set(["submitted", "accepted", "correction_needed", "in_review", "approved", "delivered", "closed"]);
const CHOOSABLE = new Set(["submitted", "accepted", "correction_needed", "in_review", "approved", "delivered"]);

export const hasOutcome = (file) => SENT.has(file.status);

/**
 * The part of the case, null where there is nothing to tell or choose. `held` = {results, parcels}, lists as the API gives
 * them, or null until they are there; `act` = {say(text), download(url, name, button)}.
 */
export function outcome(file, held, act) {
  if (!held || !hasOutcome(file)) return null;
  const { results, parcels } = held;
  const choose = CHOOSABLE.has(file.status) ? saying("outcome.choose", "outcome.choose.say", "receiving", act) : null;
  if (!results.length && !parcels.length && !choose) return null;
  return h("section", { class: "case-part outcome", "aria-label": t("outcome.title") }, h("h4", { text: t("outcome.title") }),
    results.length ? h("ul", { class: "outcome-list" }, results.map((one) => result(one, act))) : null,
    parcels.length ? h("ul", { class: "outcome-list" }, parcels.map((one) => parcel(file, one, act))) : null,
    choose);
}

function saying(key, say, name, act) {
  return h("button", { type: "button", class: "button small wide", data: { key: name }, text: t(key), on: { click: () => act.say(spoken(say)) } });
}

function fetching(key, label, url, name, act) {
  const button = h("button", { type: "button", class: "link", data: { key } }, icon("download"), h("span", { text: label }));
  button.addEventListener("click", () => act.download(url, name, button));
  return button;
}

function result(one, act) {
  const facts = [
    [t("outcome.number"), one.number], [t("outcome.issuer"), one.issuer], [t("outcome.issued"), one.issued && due(one.issued)], [t("outcome.expires"), one.expires && due(one.expires)],
    [t("outcome.code"), one.code],
  ].filter(([, value]) => value);
  return h("li", { class: `outcome-item ${one.state}` },
    h("p", { class: "outcome-head" }, h("strong", { text: one.title }), one.state === "valid" ? null : h("span", { class: "chip", text: word(`outcome.state.${one.state}`, one.state) })),
    h("dl", { class: "facts" }, facts.map(([name, value]) => h("div", {}, h("dt", { text: name }), h("dd", { text: value })))),
    fetching(`result-${one.id}`, t("outcome.download", { title: one.title }), one.url, `${one.title}.pdf`, act),
    fetching(`proof-${one.id}`, t("outcome.proof"), one.proof_url, `${one.title}.proof.json`, act));
}

function parcel(file, one, act) {
  const latest = one.tracking.at(-1);
  const state = word(`parcel.${one.state}`, one.state);
  const steps = one.tracking.length > 1
    ? h("details", {}, h("summary", { text: t("parcel.steps"), data: { key: `steps-${one.id}` } }),
      h("ol", { class: "timeline" }, [...one.tracking].reverse().map((step) => h("li", {}, h("time", { datetime: step.at, text: dateTime(step.at) }), h("p", { text: step.text })))))
    : null;
  const over = one.state === "failed" || one.state === "rejected";
  return h("li", { class: `outcome-item ${over ? "halt" : one.state}` },
    h("p", { class: "outcome-head" }, h("strong", { text: t(`parcel.kind.${one.kind}`) }), h("span", { class: "chip", text: state })),
    h("p", { text: one.contents }),
    latest ? h("p", {}, h("time", { class: "hint", datetime: latest.at, text: dateTime(latest.at) }), " ", latest.text) : null,
    one.tracking_no ? h("p", { class: "hint" }, t("parcel.number"), " ", h("code", { text: one.tracking_no })) : null,
    h("p", { class: "hint", text: `${one.name} ${one.phone} ${one.address}` }),
    steps,
    one.kind === "envelope" && one.tracking_no
      ? fetching(`label-${one.id}`, t("parcel.label"), `/api/v1/cases/${encodeURIComponent(file.case_no)}/shipments/${encodeURIComponent(one.id)}/label`, `${file.case_no}-label.pdf`, act)
      : null,
    over ? saying("parcel.again", "parcel.again.say", `again-${one.id}`, act) : null);
}
