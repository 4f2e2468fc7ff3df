/** The mini-program: one conversation, kept over its pages, and what she chose for herself. */
const config = require("./config");
const { Api } = require("./lib/api");
const { Conversation } = require("./lib/conversation");
const { platform } = require("./lib/platform");
const words = require("./lib/words");

App({
  onLaunch() {
    this.care = Boolean(platform.keep.get("care"));
    this.locale = platform.keep.get("locale") || "zh-CN";
    words.use(this.locale);
    this.api = new Api(platform, config.server, () => this.locale);
    /** @type {Set<(view: any) => void>} */
    this.watchers = new Set();
    wx.onNetworkStatusChange?.(({ isConnected }) => isConnected && this.conversation?.wake());
  },

  onShow() {
    this.conversation?.wake();
  },

  onHide() {
    this.conversation?.rest();
  },

  /** The open conversation, or a new one. Rejects with `ApiError` where the server cannot be reached. */
  async talking() {
    if (this.conversation) return this.conversation;
    // two pages that ask at once get the same one
    this.opening ??= this.opened().finally(() => { this.opening = null; });
    return this.opening;
  },

  async opened() {
    const kept = platform.keep.get("session");
    const session = kept ?? (await this.api.open(config.region));
    if (!kept) platform.keep.set("session", session);
    this.conversation = new Conversation(platform, this.api, kept ? { ...session, opening: [] } : session, (view) => {
      this.view = view;
      if (view.expired) platform.keep.remove("session");
      for (const watcher of this.watchers) watcher(view);
    });
    this.conversation.start();
    return this.conversation;
  },

  /** The present one is left behind (its case stays on the server) and another begins. */
  async anew() {
    this.conversation?.close();
    this.conversation = null;
    platform.keep.remove("session");
    return this.talking();
  },

  /** @param {(view: any) => void} watcher told of every change; @returns {() => void} to stop it */
  watch(watcher) {
    this.watchers.add(watcher);
    if (this.view) watcher(this.view);
    return () => this.watchers.delete(watcher);
  },

  /** 关怀模式: larger type everywhere. @param {boolean} on */
  setCare(on) {
    this.care = on;
    platform.keep.set("care", on);
  },
});
