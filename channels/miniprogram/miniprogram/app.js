/** The mini-program: one conversation, kept over its pages, and what she chose for herself. */
const config = require("./config");
const { Api } = require("./lib/api");
const { Conversation } = require("./lib/conversation");
const { platform } = require("./lib/platform");
const words = require("./lib/words");

/** Her conversation as WeChat knows her; who does not want that, or where WeChat is away, begins as a guest and can do as much. */
async function entered(api) {
  if (!platform.keep.get("guest")) {
    try {
      return { ...(await api.enter(await platform.login(), { region: config.region, anew: Boolean(platform.keep.get("anew")) })), known: true };
    } catch (error) {
      // without a network a guest gets no further either: that is told
      if (error.status === 0) throw error;
    }
  }
  return { ...(await api.open(config.region)), known: false };
}

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
    const session = kept ?? (await entered(this.api));
    if (!kept) platform.keep.set("session", session);
    platform.keep.remove("anew");
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
    // a token that ran out is no wish to begin anew: WeChat knows which conversation was hers, and what was not sent waits for it
    if (this.view?.expired) this.leave();
    else this.forget();
    return this.talking();
  },

  leave() {
    this.conversation?.close();
    this.conversation = null;
    this.view = null;
    platform.keep.remove("session");
  },

  /** Nothing of the conversation stays on this phone, and the next is another. */
  forget() {
    this.leave();
    platform.keep.remove("unsent");
    platform.keep.set("anew", true);
  },

  /** As WeChat knows her, or as a guest: what was begun as one goes on as the other only by its resume code. @param {boolean} guest */
  async as(guest) {
    this.forget();
    if (!guest) platform.keep.remove("anew");
    platform.keep.set("guest", guest);
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
