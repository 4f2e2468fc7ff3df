/** The whole package, page by page, and her signature by finger. */
const { Strokes } = require("../../lib/strokes");
const { t } = require("../../lib/words");

const app = getApp();

Page({
  data: { no: "", pages: [], signedAt: "", signing: false, empty: true, failed: "", care: false, card: "", seen: null, stage: "", making: false },

  onLoad(options) {
    this.setData({ no: options.no ?? "", card: options.card ?? "", care: app.care });
    this.strokes = new Strokes();
    void (this.data.card ? this.look() : this.load());
  },

  /** Staff asked her to look at it: every answer, then the pages made of them. */
  async look() {
    const { cards } = await app.talking();
    this.saw(await cards.act(this.data.card, { action: "open" }));
  },

  /** @param {any} seen the card as it stands, or null where it was not taken; why is on the card then */
  saw(seen) {
    const card = app.conversation.cards.shown.get(this.data.card);
    if (!seen) {
      this.setData({ failed: card?.problem || t("problem_404"), making: false });
      return;
    }
    const open = seen.state === "open" && ["review", "submit"].includes(seen.stage);
    this.setData({ seen, no: card?.case ?? this.data.no, open, stage: t(`stage_${open ? seen.stage : seen.stage === "sent" ? "sent" : "open"}`), failed: (seen.errors ?? []).map((one) => one.message).join(" "), making: false });
    if (open && seen.stage === "submit") void this.load();
  },

  async decide(event) {
    const { action } = event.currentTarget.dataset;
    if (this.data.making) return;
    this.setData({ making: true, failed: "" });
    const { cards } = await app.talking();
    const next = await cards.act(this.data.card, { action, seen: this.data.seen.seen });
    if (next && next.state !== "open") wx.navigateBack();
    else if (next) this.saw(next);
    else {
      // what she saw is no longer what is there: that is shown, and she decides anew
      const why = cards.shown.get(this.data.card)?.problem;
      await this.look();
      this.setData({ failed: why || this.data.failed });
    }
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
