const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Api } = require("../miniprogram/lib/api");
const { Outbox } = require("../miniprogram/lib/outbox");
const { fakePlatform, settled } = require("./fake-platform");

const SESSION = { id: "c1", token: "t1", locale: "zh-CN", opening: [] };

function made(phone = fakePlatform()) {
  const api = new Api(phone, "https://example.org/", () => "zh-CN");
  const told = { turns: [], states: [], expired: 0 };
  const outbox = new Outbox(phone, SESSION.id, (id, content) => api.say(SESSION, id, content), {
    changed: (entry) => told.states.push(`${entry.shown} ${entry.state}`), turn: (_entry, turn) => told.turns.push(turn.turn), expired: () => { told.expired += 1; },
  });
  return { phone, outbox, told };
}

const turn = (number, status = "answered") => ({ status: 200, body: { turn: number, status } });

test("what is said goes in order, one at a time, with an id of its own and the token in a header", async () => {
  const { phone, outbox, told } = made();
  phone.answers.push(turn(1), turn(2));
  await outbox.add({ text: "甲" }, "甲");
  await outbox.add({ choice: "b" }, "乙");
  await settled();
  assert.deepEqual(phone.asked.map(({ body }) => body), [{ client_message_id: "id-1", text: "甲" }, { client_message_id: "id-2", choice: "b" }]);
  assert.equal(phone.asked[0].headers.Authorization, "Bearer t1");
  assert.ok(!phone.asked[0].url.includes("t1"));
  assert.deepEqual(told.turns, [1, 2]);
  assert.equal(outbox.busy, false);
  assert.equal(phone.kept.size, 0, "nothing is kept once it has arrived");
});

test("a lost network repeats the same id until it is answered", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { phone, outbox, told } = made();
  phone.answers.push(new Error("request:fail"), { status: 502 }, turn(1));
  await outbox.add({ text: "甲" }, "甲");
  await settled();
  assert.equal(told.states.at(-1), "甲 waiting");
  assert.equal(phone.kept.get("unsent").entries.length, 1);
  for (const seconds of [2, 4]) {
    context.mock.timers.tick(seconds * 1000);
    await settled();
  }
  assert.deepEqual(new Set(phone.asked.map(({ body }) => body.client_message_id)), new Set(["id-1"]));
  assert.deepEqual(told.turns, [1]);
});

test("after the last try it waits for her, and she can go on", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { phone, outbox, told } = made();
  for (let tries = 0; tries < 6; tries += 1) phone.answers.push(new Error("request:fail"));
  await outbox.add({ text: "甲" }, "甲");
  await settled();
  for (const seconds of [2, 4, 8, 15, 30]) {
    context.mock.timers.tick(seconds * 1000);
    await settled();
  }
  assert.equal(told.states.at(-1), "甲 failed");
  phone.answers.push(turn(1));
  outbox.retry();
  await settled();
  assert.deepEqual(told.turns, [1]);
});

test("a limit is waited for, a refusal is told with its reason, an expired token ends it", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { phone, outbox, told } = made();
  phone.answers.push({ status: 429, headers: { "retry-after": "7" } }, { status: 422, body: { detail: "没有这个选项" } }, { status: 401, body: {} });
  await outbox.add({ text: "甲" }, "甲");
  await settled();
  outbox.retry();
  context.mock.timers.tick(6_900);
  await settled();
  assert.equal(phone.asked.length, 1, "asking again does not shorten a limit");
  context.mock.timers.tick(200);
  await settled();
  assert.equal(told.states.at(-1), "甲 refused");
  assert.equal(outbox.busy, false);
  await outbox.add({ text: "乙" }, "乙");
  await settled();
  assert.equal(told.expired, 1);
});

test("what the socket has shown to have arrived is not said again", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { phone, outbox } = made();
  phone.answers.push(new Error("request:fail timeout"));
  await outbox.add({ text: "甲" }, "甲");
  await settled();
  outbox.confirmed("id-1");
  context.mock.timers.tick(60_000);
  await settled();
  assert.equal(phone.asked.length, 1);
  assert.equal(phone.kept.size, 0);
});

test("what was not sent is taken up again, of this conversation only", async () => {
  const phone = fakePlatform();
  phone.kept.set("unsent", { conversation: "c1", entries: [{ id: "id-9", content: { text: "甲" }, shown: "甲" }] });
  const mine = made(phone);
  phone.answers.push(turn(1));
  mine.outbox.restore();
  await settled();
  assert.equal(phone.asked[0].body.client_message_id, "id-9");
  phone.kept.set("unsent", { conversation: "another", entries: [{ id: "id-8", content: { text: "乙" }, shown: "乙" }] });
  const other = made(phone);
  other.outbox.restore();
  await settled();
  assert.equal(phone.asked.length, 1);
});
