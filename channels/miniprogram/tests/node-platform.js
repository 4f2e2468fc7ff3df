/** Node in the place of the phone: the real network, and a keep that can be looked into. */
const { randomBytes } = require("node:crypto");
const { readFile } = require("node:fs/promises");
const { basename } = require("node:path");
const { WebSocket } = require("ws");

/** @returns {import("../miniprogram/lib/platform").Platform & { kept: Map<string, any>, sockets: WebSocket[] }} */
function nodePlatform() {
  const kept = new Map();
  const sockets = [];
  const answered = async (/** @type {Response} */ response) => {
    const text = await response.text();
    let body = text;
    try {
      body = JSON.parse(text);
    } catch { /* an event stream, say */ }
    return { status: response.status, headers: Object.fromEntries(response.headers), body };
  };
  return {
    kept, sockets,
    request: async ({ method, url, headers, body }) =>
      answered(await fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })),
    upload: async ({ url, path, headers, form, progress }) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(form)) body.append(name, value);
      body.append("file", new Blob([await readFile(path)]), basename(path));
      const answer = await answered(await fetch(url, { method: "POST", headers, body }));
      progress(1);
      return answer;
    },
    socket(url) {
      const socket = new WebSocket(url);
      sockets.push(socket);
      socket.on("error", () => {}); // a close follows
      return {
        onOpen: (fn) => void socket.on("open", fn),
        onMessage: (fn) => void socket.on("message", (data, binary) => binary || fn(String(data))),
        onClose: (fn) => void socket.on("close", fn),
        send: (data) => socket.send(data),
        close: () => socket.close(),
      };
    },
    recorder: { start: ({ frame }) => { kept.set("frame", frame); }, stop: () => {} },
    keep: { get: (key) => structuredClone(kept.get(key) ?? null), set: (key, value) => void kept.set(key, structuredClone(value)), remove: (key) => void kept.delete(key) },
    freshId: async () => randomBytes(16).toString("hex"),
  };
}

module.exports = { nodePlatform };
