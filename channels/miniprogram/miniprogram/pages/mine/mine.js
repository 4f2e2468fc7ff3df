/** Her cases, one begun elsewhere, who she is here, and how she likes to read. */
const { carriedBy } = require("../../lib/carried");
const { moment } = require("../../lib/time");
const { t } = require("../../lib/words");

const app = getApp();

Page({
  data: { held: null, cases: [], real: false, offered: false, who: "", known: false, care: false, no: "", code: "", proof: "", failed: "" },

  onShow() {
    const { no, code } = app.carried ?? {};
    this.setData({ care: app.care, ...(no ? { no, code } : {}) });
    app.carried = null;
    this.stop ??= app.watch(({ held }) => this.setData({ held }));
    void this.load();
  },

  onUnload() {
    this.stop?.();
  },

  /** Who is signed in here, and with her real name her cases from every door. */
  async load() {
    try {
      const { session } = await app.talking();
      const { signed_in: signedIn, offered, level, who } = await app.api.standing(session);
      const real = signedIn && level !== "phone";
      const { items } = real ? await app.api.ownCases(session) : { items: [] };
      const cases = items.map((one) => ({ no: one.case_no, name: one.item, line: `${one.status_name} · ${moment(one.updated_at)}`, here: one.here, open: one.open }));
      this.setData({ cases, real, offered, who: who ?? "", known: Boolean(session.known), failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** A case of hers from the list: the one that is here is looked at, a draft from elsewhere is gone on with. */
  async openCase(event) {
    const found = this.data.cases.find(({ no }) => no === event.currentTarget.dataset.no);
    if (!found.open || found.here) {
      wx.navigateTo({ url: `/pages/progress/progress?no=${found.no}${found.here ? "" : "&elsewhere=1"}` });
      return;
    }
    try {
      const conversation = await app.talking();
      conversation.took(await app.api.takeUp(conversation.session, found.no));
      wx.switchTab({ url: "/pages/talk/talk" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  care(event) {
    app.setCare(event.detail.value);
    this.setData({ care: event.detail.value });
  },

  writeNo(event) {
    this.setData({ no: event.detail.value, code: "" });
  },

  writeProof(event) {
    this.setData({ proof: event.detail.value });
  },

  scan() {
    wx.scanCode({ onlyFromCamera: false, success: ({ result }) => {
      const { no, code } = carriedBy(result);
      this.setData(no ? { no, code, failed: "" } : { failed: "这个码不是办到的。请扫申请表封面或自助机屏幕上的码。" });
    } });
  },

  async resume() {
    const { no, code, proof } = this.data;
    if (!no.trim() || !proof.trim()) {
      this.setData({ failed: code ? "请填身份证后四位。" : "请填办件编号和接续码。" });
      return;
    }
    try {
      const conversation = await app.talking();
      conversation.took(await app.api.resume(conversation.session, no.trim().toUpperCase(), proof.trim() + code));
      this.setData({ no: "", code: "", proof: "", failed: "" });
      wx.switchTab({ url: "/pages/talk/talk" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  progress() {
    wx.navigateTo({ url: `/pages/progress/progress?no=${this.data.held.no}` });
  },

  /** Proving who she is happens at the provider's own page; the conversation and its question stay. */
  realName() {
    wx.navigateTo({ url: "/pages/signin/signin" });
  },

  /** What is under way here is put away, not lost: she is told before. */
  sure(title, then) {
    wx.showModal({ title, content: "现在这次对话会收起来。没办完的事存着草稿，用办件编号和接续码还能接着办。", success: ({ confirm }) => {
      if (confirm) void then().catch((error) => this.setData({ failed: error.message }));
    } });
  },

  signIn() {
    if (this.data.held) this.sure("用微信登录？", () => this.become(false));
    else void this.become(false).catch((error) => this.setData({ failed: error.message }));
  },

  signOut() {
    this.sure("退出登录？", async () => {
      const { session } = await app.talking();
      // the token opens nothing any more, wherever else it may be kept
      if (this.data.who) await app.api.signOut(session, false);
      else await app.api.leave(session);
      await this.become(true);
      wx.showToast({ title: t("signed_out"), icon: "none" });
    });
  },

  async become(guest) {
    await app.as(guest);
    this.setData({ held: null, cases: [] });
    await this.load();
  },

  anew() {
    this.sure("重新开始？", async () => {
      await app.anew();
      wx.switchTab({ url: "/pages/talk/talk" });
    });
  },
});
