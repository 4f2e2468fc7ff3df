/** Item guides: by theme, and searched in her own words. */
const config = require("../../config");
const { KINDS, byTheme, groups } = require("../../lib/guides");

const app = getApp();

Page({
  data: { kinds: KINDS, kind: "theme", groups: [], chosen: null, items: [], themes: [], found: [], words: "", failed: "", looking: false, searched: "", care: false },

  onShow() {
    this.setData({ care: app.care });
    if (!this.data.themes.length) void this.load();
  },

  async load() {
    try {
      const { items } = await app.api.guides();
      this.setData({ themes: byTheme(items), failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** Another way to look: by what happens in life, by department, by who applies. */
  async kind(event) {
    const { kind } = event.currentTarget.dataset;
    this.setData({ kind, groups: [], chosen: null, items: [] });
    if (kind === "theme") return;
    try {
      this.categories ??= await app.api.categories();
      if (this.data.kind === kind) this.setData({ groups: groups(this.categories, kind), failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  async group(event) {
    const { code, name } = event.currentTarget.dataset;
    const { kind } = this.data;
    try {
      const { items } = await app.api.guides(kind, code);
      if (this.data.kind === kind) this.setData({ chosen: { code, name }, items, failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  ungroup() {
    this.setData({ chosen: null, items: [] });
  },

  write(event) {
    this.setData({ words: event.detail.value });
    if (!event.detail.value) this.setData({ found: [], searched: "" });
  },

  async search() {
    const words = this.data.words.trim();
    if (!words) return;
    this.setData({ looking: true });
    try {
      const { items } = await app.api.search(words, config.region);
      // a slow answer to what she no longer looks for is not shown
      if (words === this.data.words.trim()) this.setData({ found: items, searched: words, failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
    this.setData({ looking: false });
  },

  again() {
    return this.data.words ? this.search() : this.load();
  },

  open(event) {
    wx.navigateTo({ url: `/pages/guide/guide?code=${encodeURIComponent(event.currentTarget.dataset.code)}` });
  },
});
