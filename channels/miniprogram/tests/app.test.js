const assert = require("node:assert/strict");
const { test } = require("node:test");
const { launched } = require("./page");

/** A phone with the app on it: WeChat and the server answer as told. */
function phone({ code = "c1", statuses = {} } = {}) {
  const kept = new Map();
  const asked = [];
  let opened = 0;
  const socket = { onOpen() {}, onMessage() {}, onClose() {}, onError() {}, send() {}, close() {} };
  const wx = new Proxy({
    getStorageSync: (key) => structuredClone(kept.get(key) ?? ""), setStorageSync: (key, value) => void kept.set(key, structuredClone(value)), removeStorageSync: (key) => void kept.delete(key),
    connectSocket: () => socket,
    login: ({ success, fail }) => (code ? success({ code }) : fail({ errMsg: "login:fail" })),
    request({ url, data, success, fail }) {
      const path = new URL(url).pathname.replace("/api/v1", "");
      asked.push([path, data]);
      const status = statuses[path] ?? 201;
      if (status === 0) fail({ errMsg: "request:fail" });
      else success({ statusCode: status, header: {}, data: JSON.stringify({ conversation_id: `v${(opened += 1)}`, token: `t${opened}`, replies: [], resumed: false }) });
    },
  }, { get: (target, key) => target[key] ?? (() => undefined) });
  return { app: launched(wx), kept, asked, statuses, paths: () => asked.map(([path]) => path), again: () => launched(wx) };
}

test("WeChat says who she is, once; later the conversation is taken from the phone", async () => {
  const one = phone();
  const [first, second] = await Promise.all([one.app.talking(), one.app.talking()]);
  assert.equal(first, second, "two pages that ask at once get the same one");
  assert.deepEqual(one.asked, [["/wechat/sessions", { code: "c1", locale: "zh-CN" }]]);
  assert.equal(first.session.known, true);
  first.close();
  const next = one.again();
  assert.equal((await next.talking()).session.id, "v1");
  assert.equal(one.asked.length, 1);
  next.conversation.close();
});

test("where WeChat knows nobody, or its service is away, she is a guest; without a network she is told", async () => {
  for (const given of [{ code: "" }, { statuses: { "/wechat/sessions": 503 } }, { statuses: { "/wechat/sessions": 401 } }]) {
    const one = phone(given);
    const { session } = await one.app.talking();
    assert.deepEqual([session.known, one.paths().at(-1)], [false, "/conversations"]);
    one.app.conversation.close();
  }
  const off = phone({ statuses: { "/wechat/sessions": 0 } });
  await assert.rejects(off.app.talking(), /网络/);
  assert.deepEqual(off.paths(), ["/wechat/sessions"]);
  off.statuses["/wechat/sessions"] = 201;
  assert.equal((await off.app.talking()).session.known, true, "trying again works");
  off.app.conversation.close();
});

test("beginning anew is another conversation; a token that ran out is no wish for that", async () => {
  const one = phone();
  await one.app.talking();
  one.kept.set("unsent", { conversation: "v1", entries: [] });
  await one.app.anew();
  assert.deepEqual([one.asked.at(-1)[1].anew, one.kept.get("unsent"), one.kept.get("session").id], [true, undefined, "v2"]);
  one.app.conversation.expired();
  assert.equal(one.kept.get("session"), undefined);
  await one.app.anew();
  assert.equal(one.asked.at(-1)[1].anew, undefined);
  one.app.conversation.close();
});

test("who has signed out stays a guest on this phone until she signs in again", async () => {
  const one = phone();
  await one.app.talking();
  await one.app.as(true);
  await one.app.anew();
  assert.deepEqual(one.paths(), ["/wechat/sessions", "/conversations", "/conversations"]);
  await one.app.as(false);
  assert.deepEqual([one.paths().at(-1), one.asked.at(-1)[1].anew], ["/wechat/sessions", undefined], "she is back at the conversation WeChat knows");
  one.app.conversation.close();
});
