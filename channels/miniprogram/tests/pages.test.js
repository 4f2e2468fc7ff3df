const assert = require("node:assert/strict");
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { test } = require("node:test");
const { ApiError } = require("../miniprogram/lib/problem");
const { carriedBy } = require("../miniprogram/lib/carried");
const { sections, byTheme } = require("../miniprogram/lib/guides");
const { Strokes } = require("../miniprogram/lib/strokes");
const { moment } = require("../miniprogram/lib/time");
const { Papers } = require("../miniprogram/lib/papers");
const { settled } = require("./fake-platform");
const { ROOT, opened } = require("./stage");

const SESSION = { id: "c1", token: "t1", locale: "zh-CN", opening: [] };

/** An app whose conversation writes down what it is told. */
function app(api = {}, view = null) {
  const said = [];
  const conversation = { session: SESSION, said, say: async (text) => void said.push(text), choose: async (value) => void said.push(value), attach: async (ids) => void said.push(ids), took: (turn) => void said.push(turn), outbox: { retry: () => said.push("retry") } };
  return { api, conversation, said, care: false, talking: async () => conversation, anew: async () => void said.push("anew"), setCare(on) { this.care = on; }, watch: (watcher) => (view && watcher(view), () => {}) };
}

const VIEW = { lines: [], ask: null, held: null, owner: "bot", busy: false, typing: false, offline: false, expired: false, status: "" };

test("what went wrong is said with a way on, and trying again works", async () => {
  const found = { items: [{ code: "a", name: "甲", themes: ["证件办理"] }] };
  let calls = 0;
  const page = opened("guides", app({ guides: async () => { if ((calls += 1) === 1) throw new ApiError(0, "网络不通"); return found; } }));
  page.onShow();
  await settled();
  assert.equal(page.data.failed, "网络不通");
  await page.again();
  assert.deepEqual([page.data.failed, page.data.themes], ["", [{ name: "证件办理", items: [{ code: "a", name: "甲" }] }]]);
});

test("a slow answer to what she no longer looks for is not shown", async () => {
  const waiting = [];
  const page = opened("guides", app({ search: (words) => new Promise((resolve) => waiting.push(() => resolve({ items: [{ code: words, name: words }] }))) }));
  page.write({ detail: { value: "搬家" } });
  const first = page.search();
  page.write({ detail: { value: "换身份证" } });
  const second = page.search();
  waiting[1]();
  await second;
  waiting[0]();
  await first;
  assert.deepEqual(page.data.found.map(({ name }) => name), ["换身份证"]);
});

test("from a guide it begins at once", async () => {
  const went = [];
  const mine = app({ guide: async () => ({ name: "公司住所变更登记", evidence: {}, fee: { text: "不收费" } }) });
  const page = opened("guide", mine, { switchTab: ({ url }) => went.push(url) });
  page.onLoad({ code: "company-address-change" });
  await settled();
  await page.begin();
  assert.deepEqual(mine.said, ["我要办公司住所变更登记"]);
  assert.deepEqual(went, ["/pages/talk/talk"]);
});

test("facts stand under their headings with their sources", () => {
  const guide = {
    evidence: { a: { title: "登记管理条例", article: "第十九条", verified: true }, b: { title: "本市指南", verified: false } },
    conditions: [{ text: "作了决议", evidence: ["a", "b"] }], materials: [{ name: "申请书", required: true, evidence: [] }, { name: "租赁合同", required: false, evidence: ["b"] }],
    legal_limit: { text: "3个工作日", evidence: ["a"] }, fee: { text: "不收费", evidence: [] }, process: [{ name: "提交", text: "网上交", evidence: [] }], faqs: [],
  };
  const found = sections(guide);
  assert.deepEqual(found.map(({ title }) => title), ["谁可以办、什么条件", "要交的材料", "多久办好", "收不收费", "怎么办"]);
  assert.equal(found[0].facts[0].sources, "登记管理条例 第十九条；本市指南（待核实）");
  assert.equal(found[1].facts[1].text, "租赁合同（看情况）");
  assert.deepEqual(byTheme([{ code: "a", name: "甲", themes: ["一", "二"] }]).map(({ name }) => name), ["一", "二"]);
});

test("subscription messages are asked for when she submits, and at no other time", async () => {
  const config = require("../miniprogram/config");
  config.templates = { progress: "T1" };
  const asked = [];
  const submit = { field: "submit", way: "yes_no" };
  const page = opened("talk", app({}, { ...VIEW, ask: submit }), { requestSubscribeMessage: ({ tmplIds }) => asked.push(tmplIds) });
  page.onLoad({});
  page.onShow();
  await page.choose({ detail: { value: "no", label: "先不交" } });
  assert.deepEqual(asked, []);
  await page.choose({ detail: { value: "yes", label: "提交" } });
  assert.deepEqual(asked, [["T1"]]);
  config.templates = {};
});

test("the old answer comes into the box, what she writes herself stays", () => {
  const page = opened("talk", app());
  page.shown({ ...VIEW, ask: { field: "phone", way: "type", before: "13800000000" } });
  assert.equal(page.data.words, "13800000000");
  page.write({ detail: { value: "139" } });
  page.shown({ ...VIEW, ask: { field: "phone", way: "type", before: "13800000000" }, busy: true });
  assert.equal(page.data.words, "139");
});

