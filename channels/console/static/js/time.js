/** Times as people read them, in Shanghai time, counted by the server's clock. */
const clock = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" });

let ahead = 0;

/** Notes how far this machine's clock is off. */
export function setNow(iso) {
  ahead = Date.parse(iso) - Date.now();
}

const now = () => Date.now() + ahead;

/** Seconds since `iso`, never below zero. */
export function secondsSince(iso) {
  return Math.max(0, Math.floor((now() - Date.parse(iso)) / 1000));
}

/** Seconds until `iso`, below zero when it has passed. */
export function secondsUntil(iso) {
  return Math.ceil((Date.parse(iso) - now()) / 1000);
}

/** 0:07, 12:05, 3:02:09, or 2天 for what waited over night. */
export function running(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  if (seconds >= 86_400) return `${Math.floor(seconds / 86_400)}天${Math.floor((seconds % 86_400) / 3600)}小时`;
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** The same for ears. */
export function spoken(seconds) {
  if (seconds < 60) return `${seconds}秒`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}分钟`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}小时${Math.floor((seconds % 3600) / 60)}分钟`;
  return `${Math.floor(seconds / 86_400)}天`;
}

/** 14:05, or 11-09 14:05 for another day. */
export function moment(iso) {
  const time = new Date(iso);
  if (Number.isNaN(time.getTime())) return "";
  const date = day.format(time);
  return date === day.format(new Date(now())) ? clock.format(time) : `${date.slice(5)} ${clock.format(time)}`;
}
