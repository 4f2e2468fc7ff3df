/** One item guide, every fact with its source. */
const { sections } = require("../../lib/guides");

const app = getApp();

Page({
  data: { guide: null, sections: [], failed: "", care: false },

  onLoad(options) {
    this.code = options.code ?? "";
    this.setData({ care: app.care });
    void this.load();
  },

  async load() {
    try {
      const guide = await app.api.guide(this.code);
      wx.setNavigationBarTitle({ title: guide.name });
      this.setData({ guide: { name: guide.name, summary: guide.summary, department: guide.department, checked: guide.checked, version: guide.version }, sections: sections(guide), failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  async begin() {
    const { name } = this.data.guide;
    try {
      await (await app.talking()).say(`我要办${name}`);
      wx.switchTab({ url: "/pages/talk/talk" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  onShareAppMessage() {
    return { title: this.data.guide?.name, path: `/pages/guide/guide?code=${this.code}` };
  },
});