test("papers: each is uploaded with its material, those with problems may be handed in, those refused cannot", async () => {
  const answers = [{ upload_id: "u1", checks: [{ ok: true }] }, { upload_id: "u2", checks: [{ ok: false, message: "有点糊" }] }, new ApiError(422, "这个文件打不开，请重新拍")];
  let files = [];
  const api = { upload: async (_session, _path, material, progress) => { assert.equal(material, "lease"); progress(0.5); const next = answers.shift(); if (next instanceof Error) throw next; return next; } };
  const papers = new Papers(api, SESSION, { material: "lease" }, (now) => { files = now; });
  for (const path of ["a", "b", "c"]) await papers.add(path);
  assert.deepEqual(files.map(({ upload }) => upload), ["u1", "u2", ""]);
  assert.deepEqual(files[2].problems, ["这个文件打不开，请重新拍"]);
  assert.deepEqual(papers.ready.map(({ upload }) => upload), ["u1", "u2"]);
  papers.remove(2);
  assert.deepEqual(papers.ready.map(({ upload }) => upload), ["u1"]);
});

test("a signature keeps its line and drops what says nothing", () => {
  const strokes = new Strokes();
  strokes.begin({ x: 1, y: 1 });
  assert.equal(strokes.empty, true);
  for (let x = 1; x < 30; x += 0.5) strokes.go({ x, y: 1 });
  assert.ok(!strokes.empty && strokes.lines[0].length < 30);
  for (let line = 0; line < 500; line += 1) {
    strokes.begin({ x: 0, y: line });
    for (let x = 2; x < 60; x += 2) strokes.go({ x, y: line });
  }
  assert.ok(strokes.lines.flat().length <= 4000);
});

test("the number of a case is read from our codes only", () => {
  for (const text of ["BD20261123ABCDEF", "https://example.org/progress?case=BD20261123ABCDEF", "https://example.org/handover/BD20261123ABCDEF#x"]) assert.equal(carriedBy(text), "BD20261123ABCDEF", text);
  for (const text of ["", "https://example.org/", "WXP://abc", "https://example.org/?x=BD1", "BD"]) assert.equal(carriedBy(text), "", text);
});

test("opened by a code it asks for the proof of that case", () => {
  for (const options of [{ scene: "BD20261123ABCDEF" }, { q: encodeURIComponent("https://example.org/progress?case=BD20261123ABCDEF") }]) {
    const went = [];
    const mine = app();
    opened("talk", mine, { switchTab: ({ url }) => went.push(url) }).onLoad(options);
    assert.deepEqual(went, ["/pages/mine/mine"]);
    const page = opened("mine", mine);
    page.onShow();
    assert.equal(page.data.no, "BD20261123ABCDEF");
  }
});

test("moments are Shanghai's, whatever the phone's zone", () => {
  assert.equal(moment("2026-11-23T01:05:00+00:00"), "2026年11月23日 09:05");
  assert.equal(moment("2026-11-23T23:59:00+08:00"), "2026年11月23日 23:59");
});

test("a draft from elsewhere: both parts are wanted, a wrong one is told, a right one goes on in the conversation", async () => {
  const went = [];
  const mine = app({ resume: async (_session, no, proof) => { if (proof !== "1234ABCD") throw new ApiError(403, "接续码不对，还可以试 4 次"); return { turn: 1, no }; } });
  const page = opened("mine", mine, { switchTab: ({ url }) => went.push(url) });
  await page.resume();
  assert.ok(page.data.failed.includes("请填"));
  page.writeNo({ detail: { value: " bd20261123abcdef " } });
  page.writeProof({ detail: { value: "0000" } });
  await page.resume();
  assert.equal(page.data.failed, "接续码不对，还可以试 4 次");
  page.writeProof({ detail: { value: "1234ABCD" } });
  await page.resume();
  assert.deepEqual([mine.said, went], [[{ turn: 1, no: "BD20261123ABCDEF" }], ["/pages/talk/talk"]]);
});

test("every page is there, and every tag it uses is declared", () => {
  const { pages } = JSON.parse(readFileSync(join(ROOT, "app.json"), "utf8"));
  assert.deepEqual(pages.map((path) => path.split("/")[1]).sort(), readdirSync(join(ROOT, "pages")).sort());
  const places = [...pages, ...readdirSync(join(ROOT, "components")).map((name) => `components/${name}/${name}`)];
  for (const place of places) {
    const { usingComponents = {} } = JSON.parse(readFileSync(join(ROOT, `${place}.json`), "utf8"));
    const template = readFileSync(join(ROOT, `${place}.wxml`), "utf8");
    const tags = new Set([...template.matchAll(/<([a-z][a-z0-9-]*)/g)].map(([, tag]) => tag));
    const known = new Set(["view", "text", "block", "scroll-view", "textarea", "image", "canvas", "picker", "input", "button", ...Object.keys(usingComponents)]);
    assert.deepEqual([...tags].filter((tag) => !known.has(tag)), [], place);
    assert.deepEqual(Object.keys(usingComponents).filter((tag) => !tags.has(tag)), [], `${place} declares what it does not use`);
    const logic = readFileSync(join(ROOT, `${place}.js`), "utf8");
    for (const [, handler] of template.matchAll(/(?:bind|catch):?[a-z]+="(\w+)"/g)) assert.match(logic, new RegExp(`\\b${handler}\\(`), `${place}: ${handler}`);
  }
});
