/** The conversation. */
const config = require("../../config");
const { carriedBy } = require("../../lib/carried");
const { Holding } = require("../../lib/holding");
const { Papers } = require("../../lib/papers");
const { platform } = require("../../lib/platform");
const { t } = require("../../lib/words");

const app = getApp();

Page({
  data: { lines: [], ask: null, held: null, owner: "bot", words: "", busy: false, typing: false, notice: "", failed: "", files: [], care: false, last: "", speaking: false, hearing: false, heard: "" },

  onLoad(options) {
    this.asked = options.say ? decodeURIComponent(options.say) : "";
    // opened by a code: of a mini-program in `scene`, of an address in `q`
    const no = carriedBy(decodeURIComponent(options.scene ?? options.q ?? ""));
    if (no) {
      app.carried = no;
      wx.switchTab({ url: "/pages/mine/mine" });
    }
  },

  onShow() {
    this.setData({ care: app.care });
    this.stop ??= app.watch((view) => this.shown(view));
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
      this.setData({ files: [], words: view.ask?.before || this.data.words });
    }
    this.setData({ lines, ask: view.ask, held: view.held, owner: view.owner, busy: view.busy, typing: view.typing, notice, expired: view.expired, last: `line-${lines.length - 1}` });
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
    if (value === "yes" && this.data.ask?.field === "submit") this.remind();
  },

  /** Subscription messages can only be asked for after a touch; the moment of submission is when they are wanted. */
  remind() {
    const templates = Object.values(config.templates).filter(Boolean).slice(0, 3);
    if (templates.length) wx.requestSubscribeMessage({ tmplIds: templates, complete: () => {} });
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

  photograph() {
    wx.chooseMedia({
      count: 9, mediaType: ["image"], sourceType: ["camera", "album"], sizeType: ["original"],
      success: ({ tempFiles }) => tempFiles.forEach((file) => void this.papers?.add(file.tempFilePath)),
    });
  },

  remove(event) {
    this.papers?.remove(event.detail.id);
  },

  async handin() {
    const ready = this.papers?.ready ?? [];
    if (ready.length) await (await app.talking()).attach(ready.map((one) => one.upload), ready.map((one) => one.name).join("、"));
  },

  open(event) {
    const { url, name } = event.detail;
    let address;
    try {
      address = app.api.address(url);
    } catch (error) {
      wx.showToast({ title: /** @type {any} */ (error).message, icon: "none" });
      return;
    }
    wx.downloadFile({
      url: address, header: app.api.headers(app.conversation.session),
      success: ({ tempFilePath, statusCode }) => {
        if (statusCode === 200) wx.openDocument({ filePath: tempFilePath, showMenu: true, fail: () => wx.showToast({ title: `${name} 打不开`, icon: "none" }) });
        else wx.showToast({ title: t("problem_500"), icon: "none" });
      },
      fail: () => wx.showToast({ title: t("network"), icon: "none" }),
    });
  },

  progress() {
    wx.navigateTo({ url: `/pages/progress/progress?no=${this.data.held.no}` });
  },

  package() {
    wx.navigateTo({ url: `/pages/package/package?no=${this.data.held.no}` });
  },
});
