const assert = require("node:assert/strict");
const { test } = require("node:test");
const { shownAsk, shownReply } = require("../miniprogram/lib/shown");
const { drawn } = require("./stage");

test("a card shows its rows, and a touch on a row's action says its message", async () => {
  const reply = shownReply({
    kind: "card", title: "请核对", text: "有不对的点修改", rows: [{ label: "联系电话", value: "138****0000", source: "您说的" }],
    actions: [{ label: "修改联系电话", message: "改联系电话" }], citations: [{ title: "登记管理条例", article: "第十九条", url: "https://example.org/law" }],
  });
  const one = drawn("reply", { reply, live: true });
  for (const words of ["请核对", "有不对的点修改", "联系电话", "138****0000", "您说的", "依据 1 条"]) assert.ok(one.text().includes(words), words);
  assert.ok(!one.text().includes("第十九条"), "sources are folded");
  await one.tap(".cites-title");
  assert.ok(one.text().includes("登记管理条例 第十九条"));
  await one.tap(".act");
  assert.deepEqual(one.told, [["say", { text: "改联系电话" }]]);
});

test("choices of an older line cannot be touched any more", async () => {
  const reply = shownReply({ kind: "choices", text: "哪一个", options: [{ value: "a", label: "甲" }, { value: "b", label: "乙" }] });
  const live = drawn("reply", { reply, live: true });
  await live.tap(".option", 1);
  assert.deepEqual(live.told, [["choose", { value: "b", label: "乙" }]]);
  const old = drawn("reply", { reply, live: false });
  await old.tap(".option");
  assert.deepEqual(old.told, []);
});

test("a notice says how grave it is, a file opens, words come line by line", async () => {
  assert.ok(drawn("reply", { reply: shownReply({ kind: "notice", level: "warning", text: "快到期了" }) }).component.dom.innerHTML.includes("warning"));
  const file = drawn("reply", { reply: shownReply({ kind: "file", text: "做好了", name: "申请表.pdf", url: "/x", media_type: "application/pdf" }) });
  await file.tap(".file-open");
  assert.deepEqual(file.told, [["open", { url: "/x", name: "申请表.pdf", mediaType: "application/pdf" }]]);
});

const asked = (more) => shownAsk({ field: "x", label: "选哪个？", options: null, value: null, optional: false, error: null, why: "", ...more });

test("one of several is chosen with one touch, and not while an answer is on its way", async () => {
  const options = [{ value: "own", label: "自有" }, { value: "rent", label: "租的" }];
  const one = drawn("ask", { ask: asked({ kind: "choice", options, value: "rent" }), busy: false });
  assert.ok(one.text().includes("1. 自有"));
  await one.tap(".option", 0);
  assert.deepEqual(one.told, [["choose", { value: "own", label: "自有" }]]);
  const busy = drawn("ask", { ask: asked({ kind: "choice", options }), busy: true });
  await busy.tap(".option", 0);
  assert.deepEqual(busy.told, []);
});

test("several are ticked and sent together, none is told", async () => {
  const options = ["甲", "乙", "丙"].map((label) => ({ value: label, label }));
  const one = drawn("ask", { ask: asked({ kind: "multi", options }), busy: false });
  await one.tap(".done");
  assert.ok(one.text().includes("请至少选一项"));
  await one.tap(".check", 0);
  await one.tap(".check", 2);
  assert.ok(one.text().includes("2 项"));
  await one.tap(".done");
  assert.deepEqual(one.told, [["choose", { value: ["甲", "丙"], label: "甲、丙" }]]);
});

test("yes or no, an error with what to do, why it is asked, and skipping", async () => {
  const yes = drawn("ask", { ask: asked({ kind: "confirm", options: [{ value: "yes", label: "提交" }, { value: "no", label: "先不交" }] }), busy: false });
  await yes.tap(".yes");
  assert.deepEqual(yes.told, [["choose", { value: "yes", label: "提交" }]]);
  const typed = drawn("ask", { ask: asked({ kind: "text", example: "13800000000", why: "办好了通知您", optional: true, error: { code: "format", message: "少一位，请再说一遍" } }), busy: false });
  for (const words of ["少一位，请再说一遍", "例：13800000000", "可不填"]) assert.ok(typed.text().includes(words), words);
  assert.ok(!typed.text().includes("办好了通知您"));
  await typed.tap(".act", 0);
  assert.ok(typed.text().includes("办好了通知您"));
  await typed.tap(".skip");
  assert.deepEqual(typed.told, [["say", { text: "跳过" }]]);
});

test("papers are photographed, seen with what is wrong, removed and handed in", async () => {
  const ask = asked({ kind: "file", material: "lease", options: [{ value: "later", label: "过几天交" }] });
  const files = [{ id: 1, name: "第 1 页", percent: 100, upload: "u1", problems: ["有问题，请看说明", "照片有点糊"] }];
  const one = drawn("ask", { ask, busy: false, files });
  assert.ok(one.text().includes("照片有点糊") && one.text().includes("现在没有？"));
  await one.tap(".photograph");
  await one.tap(".paper .act");
  await one.tap(".handin");
  await one.tap(".option");
  assert.deepEqual(one.told, [["photograph", undefined], ["remove", { id: 1 }], ["handin", undefined], ["choose", { value: "later", label: "过几天交" }]]);
});
