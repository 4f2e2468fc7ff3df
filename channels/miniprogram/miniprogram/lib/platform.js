/**
 * What the platform does for us, as promises: the one module that calls `wx` for the network and for what is kept. Tests put
 * Node in its place.
 *
 * @typedef {{ status: number, headers: Record<string, string>, body: any }} Answer
 * @typedef {{ onOpen(fn: () => void): void, onMessage(fn: (text: string) => void): void, onClose(fn: (code: number) => void): void, send(data: string | ArrayBuffer): void, close(): void }} Socket texts only are told
 * @typedef {object} Platform
 * @property {(asked: { method: "GET" | "POST" | "DELETE", url: string, headers: Record<string, string>, body?: any }) => Promise<Answer>} request
 * @property {(asked: { url: string, path: string, headers: Record<string, string>, form: Record<string, string>, progress(share: number): void }) => Promise<Answer>} upload
 * @property {(url: string) => Socket} socket
 * @property {{ get(key: string): any, set(key: string, value: any): void, remove(key: string): void }} keep
 * @property {import("./holding").Recorder} recorder
 * @property {() => Promise<string>} freshId
 * @property {() => Promise<string>} login resolves to WeChat's code for who she is
 */
const PATIENCE_MS = 60_000;

/** @param {Record<string, any>} headers */
function lowered(headers) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const name of Object.keys(headers ?? {})) found[name.toLowerCase()] = String(headers[name]);
  return found;
}

/** @param {any} failed what `wx` says */
function lost(failed) {
  return Object.assign(new Error(String(failed?.errMsg ?? failed)), { timedOut: /timeout/.test(String(failed?.errMsg)) });
}

/** JSON where it is that, else the text. @param {any} text */
function decoded(text) {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @type {Platform} */
const platform = {
  request: ({ method, url, headers, body }) =>
    new Promise((resolve, reject) => {
      wx.request({
        method, url, header: headers, data: body, timeout: PATIENCE_MS, dataType: "text",
        success: ({ statusCode, header, data }) => resolve({ status: statusCode, headers: lowered(header), body: decoded(data) }),
        fail: (failed) => reject(lost(failed)),
      });
    }),

  upload: ({ url, path, headers, form, progress }) =>
    new Promise((resolve, reject) => {
      const task = wx.uploadFile({
        url, filePath: path, name: "file", header: headers, formData: form, timeout: PATIENCE_MS,
        success: ({ statusCode, data }) => resolve({ status: statusCode, headers: {}, body: decoded(data) }),
        fail: (failed) => reject(lost(failed)),
      });
      task.onProgressUpdate(({ progress: percent }) => progress(percent / 100));
    }),

  socket(url) {
    const task = wx.connectSocket({ url, timeout: 20_000 });
    return {
      onOpen: (fn) => task.onOpen(() => fn()),
      onMessage: (fn) => task.onMessage(({ data }) => typeof data === "string" && fn(data)),
      onClose(fn) {
        let told = false;
        const once = (/** @type {number} */ code) => {
          if (told) return;
          told = true;
          fn(code);
        };
        task.onClose(({ code }) => once(code));
        task.onError(() => once(1006));
      },
      send: (data) => task.send({ data }),
      close: () => task.close({ code: 1000 }),
    };
  },

  keep: {
    get: (key) => wx.getStorageSync(key) || null,
    set: (key, value) => wx.setStorageSync(key, value),
    remove: (key) => wx.removeStorageSync(key),
  },

  recorder: {
    start({ frame, failed }) {
      const manager = wx.getRecorderManager();
      manager.onFrameRecorded(({ frameBuffer }) => frame(frameBuffer));
      manager.onError(({ errMsg }) => failed(String(errMsg)));
      // frames of 5 KB are 160 ms; a minute is the longest sentence anybody holds a button for
      manager.start({ format: "PCM", sampleRate: 16000, numberOfChannels: 1, frameSize: 5, duration: 60_000 });
    },
    stop: () => wx.getRecorderManager().stop(),
  },

  freshId: () =>
    new Promise((resolve, reject) => {
      wx.getRandomValues({
        length: 16,
        success: ({ randomValues }) => resolve(Array.from(new Uint8Array(randomValues), (byte) => byte.toString(16).padStart(2, "0")).join("")),
        fail: (failed) => reject(lost(failed)),
      });
    }),

  login: () =>
    new Promise((resolve, reject) => {
      wx.login({ timeout: 10_000, success: ({ code }) => (code ? resolve(code) : reject(new Error("no code"))), fail: (failed) => reject(lost(failed)) });
    }),
};

module.exports = { platform };
