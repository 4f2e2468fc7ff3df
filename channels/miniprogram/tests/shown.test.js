const assert = require("node:assert/strict");
const { test } = require("node:test");
const { Api } = require("../miniprogram/lib/api");
const { shownAsk, shownCase, shownReply } = require("../miniprogram/lib/shown");
const { eventsIn } = require("../miniprogram/lib/stream");
const words = require("../miniprogram/lib/words");
const { fakePlatform } = require("./fake-platform");

test("a reply of a kind newer than this mini-program is its text", () => {
  assert.deepEqual(shownReply({ kind: "hologram", text: "可以这样读" }), { kind: "text", text: "可以这样读", cites: null });
});

test("an action that names a row belongs to it", () => {
  const card = shownReply({ kind: "card", title: "核对", rows: [{ label: "联系电话", value: "138****0000", source: "您说的" }], actions: [{ label: "修改联系电话", message: "改联系电话" }] });
  assert.deepEqual(card.rows[0].action, { label: "修改", message: "改联系电话" });
  assert.deepEqual(card.actions, []);
  assert.equal(shownReply({ kind: "card", title: "办理", rows: [], actions: [{ label: "开始", message: "开始" }] }).actions.length, 1);
});

test("facts carry their sources, and whether they are verified", () => {
  const { cites } = shownReply({ kind: "text", text: "三天", citations: [{ title: "市场主体登记管理条例", article: "第十九条", verified: true }, { title: "本市办事指南", verified: false }] });
  assert.deepEqual(cites, { title: "依据 2 条", items: [{ name: "市场主体登记管理条例 第十九条", url: "", doubtful: "" }, { name: "本市办事指南", url: "", doubtful: "待核实" }] });
});

test("each kind of question has a way to be answered", () => {
  const way = (ask) => shownAsk({ options: null, value: null, ...ask }).way;
  assert.deepEqual(
    [{ kind: "text" }, { kind: "number" }, { kind: "date" }, { kind: "choice", options: [] }, { kind: "choice", options: [{ value: 1, label: "一" }] }, { kind: "multi", options: [] }, { kind: "confirm" }, { kind: "file" }, { kind: "text", columns: [{ field: "name" }] }].map(way),
    ["type", "type", "date", "type", "tap", "several", "yes_no", "file", "table"],
  );
});

test("an old answer is put into the box, a masked one is not", () => {
  const before = (value) => shownAsk({ kind: "text", options: null, value }).before;
  assert.equal(before("示例路1号"), "示例路1号");
  assert.equal(before("138****0000"), "");
});

test("a case says how far it is", () => {
  const held = shownCase({ case_no: "BD1", guide: { code: "x", name: "住所变更" }, status: "draft", filled: 6, total: 12, prefilled: 4, materials: [{ required: true, status: "missing" }, { required: false, status: "missing" }], package: null });
  assert.deepEqual([held.line, held.percent, held.wanting], ["已填 6/12，其中 4 项不用您填", 50, 1]);
});

test("an event stream that has ended is read", () => {
  const read = eventsIn(': hello\n\nid: 3\nevent: owner\ndata: {"owner": "bot"}\n\n: still here\n\nid: 4\nevent: message\ndata: {"text": "a: b"}\n\n');
  assert.deepEqual(read, [{ id: 3, event: "owner", data: { owner: "bot" } }, { id: 4, event: "message", data: { text: "a: b" } }]);
});

test("the token travels to no other host", () => {
  const api = new Api(fakePlatform(), "https://example.org", () => "zh-CN");
  assert.equal(api.address("/api/v1/cases/1/package"), "https://example.org/api/v1/cases/1/package");
  for (const url of ["https://example.org.evil.net/x", "//evil.net/x", "http://example.org/x", "javascript:1"]) assert.throws(() => api.address(url));
});

test("the pages' own words are the same in every language", () => {
  const [first, ...others] = words.languages();
  for (const other of others) assert.deepEqual(words.keys(other).sort(), words.keys(first).sort());
});
