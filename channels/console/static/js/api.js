/** The console's API. Every failure is an `ApiError` whose text tells the operator what happened and what to do. */
import { wirePresence } from "./presence.js";

const BASE = "/console/api";
const PATIENCE_MS = 20_000;

/** `status` 0 means that nothing answered. */
export class ApiError extends Error {
  constructor(status, code, text) {
    super(text);
    Object.assign(this, { status, code });
  }

  get offline() {
    return this.status === 0 || this.status >= 500;
  }
}

let csrf = "";
let wired = false;

export async function call(method, path, { body, signal, patience = PATIENCE_MS } = {}) {
  const late = AbortSignal.timeout(patience);
  let answer;
  try {
    answer = await fetch(BASE + path, {
      method,
      headers: { Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}), ...(method === "GET" ? {} : { "X-CSRF-Token": csrf }) },
      body: body ? JSON.stringify(body) : undefined,
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, late]) : late,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "offline", "连不上服务器。请检查网络，然后再试一次。");
  }
  const data = await answer.json().catch(() => null);
  if (answer.ok && data) return data;
  const fallback = answer.status >= 500 ? "服务器出了问题。请过几秒再试一次。" : "没有成功。请再试一次。";
  throw new ApiError(answer.status, data?.code ?? "", data?.detail ?? fallback);
}

/** The token changes have to carry; a form that fills a frame has no headers to put it in. */
export const token = () => csrf;

/** Remembers the token that changes have to carry. */
function known(me) {
  csrf = me.csrf;
  if (!wired) wirePresence(() => call("POST", "/active"));
  wired = true;
  return me;
}

const of = (id) => `/conversations/${encodeURIComponent(id)}`;

export const api = {
  me: async () => known(await call("GET", "/me")),
  signIn: async (login, password) => known(await call("POST", "/login", { body: { login, password } })),
  ways: () => call("GET", "/ways"),
  signOut: () => call("POST", "/logout"),
  password: (current, fresh) => call("PUT", "/password", { body: { current, new: fresh } }),
  updates: ({ seen, open, after, held }, signal) => {
    const query = new URLSearchParams({ seen, after: String(after), held: String(held) });
    if (open) query.set("conversation", open);
    return call("GET", `/updates?${query}`, { signal, patience: 25_000 });
  },
  claim: (id) => call("POST", `${of(id)}/claim`),
  labels: () => call("GET", "/labels"),
  again: (caseNo, part) => call("POST", `/stuck/${encodeURIComponent(caseNo)}/again?part=${encodeURIComponent(part)}`, { body: {} }),
  undelivered: async () => (await Promise.all([call("GET", "/stuck"), call("GET", "/unsent")])).flat(),
  sendAgain: (key) => call("POST", `/unsent/${encodeURIComponent(key)}/again`, { body: {} }),
  clocks: () => call("GET", "/clocks"),
  bookings: () => call("GET", "/bookings"),
  ratings: () => call("GET", "/ratings"),
  followUp: (subject, what, words) => call("POST", `/ratings/${encodeURIComponent(subject)}/${what}`, { body: { words } }),
  misread: (id, event, intent, item) => call("POST", `${of(id)}/misread`, { body: { event, intent, item } }),
  desk: () => call("GET", "/desk"),
  presence: (state) => call("PUT", "/desk/presence", { body: { state } }),
  next: () => call("POST", "/desk/next"),
  board: () => call("GET", "/desk/board"),
  transfer: (id, body) => call("POST", `${of(id)}/transfer`, { body }),
  wrapUp: (id, body) => call("POST", `${of(id)}/wrap-up`, { body }),
  replies: (id) => call("GET", `${of(id)}/replies`),
  notes: (id) => call("GET", `${of(id)}/notes`),
  note: (id, text) => call("POST", `${of(id)}/notes`, { body: { text } }),
  whisper: (id, text) => call("POST", `${of(id)}/whisper`, { body: { text } }),
  pull: (case_no, reason) => call("POST", "/desk/pull", { body: { case_no, reason } }),
  lead: (id, what) => call("POST", `${of(id)}/${what}`),
  say: (id, text, messageId) => call("POST", `${of(id)}/messages`, { body: { text, message_id: messageId } }),
};
