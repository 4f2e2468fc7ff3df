const assert = require("node:assert/strict");
const { afterEach, test } = require("node:test");
const { Api } = require("../miniprogram/lib/api");
const { Conversation } = require("../miniprogram/lib/conversation");
const { fakePlatform, settled } = require("./fake-platform");

const SESSION = { id: "c1", token: "t1", locale: "zh-CN", opening: [] };
const FORM = { id: "k1", kind: "form", state: "open", fields: [{ field: "phone", label: "电话", type: "phone", options: [], value: "138****0000" }, { field: "kind", label: "种类", type: "choice", options: [{ value: "a", label: "甲" }], value: null }] };

const begun = [];
afterEach(() => { for (const one of begun.splice(0)) one.close(); });

function sent(card) {
  const phone = fakePlatform();
  const one = { phone, view: null };
  one.conversation = new Conversation(phone, new Api(phone, "https://example.org", () => "zh-CN"), SESSION, (view) => { one.view = view; });
  begun.push(one.conversation);
  one.conversation.start();
  let number = 0;
  one.event = (event, data) => phone.sockets[0].on.message(JSON.stringify({ id: (number += 1), event, data }));
  phone.sockets[0].on.open();
  one.event("owner", { owner: "staff" });
  one.event("message", { from: "staff", name: "1号坐席", text: "请填一下", card });
  one.cards = one.conversation.cards;
  one.shown = () => one.view.cards[card.id];
  one.bodies = () => phone.asked.map(({ body }) => body);
  return one;
}

test("a form is filled in and sent; what is doubted stands at its field, and sent once more is meant so", async () => {
  const one = sent(FORM);
  assert.equal(one.view.lines.at(-1).card, "k1");
  assert.equal(await one.cards.fill("k1"), null, "nothing filled in is not sent");
  assert.ok(one.shown().problem.includes("至少填一项"));
  one.cards.filled("k1", 0, "13900000000");
  one.cards.filled("k1", 1, 0);
  one.phone.answers.push({ status: 200, body: { id: "k1", state: "open", errors: [{ field: "phone", message: "这个号码少见", insist: true }] } }, { status: 200, body: { id: "k1", state: "done", errors: [] } });
  await one.cards.fill("k1");
  assert.deepEqual(one.shown().controls.map(({ error }) => error), ["这个号码少见", ""]);
  await one.cards.fill("k1");
  assert.deepEqual(one.bodies().map(({ fields, insist }) => [fields, insist]), [[{ phone: "13900000000", kind: "甲" }, []], [{ phone: "13900000000", kind: "甲" }, ["phone"]]]);
  one.event("card", { id: "k1", kind: "form", state: "done", rows: [{ label: "电话", value: "139****0000" }], lines: [] });
  assert.deepEqual([one.shown().settled.words, one.shown().settled.rows.length], ["已填好", 1]);
});

test("what was not answered by the network is sent again as the same thing", async () => {
  const one = sent({ id: "k2", kind: "upload", state: "open", label: "户口簿", material: "book" });
  one.phone.answers.push({ status: 201, body: { upload_id: "u1", checks: [] } }, new Error("request:fail"), { status: 200, body: { id: "k2", state: "done", errors: [] } });
  await one.cards.photographed("k2", "a.jpg");
  await one.cards.handin("k2");
  assert.ok(one.shown().problem.includes("网络"));
  await one.cards.handin("k2");
  const [, first, second] = one.bodies();
  assert.deepEqual([first, first.attachments], [second, ["u1"]]);
});

test("cards rest while the bot has the conversation, a change may be taken back even then", () => {
  const one = sent(FORM);
  one.event("message", { from: "staff", name: "1号坐席", text: "改了", card: { id: "k3", kind: "edit", state: "done", label: "住址", old: "甲路", new: "乙路" } });
  one.event("owner", { owner: "bot" });
  assert.deepEqual([one.view.cards.k1.rest, one.view.cards.k3.rest, one.view.cards.k3.settled], [true, false, undefined]);
  one.event("owner", { owner: "staff" });
  assert.equal(one.view.cards.k1.rest, false);
  one.event("card", { id: "k3", kind: "edit", state: "undone" });
  assert.equal(one.view.cards.k3.settled.words, "已改回去");
});

test("the package is confirmed as she has seen it, and where it has changed since she sees that first", async () => {
  const { opened } = require("./page");
  const one = sent({ id: "k4", kind: "package", state: "open", stage: "review", case: "BD1", item: "户口迁移" });
  const seen = (mark) => ({ status: 200, body: { id: "k4", kind: "package", state: "open", stage: "review", title: "请核对", rows: [{ label: "姓名", value: mark }], notes: [], seen: mark, errors: [] } });
  one.phone.answers.push(seen("s1"), { status: 409, body: { detail: "内容有变化，请再看一遍。" } }, seen("s2"), { status: 200, body: { id: "k4", kind: "package", state: "done", errors: [] } });
  const went = [];
  const page = opened("package", { conversation: one.conversation, api: one.conversation.api, care: false, talking: async () => one.conversation }, { navigateBack: () => went.push("back") });
  page.onLoad({ card: "k4" });
  await settled();
  assert.deepEqual([page.data.seen.seen, page.data.open], ["s1", true]);
  const yes = { currentTarget: { dataset: { action: "yes" } } };
  await page.decide(yes);
  assert.deepEqual([page.data.seen.seen, page.data.failed], ["s2", "内容有变化，请再看一遍。"]);
  await page.decide(yes);
  assert.deepEqual([one.bodies().at(-1).seen, went], ["s2", ["back"]]);
});
