/** Where a case stands: what happened, what is due, and what was handed over. */
const { fetched } = require("../../lib/files");
const { moment } = require("../../lib/time");

const app = getApp();

Page({
  data: { no: "", elsewhere: false, items: [], results: [], summary: "", todo: [], until: [], mayUrge: false, urging: "", failed: "", care: false },

  onLoad(options) {
    this.setData({ no: options.no ?? "", elsewhere: Boolean(options.elsewhere), care: app.care });
    void this.load();
  },

  onPullDownRefresh() {
    void this.load().then(() => wx.stopPullDownRefresh());
  },

  async load() {
    try {
      const { session } = await app.talking();
      // one of hers that another conversation holds may be looked at, and stays where it is
      const [timeline, results] = this.data.elsewhere
        ? [(await app.api.viewing(session, this.data.no)).timeline, { items: [] }]
        : await Promise.all([app.api.timeline(session, this.data.no), app.api.results(session, this.data.no)]);
      const items = timeline.items.map((one) => ({ ...one, when: moment(one.at), due: one.due ? moment(one.due) : "" })).reverse();
      const { summary = "", todo = [], urging = null, lines = [] } = timeline.progress ?? {};
      const until = lines.flatMap((line) => line.until.map((one) => ({ text: `${line.part ? `${line.name}，` : ""}${one.label}：${one.text}`, late: ["red", "overdue"].includes(one.level) })));
      this.setData({ items, results: results.items, summary, todo, until, mayUrge: Boolean(urging?.possible), urging: urging?.text ?? "", failed: "" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  async say(event) {
    const { text } = event.currentTarget.dataset;
    try {
      await (await app.talking()).say(text);
      wx.switchTab({ url: "/pages/talk/talk" });
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** What the office made of it: opened from the phone, because it needs the token. */
  open(event) {
    fetched(app, event.currentTarget.dataset.url, event.currentTarget.dataset.name);
  },
});
