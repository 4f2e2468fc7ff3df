/**
 * The citizen's side of a call, for the chat page and the kiosk: `startCall(container, api)` gives a `VideoCall`, which the page
 * tells who speaks (`speaks`) and what the stream says of calls (`happened`). Her camera and microphone go on by her own press only.
 */
import { h, icon } from "./dom.js";
import { Line } from "./video-line.js";
import { openCamera, openMedia, possible } from "./video-media.js";
import { Peer } from "./video-peer.js";
import { askForSnapshot } from "./video-snapshot.js";
import { v } from "./video-words.js";

const WITH_STAFF = new Set(["queue", "staff"]);
const OPEN = new Set(["asked", "ringing", "live"]);

/**
 * `api` = {session() → {id, token}, card(id) → promise of a card staff sent or null, upload(file, material, onProgress), act(cardId, body),
 * sign() → promise of whether she signed, or null where she cannot, live(on): a call begins or is over, alive(): she is in a call}; where the
 * page has another camera for papers, paper(card) → promise of whether one was handed in; returns: false where a page loaded anew is another's.
 */
export const startCall = (container, api) => new VideoCall(container, api);

export class VideoCall {
  constructor(root, api) {
    Object.assign(this, { root, api, owner: null, call: null, told: "", peer: null, media: null, theirs: {}, muted: false, asks: [] });
    root.classList.add("call");
    root.hidden = true;
    // Whoever only loads the page anew finds the call there still
    const away = api.returns === false ? "hang_up" : "away";
    window.addEventListener("pagehide", () => { if (this.call?.state === "live" && this.call.here) this.line?.say({ type: away }); });
  }

  /** Who speaks in the conversation now. */
  async speaks(owner) {
    if (owner === this.owner) return;
    this.owner = owner;
    if (!WITH_STAFF.has(owner)) {
      if (!this.call) this.#draw();
      return;
    }
    if (this.possible === undefined) await this.#known();
    this.#draw();
  }

  /** A `call` event of the conversation's stream; `past` while it is played back. */
  happened(data, past = false) {
    this.latest = data;
    if (!past && OPEN.has(data.state)) this.#follow();
  }

  /** Playing back is over: a call that was open then may be open still. */
  caughtUp() {
    if (this.latest && OPEN.has(this.latest.state)) this.#follow();
  }

  /** The page goes on without it. */
  close() {
    if (this.call && OPEN.has(this.call.state) && this.call.here) this.line?.say({ type: "hang_up" });
    this.#over();
    this.line?.stop();
    Object.assign(this, { line: null, call: null, owner: null, latest: null, possible: undefined, said: null, refused: false });
    this.root.replaceChildren();
    this.root.hidden = true;
  }

  async #known() {
    const { id, token } = this.api.session();
    this.possible = false;
    try {
      const answer = await fetch(`/api/v1/conversations/${encodeURIComponent(id)}/call`, { headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
      if (answer.ok) this.possible = (await answer.json()).available;
    } catch { /* without it there is writing */ }
  }

  #follow() {
    if (this.line) return;
    const { id, token } = this.api.session();
    this.line = new Line({
      address: () => `/api/v1/conversations/${encodeURIComponent(id)}/call/ws?token=${encodeURIComponent(token)}`,
      on: {
        state: (told) => this.#state(told),
        said: (message) => void this.#said(message),
        problem: (text) => this.#say(text),
        gone: () => this.#ended(v("gone")),
      },
    });
    this.line.start();
  }

  /* ---- what she does ---- */

  async #ask(kind) {
    if (!(await this.#open(kind))) return;
    this.#follow();
    this.line.say({ type: "ask", kind: this.media.picture ? "video" : "voice" });
  }

  async #accept(kind) {
    if (this.media || (await this.#open(kind))) this.line.say({ type: "accept", kind: this.media.picture ? "video" : "voice" });
    else this.line?.say({ type: "decline" });
  }

  /** Camera and microphone on; says what is missing. Resolves to whether a call is possible. */
  async #open(kind) {
    if (!possible()) return this.#ended(v("unsupported"));
    try {
      this.media = await openMedia(kind);
    } catch {
      return this.#ended(v("no_microphone"));
    }
    this.told = this.media.why ? v(this.media.why) : "";
    this.api.live(true);
    return true;
  }

  async #camera(on) {
    if (!on) {
      this.media.picture?.stop();
      this.media.picture = null;
    } else {
      try {
        this.media.picture = await openCamera(this.facing ?? "user");
        this.told = "";
      } catch (error) {
        this.told = v(error.why);
      }
    }
    if (!this.screen) await this.peer?.send("video", this.media.picture);
    this.#media();
    this.#draw();
  }

