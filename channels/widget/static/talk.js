/* One conversation: what is on its way out, what has happened, and what of it this tab remembers. */
const WAITS_S = [2, 4, 8, 15, 30];

class Talk {
  /** `view` = {said(entry), turn(turn), message(data), owner(name), notice(level, text), quiet(on), trouble(words), over()}. */
  constructor(view, language) {
    this.view = view;
    this.language = language;
    this.held = kept.read();
    this.turns = { __proto__: null };
    this.mine = { __proto__: null };
    this.opening = null;
  }

  get on() {
    return Boolean(this.held && this.held.id);
  }

  remember(changes) {
    this.held = { __proto__: null, ...this.held, ...changes };
    kept.write(this.held);
  }

  /** The conversation this tab is in, or a new one; once, however often it is asked for. */
  begin() {
    if (!this.opening) this.opening = this.open();
    return this.opening;
  }

  async open() {
    if (!this.on) {
      const body = { __proto__: null, channel: "web", locale: this.language };
      try {
        const opened = await call("POST", "/conversations", { language: this.language, body });
        this.remember({ id: opened.conversation_id, token: opened.token, locale: this.language });
      } catch (error) {
        this.opening = null;
        throw error;
      }
    }
    this.follow();
    const unsent = this.held.unsent;
    if (!unsent || this.sending) return;
    this.sending = unsent;
    this.deliver(unsent);
  }

  follow() {
    this.turns = { __proto__: null };
    this.mine = { __proto__: null };
    this.caughtUp = new Later((done) => { this.caught = done; });
    this.replaying(true);
    this.stream = new Stream(this.held, {
      event: (kind, data) => {
        if (this.quiet) this.settle();
        this.event(kind, data);
      },
      open: () => {
        this.view.trouble("");
        this.settle();
      },
      down: () => this.view.trouble("offline"),
      over: () => this.lost(),
    });
  }

  replaying(on) {
    this.quiet = on;
    this.view.quiet(on);
  }

  /** The stream does not say where the past ends, so a moment of silence does. */
  settle() {
    never(this.settled);
    this.settled = later(() => {
      this.replaying(false);
      this.caught();
    }, 250);
  }

  event(kind, data) {
    if (kind === "turn") this.turned(data);
    else if (kind === "owner") this.view.owner(data.owner);
    else if (kind === "notice") this.view.notice(data.level, data.text);
    else if (kind === "message" && data.from === "citizen") this.heardBack(data);
    else if (kind === "message" && (data.from === "staff" || !data.turn)) this.view.message(data);
  }

  turned(turn) {
    if (this.turns[turn.turn]) return;
    this.turns[turn.turn] = true;
    this.view.turn(turn);
  }

  heardBack(data) {
    const id = data.client_message_id || `turn ${data.turn}`;
    if (this.mine[id]) return;
    this.mine[id] = true;
    this.view.said({ text: data.text || "…" });
  }

  get busy() {
    return Boolean(this.sending);
  }

  /** Sends one answer: {text} or {choice}; `shown` is what stands in the log for it. */
  send(content, shown) {
    if (this.sending) return false;
    const entry = { __proto__: null, id: randomId(), content, shown };
    this.sending = entry;
    if (this.on) this.remember({ unsent: entry });
    this.deliver(entry);
    return true;
  }

  /** Until the server has it, with the same id: it answers a repeat with the turn it has, so nothing is said twice. */
  async deliver(entry) {
    this.view.busy(true);
    try {
      await this.begin();
      // what was said before comes first; among it may be this very message
      await this.caughtUp;
      if (!this.on) return;
      if (!this.mine[entry.id]) this.view.said({ text: entry.shown });
      this.mine[entry.id] = true;
      for (let tries = 0; ; tries += 1) {
        const turn = await this.attempt(entry, tries);
        if (turn) {
          this.view.trouble("");
          this.turned(turn);
          break;
        }
      }
    } catch (error) {
      if (error instanceof Trouble && error.over) this.lost();
      else if (error instanceof Trouble) this.view.notice("error", error.message || WORDS[this.language].unopened);
      else throw error;
    } finally {
      this.sending = null;
      if (this.on) this.remember({ unsent: undefined });
      this.view.busy(false);
    }
  }

  /** The turn, or null after the wait before another try. */
  async attempt(entry, tries) {
    const { id, token, locale } = this.held;
    const body = { __proto__: null, client_message_id: entry.id };
    if (typeof entry.content.choice === "object") body.choice = listed(entry.content.choice);
    else if (entry.content.choice !== undefined) body.choice = entry.content.choice;
    else body.text = entry.content.text;
    let wait = WAITS_S[tries];
    try {
      const turn = await call("POST", `/conversations/${quoted(id)}/messages`, { language: locale, token, body });
      // the engine was away: that turn did not happen, and the server waits for the message again
      if (turn.status !== "error_engine" || !wait) return turn;
    } catch (error) {
      if (!(error instanceof Trouble) || !error.passing || !wait) throw error;
      wait = error.wait || wait;
      this.view.trouble(error.status === 429 ? "slow" : "failed", wait);
    }
    await sleep(wait * 1000);
    return null;
  }

  guide(code) {
    const { locale } = this.held;
    return call("GET", `/guides/${quoted(code)}${locale === "en" ? "?locale=en" : ""}`, { language: locale });
  }

  /** The address at which our own page goes on with this conversation: for once, and for two minutes. */
  async crossing() {
    const { id, token, locale } = this.held;
    const { address } = await call("POST", `/conversations/${quoted(id)}/crossing`, { language: locale, token });
    this.rest();
    return BASE + address;
  }

  /** Nothing is listened to until `begin` is called again. */
  rest() {
    if (this.stream) this.stream.stop();
    never(this.settled);
    if (this.caught) this.caught();
    this.opening = null;
  }

  async end() {
    const { id, token, locale } = this.held;
    this.forget();
    try {
      await call("POST", `/conversations/${quoted(id)}/leave`, { language: locale, token });
    } catch (error) {
      if (!(error instanceof Trouble)) throw error; // the token runs out by itself; here it is gone already
    }
  }

  lost() {
    this.forget();
    this.view.over();
  }

  forget() {
    this.rest();
    const open = this.held ? this.held.open : false;
    this.held = null;
    kept.write(null);
    if (open) this.remember({ open });
  }
}
