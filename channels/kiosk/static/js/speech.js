/** Hearing and speaking put together: microphone, socket, player, and how the figure stands meanwhile. */
import { sendMessage, ApiError } from "/static/chat/js/api.js";
import { t } from "/static/chat/js/strings.js";
import { Microphone } from "./mic.js";
import { Player } from "./player.js";
import { VoiceLink } from "./voice.js";
import { k } from "./words.js";

const VOLUMES = [["kiosk.volume_high", 1], ["kiosk.volume_middle", 0.6], ["kiosk.volume_low", 0.3]];
const POINT_MS = 5_000;
const PATIENCE_MS = 20_000;
const THERE_MS = 3_000;
/** So long after her last sound the server hears nothing where the microphone hears the loudspeaker: no sign says otherwise. */
const TAIL_MS = 400;

export class Speech {
  /**
   * `on` = {state(name), subtitle(text), heard(text, final), turn(turn), problem(words), offer(way), level(0..1), alive()}; states: listening, waiting (for her own voice to die away),
   * hearing, thinking, speaking, mic_muted, touch. `device` = {speed, fullDuplex, microphone: whether it may be used}.
   */
  constructor({ figure, on, device, portrait }) {
    Object.assign(this, { figure, on, device, portrait, link: null, told: "off", busy: false, muted: false, volume: 0, pointUntil: 0, deafUntil: 0, wondering: false, tried: new Set(), begins: [], patient: 0 });
    this.player = new Player({
      figure,
      on: {
        subtitle: (text) => on.subtitle(text),
        speaking: (speaking) => this.#speaks(speaking),
        done: (utterance, ms) => this.link?.played(utterance, ms),
        silent: () => on.problem(k("kiosk.no_sound")),
      },
    });
    this.mic = new Microphone({
      frame: (bytes) => this.link?.frame(bytes),
      level: (level) => on.level(level),
      failed: (reason) => {
        on.problem(k(`kiosk.mic_${reason}`));
        this.#show();
      },
    });
    const tick = () => {
      this.player.tick();
      this.request = requestAnimationFrame(tick);
    };
    tick();
  }

  /** Loudspeaker and microphone; to be called from a touch. */
  async open() {
    await Promise.all([this.player.open(), this.device.microphone ? this.mic.start() : null]);
    this.#show();
  }

  follow(session) {
    this.link?.close();
    this.player.reset();
    this.link = new VoiceLink(session, {
      ready: () => {
        this.#begun();
        this.#show();
      },
      state: (name) => {
        this.told = name;
        this.#show();
      },
      heard: (text, final) => {
        this.on.alive();
        this.on.heard(text, final);
      },
      turn: (turn) => this.on.turn(turn),
      say: (frame, pcm) => {
        if (!this.wondering) this.on.alive();
        this.player.say(frame, pcm);
      },
      silence: (utterance) => this.player.silence(utterance),
      problem: (code, text) => this.on.problem(text),
      offer: (way) => this.on.offer(way),
      lost: () => {
        this.told = "off"; // whatever the server was doing, it says so again when it is back
        this.on.problem(k("kiosk.voice_lost"));
        this.#show();
      },
      hopeless: () => {
        this.told = "off";
        this.link = null;
        this.#begun();
        this.mic.stop(); // nobody hears it, so it need not be open
        this.on.problem(k("kiosk.voice_hopeless"));
        this.#show();
      },
      clogged: () => this.on.problem(k("kiosk.voice_clogged")),
    }, { loudspeaker: this.player.audible, fullDuplex: this.device.fullDuplex, speed: this.device.speed });
    this.patient = Date.now() + THERE_MS;
    this.link.start();
  }

