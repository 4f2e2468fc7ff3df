/** The connection of a call, browser to browser: staff offer, she answers; what breaks is sought again, what stays broken is said. */

export const TIMES = { connect: 10_000, restart: 2_000, lost: 20_000, look: 2_000 };
const VIDEO_BITS = 900_000;
/** So many bad looks one after the other, and the picture goes so that the voice stays. */
const BAD_LOOKS = 3;

/** Whether a look at the connection was bad: {lost: share of packets 0..1, room: bits a second or null, delay: seconds}. */
export const bad = ({ lost = 0, room = null, delay = 0 }) => lost > 0.15 || (room !== null && room < 120_000) || delay > 1.5;

export class Peer {
  /**
   * `offers`: this side makes the offers. `say(message)` sends to the other side; `on` = {streams(MediaStream), connected(), seeking(),
   * failed(why), weak()}. Sending tracks are set by `send(kind, track)`, null for none, before and during.
   */
  constructor({ offers, servers, lines, say, on }) {
    Object.assign(this, { offers, lines, on });
    this.say = (message) => say({ ...message, lines });
    this.plain = say;
    this.tracks = { audio: null, video: null };
    this.early = [];
    this.looks = 0;
    this.remote = new MediaStream();
    const pc = new RTCPeerConnection({ iceServers: servers });
    this.pc = pc;
    pc.addEventListener("icecandidate", ({ candidate }) => {
      if (candidate) this.say({ type: "ice", candidate: candidate.candidate, mid: candidate.sdpMid, index: candidate.sdpMLineIndex, name: candidate.usernameFragment });
    });
    pc.addEventListener("track", ({ track }) => {
      if (!this.remote.getTracks().includes(track)) this.remote.addTrack(track);
      this.on.streams(this.remote);
    });
    pc.addEventListener("connectionstatechange", () => this.#changed());
    this.giveUp = setTimeout(() => this.#fail("no_path"), TIMES.connect);
    this.watch = setInterval(() => void this.#look(), TIMES.look);
    if (offers) {
      for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "sendrecv" });
      void this.#unlessClosed(this.#offer());
    }
  }

  /** Sends this track from now on. */
  async send(kind, track) {
    this.tracks[kind] = track;
    const place = this.closed ? null : this.pc.getTransceivers().find((one) => one.receiver.track.kind === kind);
    if (place) await this.#unlessClosed(place.sender.replaceTrack(track));
  }

  /** Takes what the other side said of the connection; what is meant for former pages is not for this one. */
  heard(message) {
    return this.#unlessClosed(this.#take(message));
  }

  /** A call may end between any two steps of its agreement: what was left of them fails then, and does not matter. */
  async #unlessClosed(work) {
    try {
      await work;
    } catch (error) {
      if (!this.closed) throw error;
    }
  }

  async #take(message) {
    if (message.type === "again") return this.offers ? this.#offer(true) : undefined;
    if (message.lines.join() !== this.lines.join() || this.closed) return undefined;
    switch (message.type) {
      case "offer": return this.#answer(message.sdp);
      case "answer":
        if (this.pc.signalingState !== "have-local-offer") return undefined;
        await this.pc.setRemoteDescription({ type: "answer", sdp: message.sdp });
        return this.#late();
      case "ice":
        if (this.pc.remoteDescription) return this.#candidate(message);
        this.early.push(message);
        return undefined;
      default: return undefined;
    }
  }

  close() {
    this.closed = true;
    for (const timer of [this.giveUp, this.restart]) clearTimeout(timer);
    clearInterval(this.watch);
    this.pc.close();
  }

  async #offer(restart = false) {
    if (this.closed || (restart && this.pc.signalingState !== "stable")) return;
    await this.#attach();
    await this.pc.setLocalDescription(await this.pc.createOffer({ iceRestart: restart }));
    this.say({ type: "offer", sdp: this.pc.localDescription.sdp });
  }

  async #answer(sdp) {
    await this.pc.setRemoteDescription({ type: "offer", sdp });
    for (const one of this.pc.getTransceivers()) one.direction = "sendrecv";
    await this.#attach();
    await this.pc.setLocalDescription(await this.pc.createAnswer());
    this.say({ type: "answer", sdp: this.pc.localDescription.sdp });
    await this.#late();
  }

  async #attach() {
    for (const kind of ["audio", "video"]) await this.send(kind, this.tracks[kind]);
    const sender = this.pc.getTransceivers().find((one) => one.receiver.track.kind === "video")?.sender;
    const parameters = sender?.getParameters();
    if (!parameters?.encodings?.length) return;
    parameters.encodings[0].maxBitrate = VIDEO_BITS;
    await sender.setParameters(parameters).catch(() => { /* its own limit does */ });
  }

  async #late() {
    for (const message of this.early.splice(0)) await this.#candidate(message);
  }

  async #candidate({ candidate, mid, index, name }) {
    await this.pc.addIceCandidate({ candidate, sdpMid: mid, sdpMLineIndex: index, usernameFragment: name }).catch(() => { /* of a description that is over */ });
  }

  #changed() {
    const state = this.pc.connectionState;
    if (state === "connected") {
      for (const timer of [this.giveUp, this.restart]) clearTimeout(timer);
      this.broken = false;
      this.on.connected();
    } else if (state === "failed" || state === "disconnected") this.#broke(state === "failed");
  }

  /** It was there and is not: seek another way, for a while. */
  #broke(now) {
    if (!this.broken) {
      this.broken = true;
      this.on.seeking();
      clearTimeout(this.giveUp);
      this.giveUp = setTimeout(() => this.#fail("lost"), TIMES.lost);
    }
    clearTimeout(this.restart);
    const seek = () => {
      if (this.closed || !this.broken) return;
      if (this.offers) void this.#unlessClosed(this.#offer(true));
      else this.plain({ type: "again" });
      this.restart = setTimeout(seek, TIMES.restart * 2);
    };
    this.restart = setTimeout(seek, now ? 0 : TIMES.restart);
  }

  #fail(why) {
    if (this.closed) return;
    this.close();
    this.on.failed(why);
  }

  async #look() {
    if (this.pc.connectionState !== "connected" || !this.tracks.video) {
      this.looks = 0;
      return;
    }
    const seen = {};
    for (const one of (await this.pc.getStats()).values()) {
      if (one.type === "remote-inbound-rtp" && one.kind === "video") Object.assign(seen, { lost: one.fractionLost, delay: one.roundTripTime });
      if (one.type === "candidate-pair" && one.nominated && one.availableOutgoingBitrate !== undefined) seen.room = one.availableOutgoingBitrate;
    }
    this.looks = bad(seen) ? this.looks + 1 : 0;
    if (this.looks < BAD_LOOKS) return;
    this.looks = 0;
    this.on.weak();
  }
}
