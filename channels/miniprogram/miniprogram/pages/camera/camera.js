/** Our camera: a frame in the shape of the paper, and what to heed. What is taken goes back to the page that asked. */
const { frameOf } = require("../../lib/frame");
const { t } = require("../../lib/words");

const app = getApp();

Page({
  data: { frame: null, height: 0, shot: "", shots: 0, torch: "off", failed: "", care: false },

  onLoad() {
    this.wanted = app.camera ?? { frame: null, shots: [] };
    this.wanted.shots = [];
    const frame = this.wanted.frame ?? frameOf("");
    // in rpx, of which a screen is 750 wide
    this.setData({ frame, height: Math.round((7.5 * frame.percent * frame.height) / frame.width), care: app.care });
  },

  take() {
    wx.createCameraContext().takePhoto({
      quality: "high",
      success: ({ tempImagePath }) => this.setData({ shot: tempImagePath, failed: "" }),
      fail: () => this.setData({ failed: t("camera_failed") }),
    });
  },

  again() {
    this.setData({ shot: "" });
  },

  keep() {
    this.wanted.shots.push(this.data.shot);
    this.setData({ shot: "", shots: this.wanted.shots.length });
  },

  done() {
    if (this.data.shot) this.keep();
    wx.navigateBack();
  },

  light() {
    this.setData({ torch: this.data.torch === "torch" ? "off" : "torch" });
  },

  refused() {
    this.setData({ failed: t("camera_refused") });
  },

  album() {
    wx.chooseMedia({ count: 9, mediaType: ["image"], sourceType: ["album"], sizeType: ["original"], success: ({ tempFiles }) => {
      this.wanted.shots.push(...tempFiles.map((file) => file.tempFilePath));
      wx.navigateBack();
    } });
  },
});
