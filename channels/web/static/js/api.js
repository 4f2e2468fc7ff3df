/** The public API, version 1, as this page uses it. Every failure is an `ApiError` with words a citizen can read. */
import { localeChosen } from "./prefs.js";
import { pageLocale, t, word } from "./strings.js";

const BASE = "/api/v1";
const PATIENCE_MS = 60_000;

export class ApiError extends Error {
  /** `status` is the HTTP status, 0 when nothing came back; `retryAfter` is in seconds or null. */
  constructor(status, message, retryAfter = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether sending the same thing again may well work. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/** Words for a status when the server gave none a citizen could read. */
export function plainProblem(status) {
  return word(`problem.${status >= 500 ? 500 : status}`, t("problem.500"));
}

function retryAfter(value) {
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(1, Math.ceil((at - Date.now()) / 1000));
}

function problem(status, text, header) {
  let detail = null;
  try {
    const body = JSON.parse(text);
    detail = typeof body.detail === "string" ? body.detail : typeof body.title === "string" ? body.title : null;
  } catch { /* not JSON: a proxy's page, say */ }
  return new ApiError(status, detail || plainProblem(status), status === 429 || status === 503 ? retryAfter(header) : null);
}

async function request(method, path, { token = null, body = null, binary = false } = {}) {
  const headers = { Accept: binary ? "*/*" : "application/json", "Accept-Language": pageLocale() };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method, headers, body: body ? JSON.stringify(body) : null, credentials: "same-origin", cache: "no-store",
      signal: AbortSignal.timeout ? AbortSignal.timeout(PATIENCE_MS) : undefined,
    });
    if (!response.ok) throw problem(response.status, await response.text(), response.headers.get("Retry-After"));
    return binary ? await response.blob() : await response.json();
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw new ApiError(0, t(error.name === "TimeoutError" ? "problem.timeout" : "problem.network"));
  }
}

const part = encodeURIComponent;

export const openConversation = (locale, region = null, channel = "web") =>
  request("POST", `${BASE}/conversations`,
    { body: { channel, locale, locale_chosen: localeChosen(), ...(region ? { region } : {}) } });

/** Goes on with a conversation held elsewhere: {conversation_id, token, locale}. The ticket is used up. */
export const crossOver = (ticket) => request("POST", `${BASE}/crossings`, { body: { ticket } });

/** At most four items that fit the conversation's cases, each with its reason. */
export const recommendations = (session) =>
  request("GET", `${BASE}/conversations/${part(session.id)}/recommendations`, { token: session.token });

/** `content` is exactly one of {text}, {choice}, {attachments}; the same id sent again returns the stored turn. */
export const sendMessage = (session, id, content) =>
  request("POST", `${BASE}/conversations/${part(session.id)}/messages`,
    { token: session.token, body: { client_message_id: id, ...content } });

/** Acts on a card staff sent; answers with the card as it is then. */
export const actOnCard = (session, cardId, body) =>
  request("POST", `${BASE}/conversations/${part(session.id)}/cards/${part(cardId)}`, { token: session.token, body });

/** What was handed over in a case: {items}. */
export const caseResults = (session, caseNo) => request("GET", `${BASE}/cases/${part(caseNo)}/results`, { token: session.token });

/** What is sent by post in a case, with the courier's tracking: {items, suggested}. */
export const caseShipments = (session, caseNo) => request("GET", `${BASE}/cases/${part(caseNo)}/shipments`, { token: session.token });

/** `language` where the page's is not the conversation's. */
export const timeline = (session, caseNo, language = null) =>
  request("GET", `${BASE}/cases/${part(caseNo)}/timeline${language ? `?locale=${language}` : ""}`, { token: session.token });

/** Opens a case held elsewhere to look at: {token, expires_at, timeline}. Any conversation's session may ask. */
export const openViewing = (session, caseNo, proof) =>
  request("POST", `${BASE}/cases/${part(caseNo)}/viewing`, { token: session.token, body: { proof } });

/** Asks the office to hurry; answers with the timeline as it is then. */
export const urgeCase = (session, caseNo, language) =>
  request("POST", `${BASE}/cases/${part(caseNo)}/urgings?locale=${language}`, { token: session.token });

export const caseEventsPath = (caseNo, after) => `${BASE}/cases/${part(caseNo)}/events?after=${after}`;

/** The turn's `case` and its fields: what a `case` event, which is only a summary, leaves out. */
export const caseDetail = (session, caseNo) => request("GET", `${BASE}/cases/${part(caseNo)}`, { token: session.token });

/** Takes a draft begun elsewhere into this session's conversation; answers with its next turn. */
export const resumeCase = (session, caseNo, proof) =>
  request("POST", `${BASE}/cases/${part(caseNo)}/resume`, { token: session.token, body: { proof } });

