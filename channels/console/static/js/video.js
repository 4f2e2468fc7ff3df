/** Calls at the console: rung or taken up from the conversation that is open, the packet beside it; what is asked of her she does on her page. */
import { h, icon } from "/static/chat/js/dom.js";
import { Line } from "/static/chat/js/video-line.js";
import { openCamera, openMedia, possible } from "/static/chat/js/video-media.js";
import { Peer } from "/static/chat/js/video-peer.js";
import { call as api, token } from "./api.js";
import { AFTER, WHY } from "./video-words.js";
import { Recorder } from "./video-recorder.js";

const OPEN = new Set(["asked", "ringing", "live"]);
/** Who talks uses neither keys nor mouse, and is there all the same. */
const THERE_MS = 240_000;
const of = (id) => `/conversations/${encodeURIComponent(id)}`;
const CARDS = new Set(["web", "kiosk"]);

class Calls {
  constructor(root, button) {
    Object.assign(this, { root, button, packet: null, id: null, call: null, told: "", theirs: {}, asked: "" });
    button.addEventListener("click", () => void this.#choose());
    document.addEventListener("desk-news", ({ detail }) => this.#news(detail));
    setInterval(() => { if (this.call?.state === "live") void api("POST", "/active").catch(() => {}); }, THERE_MS);
    window.addEventListener("pagehide", () => { if (this.call?.state === "live" && this.call.here) this.line?.say({ type: "away" }); });
  }

  #news({ packet, open }) {
    if (packet) this.packet = packet;
    else if (this.packet?.conversation_id !== open) this.packet = null;
    const mine = Boolean(this.packet?.mine);
    this.button.hidden = !mine || this.unavailable === true;
    if (mine && packet && this.known !== packet.conversation_id) void this.#known(packet.conversation_id);
    const latest = packet?.events.filter((event) => event.event === "call").at(-1)?.data;
    if (mine && latest && OPEN.has(latest.state)) this.#follow(packet.conversation_id);
    this.#draw();
  }

  async #known(id) {
    this.known = id;
    try {
      const state = await api("GET", `${of(id)}/call`);
      this.unavailable = !state.available;
      this.button.hidden = this.unavailable || !this.packet?.mine;
    } catch { /* the next news asks again */ }
  }

