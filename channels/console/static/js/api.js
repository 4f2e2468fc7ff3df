/** The console's API. Every failure is an `ApiError` whose text tells the operator what happened and what to do. */
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
  return me;
}

const of = (id) => `/conversations/${encodeURIComponent(id)}`;

export const api = {
  me: async () => known(await call("GET", "/me")),
  signIn: async (login, password) => known(await call("POST", "/login", { body: { login, password } })),
  signOut: () => call("POST", "/logout"),
  password: (current, fresh) => call("PUT", "/password", { body: { current, new: fresh } }),
  updates: ({ seen, open, after, held }, signal) => {
    const query = new URLSearchParams({ seen, after: String(after), held: String(held) });
    if (open) query.set("conversation", open);
    return call("GET", `/updates?${query}`, { signal, patience: 25_000 });
  },
  claim: (id) => call("POST", `${of(id)}/claim`),
  labels: () => call("GET", "/labels"),
  stuck: () => call("GET", "/stuck"),
  again: (caseNo, part) => call("POST", `/stuck/${encodeURIComponent(caseNo)}/again?part=${encodeURIComponent(part)}`, { body: {} }),
  clocks: () => call("GET", "/clocks"),
  ratings: () => call("GET", "/ratings"),
  followUp: (subject, what, words) => call("POST", `/ratings/${encodeURIComponent(subject)}/${what}`, { body: { words } }),
  misread: (id, event, intent, item) => call("POST", `${of(id)}/misread`, { body: { event, intent, item } }),
  release: (id) => call("POST", `${of(id)}/release`),
  say: (id, text, messageId) => call("POST", `${of(id)}/messages`, { body: { text, message_id: messageId } }),
};
