/** The conversation. */
const config = require("../../config");
const { carriedBy } = require("../../lib/carried");
const { canFill, changed, control, linesText, together } = require("../../lib/fields");
const { fetched } = require("../../lib/files");
const { frameOf } = require("../../lib/frame");
const { Holding } = require("../../lib/holding");
const { Papers } = require("../../lib/papers");
const { platform } = require("../../lib/platform");
const { t } = require("../../lib/words");

const app = getApp();
/** Statuses of a case that has been handed in, of which there will be news. */
const UNDER_WAY = ["submitted", "received", "accepted", "in_review"];

Page({
  data: {
    lines: [], ask: null, held: null, cards: {}, owner: "bot", words: "", busy: false, typing: false, notice: "", failed: "", files: [], care: false, last: "",
    speaking: false, hearing: false, heard: "", reminding: false, fillable: false, form: null, formProblem: "",
  },

  onLoad(options) {
    this.asked = options.say ? decodeURIComponent(options.say) : "";
    // opened by a code: of a mini-program in `scene`, of an address in `q`
    const carried = carriedBy(decodeURIComponent(options.scene ?? options.q ?? ""));
    if (carried.no) {
      app.carried = carried;
      wx.switchTab({ url: "/pages/mine/mine" });
    }
  },

  onShow() {
    this.setData({ care: app.care });
    this.stop ??= app.watch((view) => this.shown(view));
    this.taken();
    void this.begin();
  },

  onHide() {
    this.holding?.close();
  },

  onUnload() {
    this.stop?.();
    this.holding?.close();
  },

  async begin() {
    try {
      const conversation = await app.talking();
      this.setData({ failed: "" });
      if (!this.asked) return;
      const words = this.asked;
      this.asked = "";
      await conversation.say(words);
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** @param {any} view */
  shown(view) {
    const lines = view.lines.map((line) => ({ ...line, note: line.state && line.state !== "sent" && line.state !== "sending" ? line.reason || t(line.state, { seconds: 5 }) : "" }));
    const notice = view.expired ? t("problem_401") : view.offline ? t("network") : view.owner === "bot" ? "" : t(`owner_${view.owner}`);
    if (view.ask?.field !== this.data.ask?.field) {
      this.papers = view.ask?.way === "file" ? new Papers(app.api, app.conversation.session, view.ask, (files) => this.setData({ files })) : null;
      this.setData({ files: [], words: view.ask?.before || this.data.words, form: null });
    }
    this.setData({
      lines, ask: view.ask, held: view.held, cards: view.cards ?? {}, owner: view.owner, busy: view.busy, typing: view.typing, notice, expired: view.expired,
      last: `line-${lines.length - 1}`, fillable: canFill(view.held, view.ask), reminding: this.mayRemind(view.held),
    });
  },

  write(event) {
    this.setData({ words: event.detail.value });
  },

  async send() {
    const words = this.data.words;
    if (!words.trim()) return;
    this.setData({ words: "" });
    await (await app.talking()).say(words);
  },

  /** Typing or holding to talk. */
  change() {
    this.setData({ speaking: !this.data.speaking });
  },

  async hold() {
    const { session } = await app.talking();
    this.holding ??= new Holding(platform, () => app.api.voiceAddress(app.conversation.session), {
      hearing: (on) => this.setData({ hearing: on, heard: on ? "" : this.data.heard }),
      heard: (text) => this.setData({ heard: text }),
      asked: (text) => app.conversation.asked(text),
      problem: (text) => wx.showToast({ title: text, icon: "none", duration: 4000 }),
    });
    if (this.voiceOf !== session.id) this.holding.close();
    this.voiceOf = session.id;
    this.holding.down();
  },

  letGo() {
    this.holding?.up();
  },

  async say(event) {
    await (await app.talking()).say(event.detail.text);
  },

  async choose(event) {
    const { value, label } = event.detail;
    await (await app.talking()).choose(value, label);
  },

  /** Whether she has not been asked yet, for this case, if she wants to be told what becomes of it. */
  mayRemind(held) {
    const wanted = held && UNDER_WAY.includes(held.status) && Object.values(config.templates).some(Boolean);
    return Boolean(wanted && !(platform.keep.get("reminded") ?? []).includes(held.no));
  },

  /** The platform lets us ask only in a touch, so it is a button, once a case, when the case has been handed in. */
  remind() {
    this.notRemind();
    wx.requestSubscribeMessage({
      tmplIds: Object.values(config.templates).filter(Boolean).slice(0, 3),
      success: (answer) => wx.showToast({ title: t(Object.values(answer).includes("accept") ? "reminded" : "not_reminded"), icon: "none" }),
      fail: () => wx.showToast({ title: t("not_reminded"), icon: "none" }),
    });
  },

  notRemind() {
    platform.keep.set("reminded", [...(platform.keep.get("reminded") ?? []), this.data.held.no].slice(-50));
    this.setData({ reminding: false });
  },

  /** The platform's button asked her, and this is what she said. What she gives comes into the box; sending it is hers. */
  async phone(event) {
    const { code } = event.detail;
    if (!code) {
      wx.showToast({ title: t("phone_refused"), icon: "none", duration: 4000 });
      return;
    }
    try {
      const { phone } = await app.api.phone(app.conversation.session, code);
      this.setData({ words: phone, speaking: false });
      wx.showToast({ title: t("phone_taken"), icon: "none" });
    } catch (error) {
      wx.showToast({ title: `${/** @type {any} */ (error).message} ${t("phone_refused")}`, icon: "none", duration: 4000 });
    }
  },

  /** Several open questions as one form. */
  async fillForm() {
    try {
      const { held, ask } = this.data;
      const { fields } = await app.api.guide(held.code);
      const form = together(held, ask, fields ?? []).map((one) => control(one));
      if (this.data.ask?.field === ask.field && form.length) this.setData({ form, formProblem: "" });
    } catch (error) {
      wx.showToast({ title: /** @type {any} */ (error).message, icon: "none" });
    }
  },

  formChange(event) {
    const { at, given } = event.detail;
    this.setData({ form: this.data.form.map((one, place) => (place === at ? changed(one, given) : one)), formProblem: "" });
  },

  formClose() {
    this.setData({ form: null });
  },

  async formSend() {
    const text = linesText(this.data.form);
    if (!text) {
      this.setData({ formProblem: t("form_empty") });
      return;
    }
    this.setData({ form: null });
    await (await app.talking()).say(text);
  },

  retry() {
    app.conversation?.outbox.retry();
  },

  async anew() {
    try {
      await app.anew();
      this.setData({ words: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** By our camera, which shows how to hold the paper, or pictures there are. */
  photograph(event) {
    this.pictures(event.detail?.from, this.data.ask?.frame, (path) => void this.papers?.add(path));
  },

  pictures(from, frame, take) {
    if (from === "album") wx.chooseMedia({ count: 9, mediaType: ["image"], sourceType: ["album"], sizeType: ["original"], success: ({ tempFiles }) => tempFiles.forEach((file) => take(file.tempFilePath)) });
    else if (from === "chat") wx.chooseMessageFile({ count: 9, type: "all", success: ({ tempFiles }) => tempFiles.forEach((file) => take(file.path)) });
    else {
      app.camera = { frame, take };
      wx.navigateTo({ url: "/pages/camera/camera" });
    }
  },

  /** Back from the camera, with what was taken there. */
  taken() {
    const { camera } = app;
    app.camera = null;
    for (const path of camera?.shots ?? []) camera.take(path);
  },

  remove(event) {
    this.papers?.remove(event.detail.id);
  },

  async handin() {
    const ready = this.papers?.ready ?? [];
    if (ready.length) await (await app.talking()).attach(ready.map((one) => one.upload), ready.map((one) => one.name).join("、"));
  },

  cardChange(event) {
    const { id, at, given } = event.detail;
    app.conversation.cards.filled(id, at, given);
  },

  cardPhotograph(event) {
    const { id } = event.detail;
    const { cards } = app.conversation;
    this.pictures("", frameOf(cards.shown.get(id)?.label ?? ""), (path) => void cards.photographed(id, path));
  },

  cardRemove(event) {
    app.conversation.cards.dropped(event.detail.id, event.detail.file);
  },

  cardHandin(event) {
    return app.conversation.cards.handin(event.detail.id);
  },

  cardFill(event) {
    return app.conversation.cards.fill(event.detail.id);
  },

  cardAct(event) {
    return app.conversation.cards.act(event.detail.id, { action: event.detail.action });
  },

  cardLook(event) {
    wx.navigateTo({ url: `/pages/package/package?card=${event.detail.id}` });
  },

  open(event) {
    fetched(app, event.detail.url, event.detail.name);
  },

  progress() {
    wx.navigateTo({ url: `/pages/progress/progress?no=${this.data.held.no}` });
  },

  package() {
    wx.navigateTo({ url: `/pages/package/package?no=${this.data.held.no}` });
  },
});
