/** The kiosk's own words in the language chosen there; the parts it shares with the chat page bring theirs. */
import { pageLocale } from "/static/chat/js/strings.js";
import en from "./strings/en.js";
import zhCN from "./strings/zh-CN.js";

const CATALOGUES = { "zh-CN": zhCN, en };

/** The word for `key` with `{name}` replaced; a missing key shows itself, so that it is seen and mended. */
export function k(key, params = {}) {
  const text = (CATALOGUES[pageLocale()] ?? zhCN)[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** Simplified Chinese whatever the language: what buttons say to the conversation, whose dialogue words are fixed. */
export const said = (key, params = {}) => zhCN[key].replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));

/** Fills `data-k` (text), `data-k-label` (aria-label) and `data-k-placeholder` beneath `root`. */
export function fill(root) {
  for (const element of root.querySelectorAll("[data-k]")) element.textContent = k(element.dataset.k);
  for (const element of root.querySelectorAll("[data-k-label]")) element.setAttribute("aria-label", k(element.dataset.kLabel));
  for (const element of root.querySelectorAll("[data-k-placeholder]")) element.setAttribute("placeholder", k(element.dataset.kPlaceholder));
}
