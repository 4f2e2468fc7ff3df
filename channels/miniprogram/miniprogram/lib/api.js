/** The public API, version 1, as the mini-program uses it. Every failure is an `ApiError`. */
const { ApiError } = require("./problem");
const { eventsIn } = require("./stream");
const { plainProblem, t } = require("./words");

const BASE = "/api/v1";
const part = encodeURIComponent;

/**
 * @typedef {{ id: string, token: string, locale: string, opening: any[] }} Session
 * @typedef {{ text: string } | { choice: string | string[] } | { attachments: string[], text?: string }} Content
 */

class Api {
  /** @param {import("./platform").Platform} platform
   *  @param {string} server
   *  @param {() => string} locale */
  constructor(platform, server, locale) {
    this.platform = platform;
    this.server = server.replace(/\/+$/, "");
    this.locale = locale;
  }

  /** @param {string} [region]
   *  @returns {Promise<Session>} */
  async open(region) {
    const locale = this.locale();
    const body = await this.ask("POST", "/conversations", null, { channel: "miniprogram", locale, ...(region ? { region } : {}) });
    return { id: body.conversation_id, token: body.token, locale, opening: body.replies };
  }

  /**
   * Her conversation as WeChat knows her, by a code of `wx.login`: the one she had (`resumed`: it is told by its events), or a new one.
   * @param {string} code @param {{ region?: string, anew?: boolean }} [how]
   * @returns {Promise<Session & { resumed: boolean }>}
   */
  async enter(code, { region = "", anew = false } = {}) {
    const locale = this.locale();
    const body = await this.ask("POST", "/wechat/sessions", null, { code, locale, ...(region ? { region } : {}), ...(anew ? { anew } : {}) });
    return { id: body.conversation_id, token: body.token, locale, opening: body.replies, resumed: body.resumed };
  }

  /** The number WeChat has of her; she has agreed to it. @param {Session} session @param {string} code of the button */
  phone(session, code) {
    return this.ask("POST", "/wechat/phone", session, { code, consent: true });
  }

  /** Who is signed in here. @param {Session} session */
  standing(session) {
    return this.ask("GET", `/conversations/${part(session.id)}/sign-in`, session);
  }

  /** @param {Session} session @param {boolean} everywhere */
  signOut(session, everywhere) {
    return this.ask("POST", `/conversations/${part(session.id)}/sign-out`, session, { everywhere });
  }

  /** A page at which she proves who she is, and the number it asks for: it is shown here alone. @param {Session} session @param {string} place */
  signInCode(session, place) {
    return this.ask("POST", `/conversations/${part(session.id)}/sign-in/code`, session, { level: "real_name", place });
  }

  /** The token is handed back. @param {Session} session */
  leave(session) {
    return this.ask("POST", `/conversations/${part(session.id)}/leave`, session);
  }

  /** Her cases from every door; 403 where she has not signed in with her real name. @param {Session} session */
  ownCases(session) {
    return this.ask("GET", `/conversations/${part(session.id)}/my-cases`, session);
  }

  /** @param {Session} session @param {string} caseNo @returns {Promise<any>} a turn */
  takeUp(session, caseNo) {
    return this.ask("POST", `/conversations/${part(session.id)}/my-cases/${part(caseNo)}/take-up`, session);
  }

  /** A look at a case of hers that another conversation holds. @param {Session} session @param {string} caseNo */
  viewing(session, caseNo) {
    return this.ask("POST", `/conversations/${part(session.id)}/my-cases/${part(caseNo)}/viewing`, session);
  }

  /** What she does with a card of staff's; the same `id` sent again counts once. @param {Session} session @param {string} card @param {string} id @param {any} what */
  act(session, card, id, what) {
    return this.ask("POST", `/conversations/${part(session.id)}/cards/${part(card)}`, session, { client_message_id: id, ...what });
  }

  /** The same id sent again returns the stored turn. @param {Session} session @param {string} id @param {Content} content */
  say(session, id, content) {
    return this.ask("POST", `/conversations/${part(session.id)}/messages`, session, { client_message_id: id, ...content });
  }

  /** @param {Session} session @param {string} caseNo @param {string} proof */
  resume(session, caseNo, proof) {
    return this.ask("POST", `/cases/${part(caseNo)}/resume`, session, { proof });
  }

  /** @param {Session} session @param {string} caseNo */
  case(session, caseNo) {
    return this.ask("GET", `/cases/${part(caseNo)}`, session);
  }

