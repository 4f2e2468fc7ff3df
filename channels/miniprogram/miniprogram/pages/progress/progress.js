/** Where a case stands: what happened, what is due, and what was handed over. */
const { moment } = require("../../lib/time");

const app = getApp();

Page({
  data: { no: "", items: [], results: [], failed: "", care: false },

  onLoad(options) {
    this.setData({ no: options.no ?? "", care: app.care });
    void this.load();
  },

  onPullDownRefresh() {
    void this.load().then(() => wx.stopPullDownRefresh());
  },

  async load() {
    try {
      const { session } = await app.talking();
      const [timeline, results] = await Promise.all([app.api.timeline(session, this.data.no), app.api.results(session, this.data.no)]);
      const items = timeline.items.map((one) => ({ ...one, when: moment(one.at), due: one.due ? moment(one.due) : "" })).reverse();
      this.setData({ items, results: results.items, failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  say(event) {
    const { text } = event.currentTarget.dataset;
    void app.talking().then((conversation) => conversation.say(text)).then(() => wx.switchTab({ url: "/pages/talk/talk" }));
  },
});
