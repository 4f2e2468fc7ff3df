/** The conversation client against a running server: BANDAO_URL names it. */
const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Api } = require("../../miniprogram/lib/api");
const { Conversation } = require("../../miniprogram/lib/conversation");
const { ApiError } = require("../../miniprogram/lib/problem");
const { nodePlatform } = require("../node-platform");

const SERVER = process.env.BANDAO_URL ?? "";
assert.ok(SERVER, "BANDAO_URL is not set");

/** A conversation with what is needed to drive it. */
async function begun(platform = nodePlatform()) {
  const api = new Api(platform, SERVER, () => "zh-CN");
  const session = await api.open();
  const one = { api, platform, session, view: /** @type {any} */ (null), conversation: /** @type {any} */ (null), waiting: /** @type {any[]} */ ([]) };
  one.conversation = new Conversation(platform, api, session, (view) => {
    one.view = view;
    one.waiting = one.waiting.filter(({ fits, resolve }) => !(fits(view) && (resolve(view), true)));
  });
  one.conversation.start();
  return one;
}

/** The view as soon as it fits. */
function until(one, fits, what) {
  if (one.view && fits(one.view)) return Promise.resolve(one.view);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`never: ${what}\n${JSON.stringify(one.view, null, 1).slice(0, 2000)}`)), 30_000);
    one.waiting.push({ fits, resolve: (view) => (clearTimeout(timer), resolve(view)) });
  });
}

const quiet = (view) => !view.busy;

test("a sentence begins a case, answers fill it, and everything is shown once", async () => {
  const one = await begun();
  try {
    await until(one, (view) => view.lines.length === 1, "the greeting");
    await one.conversation.say("我们公司搬家了，执照上的地址要改");
    let view = await until(one, (now) => quiet(now) && now.held, "a case");
    assert.equal(view.held.name, "公司住所变更登记");
    assert.ok(view.ask, "the first question");
    for (let turn = 0; turn < 4 && view.ask; turn += 1) {
      const before = view.ask;
      const tapped = before.options.length > 0;
      if (before.way === "yes_no") await one.conversation.choose("no", before.no);
      else if (tapped && before.way !== "several") await one.conversation.choose(before.options[0].value, before.options[0].label);
      else if (before.way === "several") await one.conversation.choose([before.options[0].value], before.options[0].label);
      else await one.conversation.say(before.example);
      view = await until(one, quiet, "an answer");
    }
    const mine = view.lines.filter((line) => line.from === "citizen");
    assert.deepEqual([...new Set(mine.map((line) => line.state))], ["sent"]);
    assert.equal(new Set(view.lines.map((line) => line.key)).size, view.lines.length);

    // the same conversation once more, from its events alone
    const again = { ...one, view: null, waiting: [] };
    again.conversation = new Conversation(nodePlatform(), one.api, { ...one.session, opening: [] }, (now) => {
      again.view = now;
      again.waiting = again.waiting.filter(({ fits, resolve }) => !(fits(now) && (resolve(now), true)));
    });
    again.conversation.start();
    const replayed = await until(again, (now) => now.lines.length >= view.lines.length, "all lines");
    again.conversation.close();
    const told = (now) => now.lines.map((line) => [line.from, line.text ?? line.replies.map((reply) => reply.text ?? reply.title)]);
    assert.deepEqual(told(replayed), told(view));
    assert.deepEqual(replayed.ask, view.ask);
    assert.deepEqual(replayed.held, view.held);
  } finally {
    one.conversation.close();
  }
});

test("a connection that breaks is taken up again and nothing is told twice", async () => {
  const one = await begun();
  try {
    await one.conversation.say("办身份证要多久");
    await until(one, (view) => quiet(view) && view.lines.length === 3, "an answer");
    for (const socket of one.platform.sockets) socket.terminate();
    await one.conversation.say("在哪里办");
    const view = await until(one, (now) => quiet(now) && now.lines.length === 5, "the next");
    await until(one, () => one.platform.sockets.length > 1 && one.platform.sockets.at(-1).readyState === 1, "a new socket");
    assert.equal(view.lines.length, 5);
  } finally {
    one.conversation.close();
  }
});

test("a token that opens nothing is told as over, by word and by socket", async () => {
  const platform = nodePlatform();
  const api = new Api(platform, SERVER, () => "zh-CN");
  await assert.rejects(api.say({ id: "none", token: "none", locale: "zh-CN", opening: [] }, "x1", { text: "你好" }), (error) => error instanceof ApiError && error.over);
  const stranger = { id: "00000000-0000-0000-0000-000000000000", token: "none", locale: "zh-CN", opening: [] };
  const view = await new Promise((resolve) => {
    const conversation = new Conversation(platform, api, stranger, (now) => now.expired && resolve(now));
    conversation.start();
  });
  assert.equal(view.expired, true);
});
