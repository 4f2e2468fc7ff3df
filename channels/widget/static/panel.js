/* The element itself: a button in the corner of the page, and the panel it opens. */
const OPEN_ICON = ["M4 4h16v12H9l-5 4z"];
const CLOSE_ICON = ["M5 12h14"];
const FULL_ICON = ["M14 4h6v6", "M20 4l-9 9", "M18 14v6H4V6h6"];
const OFFERED = ".entry > div > .options:not([hidden])";

class Chat extends HTMLElement {
  connectedCallback() {
    if (this.panel) return this.above();
    const root = shadowOf(this, { mode: "open" });
    const sheet = new Sheet();
    fill(sheet, STYLE);
    root.adoptedStyleSheets[root.adoptedStyleSheets.length] = sheet;
    this.root = root;
    this.language = LANGUAGE;
    this.w = WORDS[LANGUAGE];
    this.talk = new Talk(this, LANGUAGE);
    this.build();
    // the page's own shortcuts are not for what is typed in here
    const ours = (event) => event.stopPropagation();
    listenTo(root, { keydown: ours, keyup: ours, keypress: ours });
    this.above();
    if (this.talk.on) this.start(false);
    if (this.talk.held && this.talk.held.open) this.show(true, false);
    return undefined;
  }

  /** In the browser's top layer nothing of the page lies over it but its own dialogs. */
  above() {
    if (!showAbove) return;
    mark(this, "popover", "manual");
    try { showAbove(this); } catch { /* it is there already */ }
  }