  /** @param {Session} session @param {string} caseNo */
  timeline(session, caseNo) {
    return this.ask("GET", `/cases/${part(caseNo)}/timeline`, session);
  }

  /** The pages of the package, each with the address of its picture. @param {Session} session @param {string} caseNo */
  packagePages(session, caseNo) {
    return this.ask("GET", `/cases/${part(caseNo)}/package/pages`, session);
  }

  /** @param {Session} session @param {string} caseNo @param {number[][][]} strokes lists of [x, y] */
  sign(session, caseNo, strokes) {
    return this.ask("POST", `/cases/${part(caseNo)}/signature`, session, { strokes });
  }

  /** @param {Session} session @param {string} caseNo */
  results(session, caseNo) {
    return this.ask("GET", `/cases/${part(caseNo)}/results`, session);
  }

  /** All item guides, or those of a category. @param {"theme" | "life_event" | "sector" | "applicant"} [by] @param {string} [code] */
  guides(by, code = "") {
    return this.ask("GET", by ? `/guides?${by}=${part(code)}` : "/guides");
  }

  categories() {
    return this.ask("GET", "/categories");
  }

  /** @param {string} code */
  guide(code) {
    return this.ask("GET", `/guides/${part(code)}${this.locale() === "en" ? "?locale=en" : ""}`);
  }

  /** @param {string} words @param {string} region @param {number} [limit] */
  search(words, region, limit = 10) {
    return this.ask("GET", `/search?q=${part(words)}${region ? `&region=${part(region)}` : ""}&limit=${limit}`);
  }

  /** @param {Session} session @param {number} after @returns {string} */
  socketAddress(session, after) {
    // A mini-program's socket can carry headers, but not every base library sends them: the address always works
    return `${this.server.replace(/^http/, "ws")}${BASE}/conversations/${part(session.id)}/ws?token=${part(session.token)}&after=${after}`;
  }

  /** @param {Session} session @returns {string} */
  voiceAddress(session) {
    return `${this.server.replace(/^http/, "ws")}${BASE}/conversations/${part(session.id)}/voice?token=${part(session.token)}`;
  }

  /** What happened after event `after`. @param {Session} session @param {number} after */
  async missed(session, after) {
    const text = await this.ask("GET", `/conversations/${part(session.id)}/events?after=${after}&follow=false`, session);
    return eventsIn(String(text ?? ""));
  }

  /** Address of a file a reply names. @param {string} url */
  address(url) {
    if (url.startsWith("/") && !url.startsWith("//")) return this.server + url;
    // The token must never travel to another host, whatever a reply says
    if (url.startsWith(`${this.server}/`)) return url;
    throw new ApiError(0, plainProblem(404));
  }

  /** @param {Session} session @param {string} path of a file on the phone @param {string | null} material @param {(share: number) => void} progress */
  async upload(session, path, material, progress) {
    const asked = {
      url: `${this.server}${BASE}/conversations/${part(session.id)}/uploads`, path, progress,
      headers: this.headers(session), form: material ? { material } : {},
    };
    return this.unwrapped(await this.reached(() => this.platform.upload(/** @type {any} */ (asked))));
  }

  /** @param {Session | null} [session] @returns {Record<string, string>} */
  headers(session) {
    return { "Accept": "application/json", "Accept-Language": this.locale(), ...(session ? { Authorization: `Bearer ${session.token}` } : {}) };
  }

  /** @param {"GET" | "POST" | "DELETE"} method @param {string} path @param {Session | null} [session] @param {any} [body] */
  async ask(method, path, session = null, body = undefined) {
    const headers = this.headers(session);
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return this.unwrapped(await this.reached(() => this.platform.request({ method, url: this.server + BASE + path, headers, body })));
  }

  /** @template T @param {() => Promise<T>} call @returns {Promise<T>} */
  async reached(call) {
    try {
      return await call();
    } catch (error) {
      throw new ApiError(0, t(/** @type {any} */ (error).timedOut ? "timeout" : "network"));
    }
  }

  /** @param {import("./platform").Answer} answer */
  unwrapped({ status, headers, body }) {
    if (status >= 200 && status < 300) return body;
    const words = [body?.detail, body?.title].find((one) => typeof one === "string" && one);
    const wait = Number(headers["retry-after"]);
    throw new ApiError(status, words ?? plainProblem(status), wait > 0 ? Math.ceil(wait) : null);
  }
}

module.exports = { Api };
