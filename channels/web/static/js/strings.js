/** The words of the page's chrome in three languages, and how elements get them. */
import zhCN from "./strings/zh-CN.js";
import zhHant from "./strings/zh-Hant.js";
import en from "./strings/en.js";
import signin from "./strings/signin.js";

const OWN = { "zh-CN": zhCN, "zh-Hant": zhHant, en };
export const CATALOGUES = Object.fromEntries(Object.entries(OWN).map(([locale, own]) => [locale, { ...own, ...signin[locale] }]));
export const LOCALES = Object.keys(CATALOGUES);

let words = CATALOGUES["zh-CN"];
let spokenHere = "zh-CN";

export function setLocale(locale) {
  spokenHere = locale in CATALOGUES ? locale : "zh-CN";
  words = CATALOGUES[spokenHere];
}

/** The page's language as HTTP names it: what the API's problems are told in. */
export function pageLocale() {
  return spokenHere;
}

/** The word for `key` with `{name}` replaced; a missing key shows itself, so that it is seen and mended. */
export function t(key, params = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** The word for `key`, or `fallback` when the catalogue has none: for values of the API that may be new to this page. */
export function word(key, fallback) {
  return words[key] ?? fallback;
}

/** Words in Simplified Chinese whatever the page's language: what buttons send, since the API's dialogue words are fixed. */
export function spoken(key) {
  return zhCN[key];
}

/** Fills `data-t` (text), `data-t-label` (aria-label), `data-t-alt` and `data-t-placeholder` beneath `root`. */
export function translate(root) {
  const fill = (attribute, apply) => {
    for (const element of root.querySelectorAll(`[${attribute}]`)) apply(element, t(element.getAttribute(attribute)));
  };
  fill("data-t", (element, text) => { element.textContent = text; });
  fill("data-t-label", (element, text) => element.setAttribute("aria-label", text));
  fill("data-t-alt", (element, text) => element.setAttribute("alt", text));
  fill("data-t-placeholder", (element, text) => element.setAttribute("placeholder", text));
}
