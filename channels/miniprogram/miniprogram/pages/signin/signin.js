/** Proving who she is: at the provider's own page, for this conversation. What is under way stays as it is, whatever comes of it. */
const app = getApp();

Page({
  data: { number: "", address: "", there: false, failed: "", care: false },

  onLoad() {
    this.setData({ care: app.care });
    void this.load();
  },

  async load() {
    try {
      const { session } = await app.talking();
      const { number, address } = await app.api.signInCode(session, "微信小程序");
      this.setData({ number, address, failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** The page covers everything, so the number it asks for stands in the title. */
  go() {
    wx.setNavigationBarTitle({ title: `要填的数字：${this.data.number}` });
    this.setData({ there: true });
  },

  back() {
    wx.navigateBack();
  },
});