  #follow(id) {
    if (this.line) return;
    this.id = id;
    this.line = new Line({
      address: () => `/console/api${of(id)}/call/ws`, hello: () => ({ csrf: token() }),
      on: {
        state: (told) => this.#state(told), said: (message) => void this.#said(message), problem: (text) => this.#say(text),
        gone: () => this.#ended(this.call?.state === "live" ? WHY.gone : ""),
      },
    });
    this.line.start();
  }

  /* ---- what the operator does ---- */

  async #choose() {
    if (!this.packet?.mine) return;
    this.choosing = !this.call && !this.choosing;
    this.told = "";
    this.#draw();
    this.root.querySelector("button")?.focus();
  }

  async #ring(kind) {
    const id = this.id ?? this.packet?.conversation_id;
    if (!possible()) return this.#say(WHY.unsupported);
    try {
      this.media = await openMedia(kind);
    } catch {
      return this.#say(WHY.no_microphone);
    }
    this.told = this.media.why ? WHY[this.media.why] : "";
    this.choosing = false;
    this.about = this.packet?.case?.guide.name ?? "";
    this.#follow(id);
    this.line.say({ type: "ring", kind });
    this.#draw();
    return undefined;
  }

  async #camera(on) {
    if (!on) {
      this.media.picture?.stop();
      this.media.picture = null;
    } else {
      try {
        this.media.picture = await openCamera("user");
        this.told = "";
      } catch (error) {
        this.told = WHY[error.why];
      }
    }
    if (!this.screen) await this.peer?.send("video", this.media.picture);
    this.#media();
    this.#draw();
  }

  /** The screen, or a window, instead of the camera: the form, say, while it is filled in together. */
  async #share(on) {
    if (on) {
      try {
        const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 8 } }, audio: false });
        this.screen = stream.getVideoTracks()[0];
      } catch {
        return this.#say(WHY.screen);
      }
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

  #mute() {
    this.muted = !this.muted;
    this.media.sound.enabled = !this.muted;
    this.#media();
    this.#draw();
  }

  #media(weak = false) {
    this.line?.say({ type: "media", camera: Boolean(this.media?.picture), microphone: Boolean(this.media) && !this.muted, screen: Boolean(this.screen), weak });
  }

  async #materials() {
    try {
      const can = await api("GET", `${of(this.id)}/acting`);
      if (can.why_not) return this.#say(can.why_not);
      this.can = can.materials;
    } catch (error) {
      return this.#say(error.message);
    }
    if (!this.can.length) return this.#say("现在没有要上传的材料。");
    return this.#draw();
  }

  /** The card is an upload asked for like any other; the call only opens the camera for it. */
  async #snapshot(material) {
    this.can = null;
    try {
      const { card_id: card } = await api("POST", `${of(this.id)}/cards`, { body: { kind: "upload", material } });
      this.line?.say({ type: "asking", what: "snapshot", card });
      this.#say("已请申请人拍照。申请人同意了才会打开相机。");
    } catch (error) {
      this.#say(error.message);
    }
  }

  #sign() {
    this.line.say({ type: "asking", what: "signature" });
    this.#say("已请申请人签名。");
  }

  /* ---- what is told ---- */

  #state(told) {
    const before = this.call;
    Object.assign(this, { call: told.call, servers: told.ice_servers ?? [], may: told.may_record });
    if (!told.call) return this.#draw();
    const { state, here, lines, outcome, recording } = told.call;
    if (state === "ended") return this.#ended(before ? AFTER[outcome] : "");
    if (state === "live" && here && this.media) this.#connect(lines);
    else if (state === "live" && !here && this.peer) this.#over();
    if (before?.recording === "asked" && recording === "") this.told = "申请人不同意录像，没有录。";
    if (before?.recording !== "on" && recording === "on") this.told = "";
    if (recording === "on" && here && this.stream) this.#record(told.recording_id);
    else if (recording !== "on") this.#recorded();
    this.#draw();
    return undefined;
  }

  #connect(lines) {
    if (this.peer?.lines.join() === lines.join()) return;
    this.peer?.close();
    Object.assign(this, { connected: false, seeking: false, away: false });
    this.peer = new Peer({
      offers: true, servers: this.servers, lines, say: (message) => this.line?.say(message),
      on: {
        streams: (stream) => { this.stream = stream; this.#draw(); },
        connected: () => {
          Object.assign(this, { connected: true, seeking: false });
          this.line?.say({ type: "connected" });
          this.#media();
          this.#draw();
        },
        seeking: () => { this.seeking = true; this.#draw(); },
        failed: (why) => this.line?.say({ type: "failed", why }),
        weak: () => void this.#weak(),
      },
    });
    void this.peer.send("audio", this.media.sound);
    void this.peer.send("video", this.screen ?? this.media.picture);
  }

  async #weak() {
    if (this.screen || !this.media?.picture) return;
    this.line?.say({ type: "fell", why: "weak" });
    await this.#camera(false);
    this.told = WHY.weak;
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
      case "done": return this.#say({ snapshot: message.done ? "申请人交了照片。" : "申请人现在不拍。", signature: message.done ? "申请人签好了。" : "申请人没有签名。" }[message.what]);
      default: return this.peer?.heard(message);
    }
  }

  #record(id) {
    if (this.recorder || !id || !this.them) return;
    this.recorder = new Recorder({
      id, pictures: () => [this.them, this.mirror], sounds: () => [this.media.sound, ...this.stream.getAudioTracks()],
      on: { late: () => this.#say(WHY.record), done: (whole) => this.#say(whole ? WHY.recorded : WHY.cut) },
    });
  }

  #recorded() {
    const { recorder } = this;
    this.recorder = null;
    void recorder?.stop();
  }

  #over() {
    this.#recorded();
    this.peer?.close();
    for (const track of [this.media?.sound, this.media?.picture, this.screen]) track?.stop();
    Object.assign(this, { peer: null, media: null, stream: null, screen: null, theirs: {}, muted: false, can: null, connected: false, seeking: false, away: false });
  }

  #ended(words) {
    this.#over();
    this.line?.stop();
    Object.assign(this, { line: null, call: null, id: null, told: words, choosing: false });
    this.#draw();
  }

  #say(text) {
    this.told = text;
    this.#draw();
  }

  /* ---- what is shown ---- */

  #draw() {
    const { call } = this;
    const parts = call?.elsewhere || (call?.state === "live" && !this.media) ? this.#elsewhere() : call ? this[`_${call.state}`]() : this.choosing ? this.#choices() : [];
    const told = this.told ? h("p", { class: "call-told", role: "status" }, this.told, " ", call ? null : this.#button("知道了", () => this.#say(""), "small")) : null;
    const held = this.root.contains(document.activeElement) ? document.activeElement.textContent : null;
    this.root.replaceChildren(...[...parts, told].filter(Boolean));
    this.root.hidden = !this.root.children.length;
    this.root.dataset.state = call?.state ?? "none";
    this.button.setAttribute("aria-pressed", String(!this.root.hidden));
    if (held) [...this.root.querySelectorAll("button")].find((one) => one.textContent === held)?.focus();
  }

  #button(text, press, style = "") {
    return h("button", { type: "button", class: `button small ${style}`, text, on: { click: press } });
  }

  #choices() {
    return [h("p", { class: "call-line", text: "邀请申请人通话" }), h("div", { class: "call-do" }, this.#button("视频邀请", () => void this.#ring("video"), "primary"),
      this.#button("语音邀请", () => void this.#ring("voice")), this.#button("不用了", () => void this.#choose()))];
  }

  #elsewhere() {
    const take = async () => {
      try {
        this.media ??= await openMedia("video");
      } catch {
        return this.#say(WHY.no_microphone);
      }
      return this.line.say({ type: "take" });
    };
    return [h("p", { class: "call-line", role: "status", text: "通话还没有结束。要在这里接着说吗？" }), h("div", { class: "call-do" }, this.#button("接着说", () => void take(), "primary"), this.#button("挂断", () => void take().then(() => this.line.say({ type: "hang_up" }))))];
  }

  _asked() {
    const kind = this.call.kind === "video" ? "视频" : "语音";
    return [h("p", { class: "call-line", role: "alert", text: `申请人想要${kind}通话` }), h("div", { class: "call-do" }, this.#button(`${kind}接通`, () => void this.#ring(this.call.kind), "primary"),
      kind === "视频" ? this.#button("只用语音接通", () => void this.#ring("voice")) : null, this.#button("现在不能", () => this.line.say({ type: "decline" })))];
  }

  _ringing() {
    return [h("p", { class: "call-line", role: "status", text: "正在等申请人接…" }), this.media?.picture ? this.#me() : null,
      h("div", { class: "call-do" }, this.#button("取消", () => this.line.say({ type: "hang_up" })))];
  }

  _live() {
    const { camera = true, screen = false, weak = false } = this.theirs;
    const { recording } = this.call;
    this.them ??= h("video", { class: "them", autoplay: true, playsinline: true, "aria-label": "申请人" });
    if (this.them.srcObject !== (this.stream ?? null)) this.them.srcObject = this.stream ?? null;
    this.them.classList.toggle("screen", screen);
    const veil = this.away ? "申请人的页面关了或者刷新了，40 秒内回来可以接着说。" : !this.connected ? "正在接通…" : this.seeking ? "网络断了，正在重新接。可以接着打字。" : weak ? "申请人那边网络慢，画面先关了，声音不受影响" : !camera && !screen ? "申请人没有开摄像头" : null;
    const on = Boolean(this.media?.picture);
    const away = this.packet && this.packet.conversation_id !== this.id;
    const record = !this.may ? null : recording === "on" ? this.#button("停止录像", () => this.line.say({ type: "record_stop" }))
      : recording === "asked" ? h("span", { class: "hint", text: "在等申请人回答能不能录像…" }) : this.#button("请求录像", () => this.line.say({ type: "record_ask" }));
    return [
      screen ? h("p", { class: "call-line", role: "status", text: "申请人在给您看屏幕" }) : null,
      away ? h("p", { class: "call-told", role: "status", text: `通话的是另一位申请人：${this.about || "还没选事项"}` }) : null,
      h("div", { class: "call-stage" }, this.them, veil ? h("p", { class: "veil", text: veil }) : null, on || this.screen ? this.#me() : null,
        recording === "on" ? h("p", { class: "rec", role: "status" }, h("span", { "aria-hidden": "true", class: "rec-dot" }), "正在录像") : null),
      this.can ? h("div", { class: "call-ask" }, h("p", {}, icon("camera"), h("strong", { text: "请申请人拍哪一样？" })),
        h("div", { class: "call-do" }, this.can.map((one) => this.#button(one.name, () => void this.#snapshot(one.code))), this.#button("不拍", () => { this.can = null; this.#draw(); }))) : null,
      h("div", { class: "call-do" }, this.#button(on ? "关摄像头" : "开摄像头", () => void this.#camera(!on)), this.#button(this.muted ? "取消静音" : "静音", () => this.#mute()),
        this.#button(this.screen ? "不给看屏幕" : "给看屏幕", () => void this.#share(!this.screen)),
        CARDS.has(this.packet?.channel ?? "web") ? this.#button("请拍材料", () => void this.#materials()) : null, this.#button("请签名", () => this.#sign()), record,
        this.#button("挂断", () => this.line.say({ type: "hang_up" }), "bad")),
    ];
  }

  #me() {
    this.mirror ??= h("video", { class: "me", autoplay: true, playsinline: true, "aria-label": "您自己" });
    this.mirror.muted = true;
    const track = this.screen ?? this.media.picture;
    if (this.mirror.srcObject?.getVideoTracks()[0] !== track) this.mirror.srcObject = new MediaStream([track]);
    this.mirror.classList.toggle("mirrored", !this.screen);
    return this.mirror;
  }
}

new Calls(document.getElementById("call"), document.getElementById("call-open"));
