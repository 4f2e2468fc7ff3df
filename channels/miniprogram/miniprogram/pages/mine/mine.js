/** Her case, one begun elsewhere, and how she likes to read. */
const { carriedBy } = require("../../lib/carried");

const app = getApp();

Page({
  data: { held: null, care: false, no: "", proof: "", failed: "" },

  onShow() {
    this.setData({ care: app.care, ...(app.carried ? { no: app.carried } : {}) });
    app.carried = "";
    this.stop ??= app.watch(({ held }) => this.setData({ held }));
  },

  onUnload() {
    this.stop?.();
  },

  care(event) {
    app.setCare(event.detail.value);
    this.setData({ care: event.detail.value });
  },

  writeNo(event) {
    this.setData({ no: event.detail.value });
  },

  writeProof(event) {
    this.setData({ proof: event.detail.value });
  },

  scan() {
    wx.scanCode({ onlyFromCamera: false, success: ({ result }) => {
      const no = carriedBy(result);
      this.setData(no ? { no, failed: "" } : { failed: "这个码不是办到的。请扫申请表封面或自助机屏幕上的码。" });
    } });
  },

  async resume() {
    const { no, proof } = this.data;
    if (!no.trim() || !proof.trim()) {
      this.setData({ failed: "请填办件编号和接续码。" });
      return;
    }
    try {
      const conversation = await app.talking();
      conversation.took(await app.api.resume(conversation.session, no.trim().toUpperCase(), proof.trim()));
      this.setData({ no: "", proof: "", failed: "" });
      wx.switchTab({ url: "/pages/talk/talk" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  progress() {
    wx.navigateTo({ url: `/pages/progress/progress?no=${this.data.held.no}` });
  },

  anew() {
    wx.showModal({ title: "重新开始？", content: "现在这次对话会收起来。没办完的事存着草稿，用办件编号和接续码还能接着办。", success: ({ confirm }) => {
      if (confirm) void app.anew().then(() => wx.switchTab({ url: "/pages/talk/talk" }), (error) => this.setData({ failed: error.message }));
    } });
  },
});