  /** A message of hers goes by the socket where there is one, so that the answer is spoken; else, and when it breaks, by HTTP with the same id. */
  deliver = async (session, id, content) => {
    this.hush();
    await this.there();
    if (!this.link?.ready || this.tried.has(id) || content.attachments || Array.isArray(content.choice)) return sendMessage(session, id, content);
    this.tried.add(id);
    let patience;
    try {
      return await Promise.race([this.link.send(id, content), new Promise((_, refuse) => { patience = setTimeout(refuse, PATIENCE_MS); })]);
    } catch {
      throw new ApiError(0, t("problem.network"));
    } finally {
      clearTimeout(patience);
    }
  };

  /** She touched: silence, at once. */
  hush() {
    if (!this.player.speaking) return;
    const { utterance } = this.player.queue[0].frame;
    const ms = this.player.silence();
    this.link?.stop();
    this.link?.played(utterance, ms);
  }

  /** Nobody has stirred: she is asked aloud whether she is there. That our own voice is heard is no sign of her. */
  wonder() {
    if (!this.link?.ready || this.player.speaking) return;
    this.wondering = true;
    this.link.still();
  }

  /** Resolves when the socket that was opened for her is there to speak the answer, is given up, or has been waited for long enough. */
  async there() {
    if (!this.link || this.link.worked || Date.now() > this.patient) return;
    let enough;
    await new Promise((done) => {
      this.begins.push(done);
      enough = setTimeout(done, this.patient - Date.now());
    });
    clearTimeout(enough);
  }

  #begun() {
    for (const done of this.begins.splice(0)) done();
  }

  wake() {
    this.link?.wake();
  }

  thinks(busy) {
    this.busy = busy;
    this.#show();
  }

  point() {
    this.pointUntil = Date.now() + POINT_MS;
    clearTimeout(this.pointing);
    this.pointing = setTimeout(() => this.#show(), POINT_MS + 50);
    this.#show();
  }

  mute(on) {
    this.muted = on;
    this.mic.mute(on);
    this.link?.mute(on);
    this.#show();
  }

  louder() {
    this.volume = (this.volume + 1) % VOLUMES.length;
    [, this.player.volume] = VOLUMES[this.volume];
    if (this.player.gain) this.player.gain.gain.value = this.player.volume;
  }

  get volumeName() {
    return k(VOLUMES[this.volume][0]);
  }

  close() {
    for (const timer of [this.pointing, this.hearing]) clearTimeout(timer);
    this.link?.close();
    this.link = null;
    this.#begun();
    this.player.reset();
    this.mic.stop();
    Object.assign(this, { told: "off", busy: false, muted: false, pointUntil: 0, deafUntil: 0, wondering: false, volume: 0 });
    this.player.volume = 1;
    this.tried.clear();
    this.figure.state("idle");
  }

  get hears() {
    return this.mic.open && this.link?.ready;
  }

  #speaks(on) {
    if (on && !this.wondering) this.on.alive();
    if (!on) {
      this.wondering = false;
      this.deafUntil = Date.now() + TAIL_MS;
      clearTimeout(this.hearing);
      if (!this.device.fullDuplex) this.hearing = setTimeout(() => this.#show(), TAIL_MS + 20);
    }
    this.#show();
  }

  #show() {
    // An acknowledgement is said while she thinks, and nothing to be interrupted. Between two sentences she still has the word.
    const speaking = this.told === "speaking" || (this.player.speaking && !this.player.acknowledges);
    const deaf = !this.device.fullDuplex && Date.now() < this.deafUntil;
    const listening = this.hears ? deaf ? "waiting" : this.told === "hearing" ? "hearing" : "listening" : "touch";
    const state = speaking ? "speaking" : this.busy || this.told === "thinking" ? "thinking" : this.muted ? "mic_muted" : listening;
    this.on.state(state);
    if (Date.now() < this.pointUntil && state !== "thinking") this.figure.state(this.portrait() ? "pointing_down" : "pointing");
    else if (this.figure.name !== "bow") this.figure.state(this.player.speaking ? "speaking" : state === "thinking" ? "thinking" : this.hears && !this.muted && !deaf ? "listening" : "idle");
  }
}
