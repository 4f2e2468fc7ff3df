/** The platform's `wx` in Node, over the real network: what the app and its pages call of it, and what became of it. */
const { randomBytes } = require("node:crypto");
const { readFile, writeFile, mkdtemp } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const { basename, join } = require("node:path");
const { WebSocket } = require("ws");

/** @param {{ login: () => Promise<string>, shot?: () => string }} hers the code WeChat gives for her, and the picture she takes */
function nodeWx({ login, shot = () => "" }) {
  const kept = new Map();
  const did = { went: [], toasts: [], subscribed: [], drawn: 0 };
  const fetched = async (promise, { success, fail, complete }, read) => {
    try {
      const response = await promise;
      const body = await read(response);
      success?.({ statusCode: response.status, header: Object.fromEntries(response.headers), ...body });
    } catch (error) {
      fail?.({ errMsg: `request:fail ${error.message}` });
    }
    complete?.();
  };
  const text = async (response) => ({ data: await response.text() });
  const wx = {
    did, kept,
    request: (asked) => void fetched(fetch(asked.url, { method: asked.method, headers: asked.header, body: asked.data === undefined ? undefined : JSON.stringify(asked.data) }), asked, text),
    uploadFile(asked) {
      const sent = async () => {
        const body = new FormData();
        for (const [name, value] of Object.entries(asked.formData)) body.append(name, value);
        body.append(asked.name, new Blob([await readFile(asked.filePath)]), basename(asked.filePath));
        return fetch(asked.url, { method: "POST", headers: asked.header, body });
      };
      void fetched(sent(), asked, text);
      return { onProgressUpdate: (told) => told({ progress: 100 }) };
    },
    downloadFile: (asked) => void fetched(fetch(asked.url, { headers: asked.header }), asked, async (response) => {
      const path = join(await mkdtemp(join(tmpdir(), "wx-")), "file");
      await writeFile(path, Buffer.from(await response.arrayBuffer()));
      return { tempFilePath: path };
    }),
    connectSocket({ url }) {
      const socket = new WebSocket(url);
      socket.on("error", () => {}); // a close follows
      return {
        onOpen: (told) => void socket.on("open", told),
        onMessage: (told) => void socket.on("message", (data, binary) => binary || told({ data: String(data) })),
        onClose: (told) => void socket.on("close", (code) => told({ code })),
        onError: () => {},
        send: ({ data }) => socket.send(data),
        close: () => socket.close(),
      };
    },
    login: ({ success, fail }) => void login().then((code) => success({ code }), (error) => fail({ errMsg: error.message })),
    getStorageSync: (key) => structuredClone(kept.get(key) ?? ""),
    setStorageSync: (key, value) => void kept.set(key, structuredClone(value)),
    removeStorageSync: (key) => void kept.delete(key),
    getRandomValues: ({ length, success }) => success({ randomValues: new Uint8Array(randomBytes(length)).buffer }),
    chooseMedia: ({ success }) => success({ tempFiles: [{ tempFilePath: shot() }] }),
    requestSubscribeMessage({ tmplIds, complete, success }) {
      did.subscribed.push(tmplIds);
      success?.({ errMsg: "requestSubscribeMessage:ok", ...Object.fromEntries(tmplIds.map((id) => [id, "accept"])) });
      complete?.({});
    },
    createCanvasContext: () => new Proxy({}, { get: (_, name) => () => { if (name === "draw") did.drawn += 1; } }),
    showToast: ({ title }) => void did.toasts.push(title),
    switchTab: ({ url }) => void did.went.push(url),
    navigateTo: ({ url }) => void did.went.push(url),
  };
  return new Proxy(wx, { get: (target, key) => target[key] ?? (() => undefined) });
}

module.exports = { nodeWx };
