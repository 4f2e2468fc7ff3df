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
  for (const selector of [".photograph", ".album", ".chat", ".paper .act", ".handin", ".option"]) await one.tap(selector);
  assert.deepEqual(one.told, [
    ["photograph", { from: "camera" }], ["photograph", { from: "album" }], ["photograph", { from: "chat" }],
    ["remove", { id: 1 }], ["handin", undefined], ["choose", { value: "later", label: "过几天交" }],
  ]);
  one.told.length = 0;
  await one.tap(".retake");
  assert.deepEqual(one.told, [["remove", { id: 1 }], ["photograph", { from: "camera" }]], "a bad picture is taken again in one touch");
});

test("how to hold a paper is said before it is photographed, by what it is", () => {
  for (const [label, words] of [["请上传“身份证”", "正面、反面各拍一张"], ["请上传“租赁合同”", "一页拍一张"], ["请上传“户口簿”", "翻到要交的那一页"]]) {
    assert.ok(drawn("ask", { ask: asked({ kind: "file", label }), files: [] }).text().includes(words), label);
  }
});

test("her mobile number may come from WeChat, told in plain words; what she refuses is told too", async () => {
  const one = drawn("ask", { ask: asked({ field: "phone", kind: "text", label: "联系电话" }), busy: false });
  assert.ok(one.text().includes("只用来填这一项") && one.text().includes("不同意就自己输入"));
  await one.happen("getphonenumber", ".mobile-button", 0, { code: "c1" });
  await one.happen("getphonenumber", ".mobile-button", 0, { errMsg: "getPhoneNumber:fail user deny" });
  assert.deepEqual(one.told, [["phone", { code: "c1" }], ["phone", { code: "" }]]);
  for (const field of ["agent_phone", "id_number"]) assert.ok(!drawn("ask", { ask: asked({ field, kind: "text" }), busy: false }).text().includes("微信绑定"), field);
});

const COLUMNS = [
  { field: "name", label: "姓名", kind: "text", options: null, optional: false, example: "张三" },
  { field: "role", label: "身份", kind: "choice", options: [{ value: "owner", label: "股东" }, { value: "head", label: "董事" }], optional: false },
  { field: "since", label: "日期", kind: "date", options: null, optional: true },
];

test("a table is a card a row: filled in, added to, taken away, and sent whole", async () => {
  const one = drawn("table", { ask: asked({ kind: "text", columns: COLUMNS, value: [{ name: "张三", role: "head", since: "2026-11-01" }] }), busy: false });
  for (const words of ["第 1 个", "董事", "2026-11-01"]) assert.ok(one.text().includes(words), words);
  await one.tap(".add");
  assert.ok(one.text().includes("第 2 个"));
  await one.happen("given", ".cells", 1, { at: 0, given: "李四" });
  await one.happen("given", ".cells", 1, { at: 1, given: 0 });
  await one.tap(".done");
  assert.deepEqual(one.told.pop(), ["say", { text: "姓名\t身份\t日期\n张三\t董事\t2026-11-01\n李四\t股东\t" }]);
  await one.tap(".act", 0);
  assert.ok(one.text().includes("李四") === false && !one.text().includes("董事"), "李四 is in a box now, and the first row is gone");
  await one.tap(".act", 0);
  await one.tap(".done");
  assert.ok(one.text().includes("请先填姓名") && one.text().includes("第 1 个"), "there is always a row to begin with");
});

test("controls: a box, a list, a day, several; what is wrong stands at each", async () => {
  const { control } = require("../miniprogram/lib/fields");
  const controls = [
    { ...control({ field: "a", label: "姓名", type: "text", example: "张三" }), error: "少一个字" }, control({ field: "b", label: "种类", type: "choice", options: [{ value: "x", label: "甲" }] }),
    control({ field: "c", label: "范围", type: "multi", options: [{ value: "x", label: "餐饮" }, { value: "y", label: "零售" }] }), control({ field: "d", label: "要不要", type: "yes_no" }),
  ];
  const one = drawn("fields", { controls });
  assert.ok(one.text().includes("少一个字") && one.text().includes("请选择"));
  await one.happen("input", ".box", 0, { value: "王五" });
  await one.happen("change", ".pick", 1, { value: "1" });
  await one.tap(".check", 1);
  assert.deepEqual(one.told, [["given", { at: 0, given: "王五" }], ["given", { at: 3, given: 1 }], ["given", { at: 2, given: 1 }]]);
});

test("each card of staff's has its ways to be answered, and rests when they have gone", async () => {
  const card = (more) => ({ id: "c1", title: "题目", state: "open", rest: false, problem: "", busy: false, ...more });
  const upload = drawn("staffcard", { card: card({ kind: "upload", why: "核对用", files: [{ id: 4, name: "第 1 页", percent: 100, problems: ["有点糊"] }] }) });
  for (const selector of [".photograph", ".paper .act", ".handin", ".no"]) await upload.tap(selector);
  assert.deepEqual(upload.told, [["photograph", { id: "c1" }], ["remove", { file: 4, id: "c1" }], ["handin", { id: "c1" }], ["act", { id: "c1", action: "no" }]]);
  assert.ok(upload.text().includes("核对用") && upload.text().includes("有点糊"));
  const edit = drawn("staffcard", { card: card({ kind: "edit", old: "甲路", new: "乙路", again: true }) });
  assert.ok(edit.text().includes("甲路 → 乙路") && edit.text().includes("重新核对"));
  await edit.tap(".undo");
  assert.deepEqual(edit.told, [["act", { id: "c1", action: "undo" }]]);
  const form = drawn("staffcard", { card: card({ kind: "form", controls: [{ field: "a", label: "电话", way: "type", labels: [], value: "", now: "138****0000", on: {} }] }) });
  assert.ok(form.text().includes("电话现在填的：138****0000"));
  await form.tap(".fill");
  const whole = drawn("staffcard", { card: card({ kind: "package" }) });
  await whole.tap(".look");
  assert.deepEqual([form.told, whole.told], [[["fill", { id: "c1" }]], [["look", { id: "c1" }]]]);
  assert.ok(drawn("staffcard", { card: card({ kind: "form", controls: [], rest: true }) }).text().includes("先不用处理"));
  assert.ok(drawn("staffcard", { card: card({ kind: "form", state: "done", settled: { words: "已填好", files: [], rows: [{ label: "电话", value: "139" }], lines: ["好的"] } }) }).text().includes("已填好电话139好的"));
});
