/** A phone whose network does what the test says. */
function fakePlatform() {
  const kept = new Map();
  let ids = 0;
  const phone = {
    kept,
    /** Answers in turn; a function is called with what was asked. @type {any[]} */
    answers: [],
    /** @type {any[]} */
    asked: [],
    /** @type {any[]} */
    sockets: [],
    request: async (asked) => {
      phone.asked.push(asked);
      const next = phone.answers.shift() ?? { status: 200, headers: {}, body: {} };
      const answer = typeof next === "function" ? await next(asked) : next;
      if (answer instanceof Error) throw answer;
      return { headers: {}, ...answer };
    },
    upload: async (asked) => phone.request(asked),
    socket(url) {
      const on = {};
      const socket = { url, on, closed: false, onOpen: (fn) => { on.open = fn; }, onMessage: (fn) => { on.message = fn; }, onClose: (fn) => { on.close = fn; }, sent: [], send: (data) => void socket.sent.push(data), close() { socket.closed = true; on.close?.(1000); } };
      phone.sockets.push(socket);
      return socket;
    },
    /** @type {any} */
    recording: null,
    recorder: { start: (on) => { phone.recording = on; }, stop: () => { phone.recording = null; } },
    keep: { get: (key) => structuredClone(kept.get(key) ?? null), set: (key, value) => void kept.set(key, structuredClone(value)), remove: (key) => void kept.delete(key) },
    freshId: async () => `id-${(ids += 1)}`,
  };
  return phone;
}

/** Lets everything that waits for nothing happen. */
const settled = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

module.exports = { fakePlatform, settled };
