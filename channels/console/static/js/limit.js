/** Limits of service as words and a colour: green, yellow when it is near, red when it has passed. */
import { running, secondsSince, secondsUntil } from "./time.js";

const NAMES = { first_answer: "首次答复", next_answer: "答复", resolution: "办结" };

/** `{level, text}` of a running limit at this moment; null where nothing is waited for. */
export function standing(limit) {
  if (!limit) return null;
  const name = NAMES[limit.name] ?? "答复";
  const left = secondsUntil(limit.due);
  if (left <= 0) return { level: "red", text: `${name}已超时 ${running(secondsSince(limit.due))}` };
  const level = secondsUntil(limit.near) <= 0 ? "yellow" : "green";
  return { level, text: `${name}${level === "yellow" ? "快超时，" : ""}还有 ${running(left)}` };
}