  /** This page instead of the camera, by her own press and as long as she likes: the form she is at, say. */
  async #share(on) {
    if (on) {
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 8 } }, audio: false, preferCurrentTab: true });
        [this.screen] = stream.getVideoTracks();
      } catch {
        return this.#say(v("share_refused"));
      }
      if (!this.media) return this.#over();
      this.screen.addEventListener("ended", () => void this.#share(false));
    } else {
      this.screen?.stop();
      this.screen = null;
    }
    await this.peer?.send("video", this.screen ?? this.media?.picture ?? null);
    this.#media();
    this.#draw();
    return undefined;
  }

  async #turn() {
    this.facing = this.facing === "environment" ? "user" : "environment";
    this.media.picture?.stop();
    await this.#camera(true);
  }

  #mute() {
    this.muted = !this.muted;
    this.media.sound.enabled = !this.muted;
    this.#media();
    this.#draw();
  }

  #media(weak = false) {
    this.line?.say({ type: "media", camera: Boolean(this.media?.picture), microphone: Boolean(this.media) && !this.muted, screen: Boolean(this.screen), weak });
  }

  /* ---- what is told ---- */

  #state(told) {
    const before = this.call;
    this.call = told.call;
    Object.assign(this, { servers: told.ice_servers ?? [], consent: told.consent ?? null });
    if (!told.call) return this.#draw();
    const { state, here, lines, outcome } = told.call;
    if (state === "ended") {
      this.#ended(before ? v(`ended_${outcome}`) : "");
      return undefined;
    }
    if (state === "ringing" && this.media) this.line.say({ type: "accept", kind: this.media.picture ? "video" : "voice" }); // she asked for it, and waits
    if (state === "live" && here) this.#connect(lines);
    else if (state === "live" && this.peer) this.#over(); // she took it to another page
    this.#draw();
    return undefined;
  }

  #connect(lines) {
    if (this.peer?.lines.join() === lines.join()) return;
    this.peer?.close();
    Object.assign(this, { connected: false, seeking: false, away: false });
    this.peer = new Peer({
      offers: false, servers: this.servers, lines, say: (message) => this.line?.say(message),
      on: {
        streams: (stream) => { this.stream = stream; this.#draw(); },
        connected: () => {
          this.connected = true;
          this.seeking = false;
          this.line?.say({ type: "connected" });
          this.#media();
          this.#draw();
        },
        seeking: () => { this.seeking = true; this.#draw(); },
        failed: (why) => this.line?.say({ type: "failed", why }),
        weak: () => void this.#weak(),
      },
    });
    void this.peer.send("audio", this.media?.sound ?? null);
    void this.peer.send("video", this.screen ?? this.media?.picture ?? null);
    if (this.media?.why) this.line.say({ type: "fell", why: this.media.why });
    clearInterval(this.pulse);
    this.pulse = setInterval(() => this.api.alive(), 5_000);
  }

  async #weak() {
    if (this.screen || !this.media?.picture) return;
    this.line?.say({ type: "fell", why: "weak" });
    await this.#camera(false);
    this.told = v("weak");
    this.#media(true);
    this.#draw();
  }

  async #said(message) {
    switch (message.type) {
      case "media": this.theirs = message; return this.#draw();
      case "fell": this.theirs = { ...this.theirs, camera: false, weak: message.why === "weak" }; return this.#draw();
      case "away":
        this.away = true;
        this.peer?.close(); // a new one comes with the page that comes back
        return this.#draw();
      case "asking": return this.#asked(message);
      default: return this.peer?.heard(message);
    }
  }

  async #asked({ what, card: id }) {
    const card = what === "snapshot" ? await this.api.card(id) : null;
    if (what === "snapshot" && !card) return this.line?.say({ type: "done", what, done: false });
    this.asks = [...this.asks.filter((one) => one.what !== what), { what, card }];
    this.#draw();
    return undefined;
  }

  #answered(what, done, words = "") {
    this.asks = this.asks.filter((one) => one.what !== what);
    this.line?.say({ type: "done", what, done });
    this.told = words;
    this.#draw();
  }

  async #snapshot(card) {
    const camera = this.media?.picture;
    const sent = await this.api.paper?.(card) ?? await askForSnapshot({
      card, upload: this.api.upload, act: this.api.act,
      // What she photographs is what the other side sees meanwhile, so that it can be said whether it is well in view
      showing: async (track) => {
        camera?.stop();
        if (this.media && camera) await this.peer?.send("video", track);
      },
    });
    if (this.media && camera?.readyState === "ended") {
      await this.#camera(true);
      await this.peer?.send("video", this.screen ?? this.media?.picture ?? null);
    }
    if (this.asks.some((one) => one.card === card)) this.#answered("snapshot", sent, sent ? v("snap_sent") : "");
  }

  async #sign() {
    const signed = await this.api.sign();
    this.#answered("signature", signed === true, signed === null ? v("sign_not_yet") : "");
  }

  #over() {
    clearInterval(this.pulse);
    this.peer?.close();
    for (const track of [this.media?.sound, this.media?.picture, this.screen]) track?.stop();
    const had = this.media;
    Object.assign(this, { peer: null, media: null, stream: null, screen: null, away: false, theirs: {}, muted: false, asks: [], connected: false, seeking: false, facing: "user", drawn: "" });
    if (had) this.api.live(false);
  }

  /** The call is over, or cannot be: why, and what to do. Resolves to false, for who wanted one. */
  #ended(words) {
    this.#over();
    this.line?.stop();
    Object.assign(this, { line: null, call: null, said: words || null, told: "", latest: null });
    this.#draw();
    return false;
  }

  #say(text) {
    this.told = text;
    this.#draw();
  }

  /* ---- what is shown ---- */

  #draw() {
    const state = this.call?.state ?? (this.media ? "asked" : this.said ? "said" : "none");
    const offered = state === "none" && this.possible && WITH_STAFF.has(this.owner) && !this.refused;
    this.root.hidden = state === "none" && !offered;
    this.root.dataset.state = offered ? "offered" : state;
    this.root.setAttribute("aria-label", v("title"));
    const parts = this[`_${offered ? "offered" : this.call?.elsewhere ? "elsewhere" : state}`]?.() ?? [];
    const held = this.root.contains(document.activeElement) ? document.activeElement.dataset.do : null;
    this.root.replaceChildren(...parts.filter(Boolean));
    if (held) this.root.querySelector(`[data-do="${held}"]`)?.focus();
  }

  #key(name, press, style = "") {
    return h("button", { type: "button", class: `button ${style}`, data: { do: name }, text: v(name), on: { click: press } });
  }

  #line(text, more = null) {
    return h("p", { class: "call-line", role: "status" }, text, more ? h("span", { class: "hint", text: ` ${more}` }) : null);
  }

  #warned() {
    return this.told ? h("p", { class: "call-told", role: "alert", text: this.told }) : null;
  }

  _said() {
    return [this.#line(this.said), h("div", { class: "call-do" }, this.#key("close", () => { this.said = null; this.#draw(); }))];
  }

  _offered() {
    return [this.#line(v("offer")), this.#warned(), h("div", { class: "call-do" },
      this.#key("video", () => void this.#ask("video"), "primary"), this.#key("voice", () => void this.#ask("voice")),
      this.#key("text", () => { this.refused = true; this.#draw(); }))];
  }

  _asked() {
    const cancel = () => { this.line?.say({ type: "hang_up" }); if (!this.call) this.#ended(""); };
    return [this.#line(v("asked"), v("asked_seen")), this.#warned(), this.media?.picture ? this.#me() : null,
      h("div", { class: "call-do" }, this.#key("cancel", cancel))];
  }

  _ringing() {
    return [this.#line(v("rings", { name: this.call.name ?? "" }), v("rings_text")), this.#warned(), h("div", { class: "call-do" },
      this.#key("accept_video", () => void this.#accept("video"), "primary"), this.#key("accept_voice", () => void this.#accept("voice")),
      this.#key("text", () => this.line.say({ type: "decline" })))];
  }

  _elsewhere() {
    const take = async (kind) => { if (this.media || (await this.#open(kind))) this.line.say({ type: "take" }); };
    const end = () => { for (const type of ["take", "hang_up"]) this.line.say({ type }); };
    return [this.#line(v("elsewhere"), v("elsewhere_text")), this.#warned(), h("div", { class: "call-do" }, this.#key("take", () => void take("video"), "primary"),
      this.#key("voice", () => void take("voice")), this.#key("hang_up", end, "bad"))];
  }

  _live() {
    const { camera = true, screen = false, weak = false } = this.theirs;
    const recording = this.call.recording === "on";
    this.picture ??= h("video", { class: "them", autoplay: true, playsinline: true });
    if (this.picture.srcObject !== this.stream) this.picture.srcObject = this.stream ?? null;
    this.picture.setAttribute("aria-label", v("them"));
    this.picture.classList.toggle("screen", screen);
    const veil = this.away ? v("their_away") : !this.connected ? v("connecting") : this.seeking ? v("seeking") : weak ? v("their_weak") : !camera && !screen ? v("their_voice") : null;
    const on = Boolean(this.media?.picture);
    return [
      h("div", { class: "call-stage" }, this.picture, veil ? h("p", { class: "veil", text: veil }) : null, on ? this.#me() : null,
        recording ? h("p", { class: "rec", role: "status" }, h("span", { "aria-hidden": "true", class: "rec-dot" }), v("rec")) : null),
      this.#line(screen ? v("their_screen") : v("live", { name: this.call.name ?? "" })), this.#warned(),
      this.screen ? h("p", { class: "call-told", role: "status", text: v("share_on") }) : null, this.consent ? this.#consents() : null, ...this.asks.map((one) => this.#request(one)),
      h("div", { class: "call-do" }, this.#key(on ? "camera_off" : "camera_on", () => void this.#camera(!on)), this.#key(this.muted ? "unmute" : "mute", () => this.#mute()),
        on ? this.#key("turn", () => void this.#turn()) : null,
        navigator.mediaDevices.getDisplayMedia ? this.#key(this.screen ? "share_off" : "share", () => void this.#share(!this.screen)) : null, recording ? this.#key("rec_stop", () => this.line.say({ type: "record_stop" })) : null,
        this.#key("hang_up", () => this.line.say({ type: "hang_up" }), "bad")),
    ];
  }

  #me() {
    this.mirror ??= h("video", { class: "me", autoplay: true, playsinline: true });
    this.mirror.muted = true;
    this.mirror.setAttribute("aria-label", v("me"));
    if (this.mirror.srcObject?.getVideoTracks()[0] !== this.media.picture) this.mirror.srcObject = new MediaStream([this.media.picture]);
    this.mirror.classList.toggle("mirrored", this.facing !== "environment");
    return this.mirror;
  }

  #consents() {
    const { text, sha256 } = this.consent;
    return h("div", { class: "call-ask", role: "alert" }, h("p", {}, icon("info"), h("strong", { text: v("rec_title") })), h("p", { text }), h("div", { class: "call-do" },
      this.#key("rec_yes", () => this.line.say({ type: "record_yes", words: sha256 })), this.#key("rec_no", () => this.line.say({ type: "record_no" }))));
  }

  #request({ what, card }) {
    if (what === "signature") {
      return h("div", { class: "call-ask", role: "alert" }, h("p", {}, icon("sign"), h("strong", { text: v("sign_ask") })), h("p", { text: v("sign_text") }), h("div", { class: "call-do" },
        this.#key("sign_open", () => void this.#sign(), "primary"), this.#key("sign_no", () => this.#answered("signature", false))));
    }
    return h("div", { class: "call-ask", role: "alert" }, h("p", {}, icon("camera"), h("strong", { text: v("snap_ask", { label: card.label }) })), h("p", { text: v("snap_ask_text") }), h("div", { class: "call-do" },
      this.#key("snap_open", () => void this.#snapshot(card), "primary"), this.#key("snap_no", () => this.#answered("snapshot", false))));
  }
}
