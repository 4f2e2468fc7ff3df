/** The whole package, page by page, and her signature by finger. */
const { Strokes } = require("../../lib/strokes");
const { t } = require("../../lib/words");

const app = getApp();

Page({
  data: { no: "", pages: [], signedAt: "", signing: false, empty: true, failed: "", care: false },

  onLoad(options) {
    this.setData({ no: options.no ?? "", care: app.care });
    this.strokes = new Strokes();
    void this.load();
  },

  async load() {
    try {
      const { session } = await app.talking();
      const found = await app.api.packagePages(session, this.data.no);
      this.setData({ pages: found.items.map((one) => ({ page: one.page, title: one.title, src: "" })), signedAt: found.signed_at ?? "", failed: "" });
      // one after the other: a phone has few connections, and the first page is looked at first
      for (const [at, one] of found.items.entries()) await this.picture(session, at, one.url);
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message });
    }
  },

  /** A picture needs the token, which an image's address must not hold: it is fetched and shown from the phone. */
  picture(session, at, url) {
    return new Promise((resolve) => {
      wx.downloadFile({
        url: app.api.address(url), header: app.api.headers(session),
        success: ({ tempFilePath, statusCode }) => statusCode === 200 && this.setData({ [`pages[${at}].src`]: tempFilePath }),
        complete: resolve,
      });
    });
  },

  zoom(event) {
    const urls = this.data.pages.map((one) => one.src).filter(Boolean);
    if (event.currentTarget.dataset.src) wx.previewImage({ current: event.currentTarget.dataset.src, urls });
  },

  sign() {
    this.setData({ signing: true, empty: true });
    this.strokes.clear();
  },

  down(event) {
    this.strokes.begin(event.touches[0]);
    this.draw();
  },

  move(event) {
    this.strokes.go(event.touches[0]);
    this.draw();
  },

  again() {
    this.strokes.clear();
    this.draw();
  },

  draw() {
    const context = wx.createCanvasContext("signature", this);
    context.setLineWidth(3);
    context.setLineCap("round");
    for (const line of this.strokes.lines) {
      context.moveTo(line[0][0], line[0][1]);
      for (const [x, y] of line) context.lineTo(x, y);
    }
    context.stroke();
    context.draw();
    if (this.data.empty !== this.strokes.empty) this.setData({ empty: this.strokes.empty });
  },

  async done() {
    if (this.strokes.empty) return;
    try {
      const { session } = await app.talking();
      await app.api.sign(session, this.data.no, this.strokes.lines);
      this.setData({ signing: false });
      wx.showToast({ title: "签好了", icon: "success" });
      await this.load();
    } catch (error) {
      this.setData({ failed: /** @type {any} */ (error).message || t("problem_500") });
    }
  },

  cancel() {
    this.setData({ signing: false });
  },
});
