/* The line to the server: calls of the public API, and the stream of what happens in a conversation. */
const FROM = document.currentScript;
const BASE = new URL(FROM.src).origin;
const PATIENCE_MS = 60000;
const SILENCE_MS = 40000;

/** A call that failed; `status` is 0 where nothing came back, `wait` the seconds to wait before another try, or null. */
class Trouble {
  constructor(status, message, wait) {
    this.status = status;
    this.message = message;
    this.wait = wait > 0 ? wait : null;
  }

  get over() {
    return this.status === 401 || this.status === 404;
  }

  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

function headers(language, token, sending) {
  const all = { __proto__: null, "Accept-Language": language };
  if (token) all.Authorization = `Bearer ${token}`;
  if (sending) all["Content-Type"] = "application/json";
  return all;
}

async function refusal(response) {
  let words = "";
  try { words = parsed(await textOf(response)).detail || ""; } catch { /* a proxy's page, say */ }
  return new Trouble(response.status, `${words}`, Number(headerOf(response.headers, "Retry-After")));
}

async function call(method, path, { language, token, body }) {
  const stopper = new Stopper();
  const timer = later(() => stopIt(stopper), PATIENCE_MS);
  try {
    const response = await fetchIt(`${BASE}/api/v1${path}`, {
      __proto__: null, method, headers: headers(language, token, body), body: body ? jsonOf(body) : undefined,
      credentials: "omit", cache: "no-store", referrerPolicy: "strict-origin", signal: stopper.signal,
    });
    if (!response.ok) throw await refusal(response);
    const text = await textOf(response);
    return text ? parsed(text) : null;
  } catch (error) {
    throw error instanceof Trouble ? error : new Trouble(0, "", null);
  } finally {
    never(timer);
  }
}

/** Follows a conversation from its beginning until told to stop. `on` = {event(kind, data), open(), down(), over()}. */
class Stream {
  constructor(session, on) {
    this.session = session;
    this.on = on;
    this.last = 0;
    this.stopped = false;
    this.run();
  }

  stop() {
    this.stopped = true;
    if (this.stopper) stopIt(this.stopper);
  }

  async run() {
    for (let failures = 0; !this.stopped; failures += 1) {
      let wait = null;
      try {
        await this.listen(() => { failures = 0; });
      } catch (error) {
        if (this.stopped) return;
        if (error instanceof Trouble && error.over) {
          this.stop();
          this.on.over();
          return;
        }
        wait = error instanceof Trouble ? error.wait : null;
      }
      if (this.stopped) return;
      if (failures > 0) this.on.down();
      const tries = failures > 5 ? 5 : failures;
      await sleep(wait ? wait * 1000 : 500 * 2 ** tries);
    }
  }

  async listen(opened) {
    const stopper = new Stopper();
    this.stopper = stopper;
    let silence = later(() => stopIt(stopper), SILENCE_MS);
    try {
      const { id, token, locale } = this.session;
      const response = await fetchIt(`${BASE}/api/v1/conversations/${quoted(id)}/events?after=${this.last}`, {
        __proto__: null, headers: headers(locale, token, false), credentials: "omit", cache: "no-store", referrerPolicy: "strict-origin",
        signal: stopper.signal,
      });
      if (!response.ok) throw await refusal(response);
      opened();
      this.on.open();
      const reader = readerOf(response.body);
      const decoder = new Decoder();
      let rest = "";
      for (;;) {
        const piece = await readOn(reader);
        if (piece.done || this.stopped) return;
        never(silence);
        silence = later(() => stopIt(stopper), SILENCE_MS);
        rest += decode(decoder, piece.value, { stream: true });
        for (let end = at(rest, "\n\n"); end >= 0; end = at(rest, "\n\n")) {
          this.block(cut(rest, 0, end));
          rest = cut(rest, end + 2);
        }
      }
    } finally {
      never(silence);
    }
  }

  /** One event: lines of `id: `, `event: ` and `data: `. A comment has none of them. */
  block(text) {
    let kind = "";
    let data = "";
    for (let from = 0; from <= text.length;) {
      const end = at(text, "\n", from) < 0 ? text.length : at(text, "\n", from);
      const line = cut(text, from, end);
      const colon = at(line, ": ");
      const name = cut(line, 0, colon < 0 ? 0 : colon);
      const value = cut(line, colon + 2);
      if (name === "id") this.last = Number(value);
      else if (name === "event") kind = value;
      else if (name === "data") data = value;
      from = end + 1;
    }
    if (kind && data && !this.stopped) this.on.event(kind, parsed(data));
  }
}
