/** Times, sizes and answers as people read them. All times are shown in Shanghai time, where the offices are. */
import { pageLocale, t } from "./strings.js";

const ZONE = "Asia/Shanghai";
const parts = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, year: "numeric", month: "numeric", day: "numeric" });
const english = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, year: "numeric", month: "long", day: "numeric" });
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });

/** 2026年11月10日, in English 10 November 2026: as the server says it. */
function name(time) {
  if (pageLocale() === "en") return english.format(time);
  const of = Object.fromEntries(parts.formatToParts(time).map((part) => [part.type, part.value]));
  // British numbers have two digits each.
  return `${of.year}年${Number(of.month)}月${Number(of.day)}日`;
}

function parse(at) {
  const time = new Date(at);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** 14:05 */
export function clockTime(at) {
  const time = parse(at);
  return time ? clock.format(time) : "";
}

/** 今天, 昨天, or the day. */
export function dayName(at, now = new Date()) {
  const time = parse(at);
  if (!time) return "";
  const said = name(time);
  if (said === name(now)) return t("log.today");
  if (said === name(new Date(now.getTime() - 86_400_000))) return t("log.yesterday");
  return said;
}

/** 2026年11月10日 14:05 */
export function dateTime(at) {
  const time = parse(at);
  return time ? `${name(time)} ${clock.format(time)}` : String(at ?? "");
}

/** A due date may be a plain date or a time. */
export function due(at) {
  return /^\d{4}-\d{2}-\d{2}$/.test(at) ? name(new Date(`${at}T12:00:00+08:00`)) : dateTime(at);
}

/** 1.5 MB */
export function bytes(count) {
  if (count < 1024) return `${count} B`;
  const kilo = count / 1024;
  if (kilo < 1024) return `${kilo < 10 ? kilo.toFixed(1) : Math.round(kilo)} KB`;
  const mega = kilo / 1024;
  return `${mega < 10 && mega % 1 ? mega.toFixed(1) : Math.round(mega)} MB`;
}

/** Characters as a person counts them: an emoji or a rare character is one. */
export function length(text) {
  return Array.from(text).length;
}

/** The present answer of a question in words: option labels rather than their values. */
export function answerText(value, options) {
  if (value === null || value === undefined || value === "") return null;
  const one = (item) => options?.find((option) => option.value === item)?.label ?? String(item);
  return Array.isArray(value) ? value.map(one).join("、") : one(value);
}