export const eventsPath = (session, after) => `${BASE}/conversations/${part(session.id)}/events?after=${after}`;

/** Fetches a file with the session's token. */
async function fetched(session, url) {
  const address = new URL(url, window.location.href);
  // The token must never travel to another host, whatever a reply says.
  if (address.origin !== window.location.origin) throw new ApiError(0, t("problem.404"));
  return request("GET", address.href, { token: session.token, binary: true });
}

/** An address the browser can show a picture from; it lives as long as the page. */
export async function picture(session, url) {
  return URL.createObjectURL(await fetched(session, url));
}

/** The pages of a case's package, each with the address of its picture, and when it was signed. */
export const packagePages = (session, caseNo) => request("GET", `${BASE}/cases/${part(caseNo)}/package/pages`, { token: session.token });

/** Signs a case: its package is made again, one version on. `strokes` are lists of [x, y]. */
export const signCase = (session, caseNo, strokes) =>
  request("POST", `${BASE}/cases/${part(caseNo)}/signature`, { token: session.token, body: { strokes } });

/** Takes the signature back. */
export const unsignCase = (session, caseNo) => request("DELETE", `${BASE}/cases/${part(caseNo)}/signature`, { token: session.token });

/** Who is in the conversation: {offered, signed_in, level, who, acting, wanted, …}. */
export const signInStanding = (session) => request("GET", `${BASE}/conversations/${part(session.id)}/sign-in`, { token: session.token });

/** Begins to sign in: {signed_in, address}; the browser has to go there, where there is one. */
export const beginSignIn = (session, wanted) =>
  request("POST", `${BASE}/conversations/${part(session.id)}/sign-in`, { token: session.token, body: wanted });

/** A code for signing in here by one's own phone: {address, qr, number, until}. */
export const signInCode = (session, wanted) =>
  request("POST", `${BASE}/conversations/${part(session.id)}/sign-in/code`, { token: session.token, body: wanted });

/** Who one signed in as is used no more; answers with the next turn. */
export const forgetIdentity = (session) => request("DELETE", `${BASE}/conversations/${part(session.id)}/sign-in`, { token: session.token });

/** Signs out, here or everywhere: {next}. The session's token opens nothing afterwards. */
export const signOut = (session, everywhere) =>
  request("POST", `${BASE}/conversations/${part(session.id)}/sign-out`, { token: session.token, body: { everywhere } });

/** Every case of who is signed in: {items}. */
export const ownCases = (session) => request("GET", `${BASE}/conversations/${part(session.id)}/my-cases`, { token: session.token });

/** Goes on here with a case of hers that is elsewhere; answers with its next turn. */
export const takeUpCase = (session, caseNo) =>
  request("POST", `${BASE}/conversations/${part(session.id)}/my-cases/${part(caseNo)}/take-up`, { token: session.token });

/** The sheet to fill in for a table that is asked. */
export const sheetPath = (caseNo, field) => `${BASE}/cases/${part(caseNo)}/fields/${part(field)}/sheet`;

/** A guide as the public reads it: what each of its fields is, in the language of the page. */
export const guide = (code) => request("GET", `${BASE}/guides/${part(code)}${pageLocale() === "en" ? "?locale=en" : ""}`);

/** Fetches a file with the session's token and hands it to the browser's own download. */
export async function download(session, url, name) {
  const blob = await fetched(session, url);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * Uploads one file. Returns `{done, cancel}`; `done` resolves to {upload_id, media_type, pages, checks} or rejects with
 * ApiError. XMLHttpRequest, because fetch cannot tell how far an upload has come.
 */
export function upload(session, file, material, onProgress) {
  const call = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    call.open("POST", `${BASE}/conversations/${part(session.id)}/uploads`);
    call.setRequestHeader("Authorization", `Bearer ${session.token}`);
    call.setRequestHeader("Accept", "application/json");
    call.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total);
    });
    call.addEventListener("load", () => {
      if (call.status === 201 || call.status === 200) {
        try {
          resolve(JSON.parse(call.responseText));
        } catch {
          reject(new ApiError(502, plainProblem(500)));
        }
      } else reject(problem(call.status, call.responseText, call.getResponseHeader("Retry-After")));
    });
    call.addEventListener("error", () => reject(new ApiError(0, t("problem.network"))));
    call.addEventListener("abort", () => reject(new ApiError(0, t("file.cancelled"))));
    const form = new FormData();
    form.append("file", file, file.name);
    if (material) form.append("material", material);
    call.send(form);
  });
  return { done, cancel: () => call.abort() };
}
