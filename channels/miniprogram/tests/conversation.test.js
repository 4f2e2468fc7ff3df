const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Api } = require("../miniprogram/lib/api");
const { Conversation } = require("../miniprogram/lib/conversation");
const { SILENCE_MS } = require("../miniprogram/lib/stream");
const { fakePlatform, settled } = require("./fake-platform");

const SESSION = { id: "c1", token: "t1", locale: "zh-CN", opening: [{ kind: "text", text: "您好" }] };
const TURN = { turn: 1, owner: "bot", status: "answered", replies: [{ kind: "text", text: "七个工作日" }], ask: null, case: null };

function begun() {
  const phone = fakePlatform();
  const api = new Api(phone, "https://example.org", () => "zh-CN");
  const one = { phone, view: null, conversation: null };
  one.conversation = new Conversation(phone, api, SESSION, (view) => { one.view = view; });
  one.conversation.start();
  one.socket = () => phone.sockets.at(-1);
  one.event = (id, event, data) => one.socket().on.message(JSON.stringify({ id, event, data }));
  one.socket().on.open();
  return one;
}

const told = (view) => view.lines.map((line) => [line.from, line.text ?? line.replies[0].text]);

test("an answer and its event are one line, whichever comes first", async () => {
  const one = begun();
  one.phone.answers.push(async () => {
    one.event(1, "message", { from: "citizen", text: "要多久", turn: 1, client_message_id: "id-1" });
    one.event(2, "turn", TURN);
    return { status: 200, body: TURN };
  });
  await one.conversation.say("  要多久 ");
  await settled();
  assert.deepEqual(told(one.view), [["bot", "您好"], ["citizen", "要多久"], ["bot", "七个工作日"]]);
  one.event(2, "turn", TURN);
  assert.equal(one.view.lines.length, 3);
  one.conversation.close();
});

test("while staff speak the bot asks nothing, and both ends of that are marked", () => {
  const one = begun();
  const ask = { field: "phone", label: "联系电话", kind: "text", options: null, value: null, example: "13800000000", why: "", optional: false, error: null };
  one.event(1, "turn", { ...TURN, ask });
  assert.equal(one.view.ask.way, "type");
  one.event(2, "owner", { owner: "staff" });
  one.event(3, "message", { from: "staff", name: "1号坐席", text: "我来帮您" });
  assert.equal(one.view.ask, null);
  one.event(4, "owner", { owner: "bot" });
  assert.equal(one.view.ask.field, "phone");
  assert.deepEqual(one.view.lines.slice(-3).map(({ from }) => from), ["mark", "staff", "mark"]);
  one.conversation.close();
});

test("a silent connection is given up, what was missed is asked for, and it comes back", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const one = begun();
  one.event(1, "turn", TURN);
  one.phone.answers.push((asked) => {
    assert.match(asked.url, /events\?after=1&follow=false$/);
    return { status: 200, body: `: hello\n\nid: 2\nevent: message\ndata: ${JSON.stringify({ from: "staff", name: "甲", text: "在的" })}\n\n` };
  });
  context.mock.timers.tick(SILENCE_MS);
  await settled();
  assert.equal(one.view.lines.at(-1).text, "在的");
  context.mock.timers.tick(1_000);
  assert.equal(one.phone.sockets.length, 2);
  assert.match(one.socket().url, /^wss:\/\/example\.org\/.*after=2$/);
  one.conversation.close();
});

test("no network is said, and that the conversation is over", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const one = begun();
  for (let round = 0; round < 2; round += 1) {
    one.phone.answers.push(new Error("request:fail"));
    one.socket().on.close(1006);
    await settled();
    context.mock.timers.tick(30_000);
  }
  assert.equal(one.view.offline, true);
  one.socket().on.open();
  assert.equal(one.view.offline, false);
  one.phone.answers.push({ status: 404, body: {} });
  one.socket().on.close(1006);
  await settled();
  assert.equal(one.view.expired, true);
  const before = one.phone.asked.length;
  await one.conversation.say("还在吗");
  assert.equal(one.phone.asked.length, before);
});

test("choices that the question offers are not offered twice", () => {
  const one = begun();
  const options = [{ value: "a", label: "甲" }];
  one.event(1, "turn", { ...TURN, replies: [{ kind: "choices", text: "哪一个", options }], ask: { field: "guide", label: "办哪个", kind: "choice", options, value: "a", optional: false, error: null } });
  assert.deepEqual(one.view.lines.at(-1).replies[0].options, []);
  assert.deepEqual(one.view.ask.options, [{ value: "a", label: "甲", on: true }]);
  one.conversation.close();
});