  build() {
    const { w } = this;
    const panel = nextId();
    const title = nextId();
    this.launcher = h("button", {
      type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": panel, "aria-haspopup": "dialog", on: { click: () => this.show(true, true) },
    }, icon(OPEN_ICON), h("span", { text: w.launch }));
    const tool = (name, paths, press) => h("button", { type: "button", class: "tool", "aria-label": w[name], title: w[name], on: { click: press } }, icon(paths));
    this.status = h("p", { role: "status", text: "" });
    this.trouble = (key, seconds) => setWords(this.strip, key ? (typeof w[key] === "function" ? w[key](seconds) : w[key]) : "");
    this.strip = h("p", { class: "strip", role: "status" });
    this.bar = h("p", { class: "case", hidden: true });
    this.log = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": w.log, tabindex: 0 });
    this.typing = h("p", { class: "hint typing", hidden: true, text: w.typing });
    this.question = h("section", { class: "ask", hidden: true });
    this.box = h("textarea", { rows: 1, "aria-label": w.box, placeholder: w.box, maxlength: 4000 });
    const composer = h("form", { class: "composer" }, this.box, h("button", { type: "submit", class: "button primary", text: w.send }));
    listen(composer, "submit", (event) => {
      event.preventDefault();
      this.typed();
    });
    listen(this.box, "keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.typed();
    });
    this.panel = h("section", { class: "panel", id: panel, role: "dialog", "aria-labelledby": title, tabindex: -1, hidden: true },
      h("header", {}, h("div", {}, h("h2", { id: title, text: w.title }), this.status),
        tool("more", FULL_ICON, () => this.cross()), button(w.end, () => this.ending(), "tool"), tool("close", CLOSE_ICON, () => this.show(false, true))),
      this.bar, this.log, this.typing, this.strip, this.question, composer);
    listen(this.panel, "keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      this.show(false, true);
    });
    put(this.root, h("div", { class: "all", lang: LANGUAGE, dir: "ltr" }, this.launcher, this.panel));
    this.act = {
      say: (text, shown) => this.say({ __proto__: null, text }, shown || text),
      choose: (value, label) => this.say({ __proto__: null, choice: value }, label),
      cross: () => this.cross(),
      form: () => this.form(),
    };
  }

  /** Opens or closes the panel; `moving`: the keyboard goes along, into it or back to the button. */
  show(on, moving) {
    this.panel.hidden = !on;
    this.launcher.hidden = on;
    mark(this.launcher, "aria-expanded", `${on}`);
    this.talk.remember({ open: on });
    if (on) {
      unmark(this.launcher, "data-unread");
      setWords(find(this.launcher, "span"), this.w.launch);
      this.start(moving);
      this.down();
    }
    if (moving && !on) focusOn(this.launcher);
    else if (moving) focusOn(matches("(pointer: fine)").matches ? this.box : this.panel);
  }

  async start(moving) {
    if (!this.log.firstChild) setWords(this.status, this.w.connecting);
    try {
      await this.talk.begin();
      this.owner(this.speaking || "bot");
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      setWords(this.status, "");
      this.instead(error.message || this.w.unopened, [button(this.w.again, () => {
        this.quiet(true);
        this.start(moving);
      }, "button primary")]);
    }
  }

  typed() {
    const text = trimmed(this.box.value);
    if (text && this.say({ __proto__: null, text }, text) !== false) this.box.value = "";
  }

  say(content, shown) {
    return this.talk.send(content, shown);
  }

  entry(who, kind, nodes) {
    // what was offered before has been answered, or passed over
    for (let old = find(this.log, OFFERED); old; old = find(this.log, OFFERED)) old.hidden = true;
    const item = h("div", { class: `entry ${kind}` }, heard(`${who}：`), nodes);
    put(this.log, item);
    this.down();
    if (this.panel.hidden && !this.silent && kind !== "mine") {
      mark(this.launcher, "data-unread", "");
      setWords(find(this.launcher, "span"), this.w.unread);
    }
  }

  down() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /* What the conversation tells; see `Talk`. */

  said(entry) {
    this.entry(this.w.you, "mine", [h("div", { class: "bubble", text: entry.text })]);
  }

  message(data) {
    if (data.from === "staff") {
      this.entry(data.name || this.w.person, "staff", [h("div", { class: "bubble", text: data.text || "" }),
        data.card && h("p", {}, this.w.card, " ", button(this.w.more, this.act.cross, "link"))]);
    } else this.entry(this.w.helper, "bot", drawn(data.replies || [{ kind: "text", text: data.text }], this.w, this.act));
  }

  turn(turn) {
    const choices = turn.ask && turn.ask.options && turn.ask.options.length > 0;
    if (turn.replies && turn.replies.length) this.entry(this.w.helper, "bot", drawn(turn.replies, this.w, this.act, choices));
    this.owner(turn.owner);
    this.file = turn.case || null;
    this.bar.hidden = !this.file;
    if (this.file) {
      const { title, guide, filled, total } = this.file;
      setWords(this.bar, `${title || guide.name} · ${this.w.filled(filled, total)}`);
    }
    this.asked = turn.ask || null;
    if (!this.silent) this.showAsk();
  }

  notice(level, words) {
    put(this.log, noticed(level, words));
    this.down();
  }

  owner(name) {
    this.speaking = name;
    setWords(this.status, this.w[name] || this.w.bot);
    if (!this.silent) this.showAsk();
  }

  quiet(on) {
    this.silent = on;
    mark(this.log, "aria-busy", `${on}`);
    if (on) {
      empty(this.log);
      return;
    }
    this.showAsk();
    this.down();
  }

  busy(on) {
    this.typing.hidden = !on || this.speaking === "staff";
    mark(this.question, "aria-busy", `${on}`);
    this.down();
  }

  over() {
    this.instead(this.w.gone, [
      h("a", { class: "button primary", href: `${BASE}/`, target: "_blank", rel: "noopener", text: this.w.more }), this.anew(),
    ]);
  }

  /** While staff speak nothing is asked: a tap would only be words to them. */
  showAsk() {
    const asked = this.speaking === "staff" ? null : this.asked;
    const key = asked ? jsonOf([asked.field, asked.label, asked.error, asked.value]) : "";
    if (key === this.shown && key) return;
    this.shown = key;
    const inside = this.root.activeElement && holds(this.question, this.root.activeElement);
    const first = drawAsk(this.question, asked, this.w, this.act, { form: asked ? fillable(this.file, asked) : false });
    if (inside) focusOn(first || this.box);
    this.down();
  }

  async form() {
    const file = this.file;
    try {
      const guide = await this.talk.guide(file.guide.code);
      if (file !== this.file) return;
      const back = () => {
        this.shown = "";
        this.showAsk();
        focusOn(this.box);
      };
      const form = formOf(file, guide, this.w, this.language === "en", (lines) => {
        back();
        this.act.say(lines, lines);
      }, back);
      empty(this.question);
      put(this.question, form);
      focusOn(find(form, "h3"));
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.notice("error", error.message || this.w.unopened);
    }
  }

  /** Over into the full page: a window is opened at the press, or the browser would not let one open. */
  async cross() {
    if (!this.talk.on || this.talk.busy) return;
    const page = openWindow("about:blank", "_blank");
    if (page) page.opener = null;
    try {
      const address = await this.talk.crossing();
      if (page) page.location.replace(address);
      else window.location.assign(address);
      this.instead(this.w.crossed, [button(this.w.here, () => {
        this.quiet(true);
        this.start(true);
      }), this.anew()], true);
    } catch (error) {
      if (page) page.close();
      if (!(error instanceof Trouble)) throw error;
      if (error.over) this.talk.lost();
      else this.notice("error", error.message || this.w.unopened);
    }
  }

  ending() {
    if (!this.talk.on) return this.show(false, true);
    return this.offer(this.w.ask, [button(this.w.end, async () => {
      await this.talk.end();
      this.instead(this.w.ended, [this.anew()]);
      focusOn(this.panel);
    }, "button primary"), button(this.w.stay, () => {
      this.shown = "";
      this.showAsk();
      focusOn(this.box);
    })]);
  }

  anew() {
    return button(this.w.anew, () => {
      this.talk.forget();
      this.start(true);
      focusOn(this.box);
    });
  }

  /** Stands where questions stand. */
  offer(words, buttons) {
    this.shown = null;
    empty(this.question);
    unmark(this.question, "aria-labelledby");
    this.question.hidden = false;
    const line = h("p", { tabindex: -1, role: "alert", text: words });
    add(this.question, [line, h("div", { class: "pair" }, buttons)]);
    if (this.root.activeElement) focusOn(find(this.question, "button, a"));
  }

  instead(words, buttons, keep) {
    if (!keep) {
      this.file = null;
      this.bar.hidden = true;
    }
    this.asked = null;
    setWords(this.status, "");
    this.trouble("");
    this.offer(words, buttons);
  }
}
