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
const { ROOT, opened } = require("./page");

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

test("reminders are offered once a case, when it has been handed in, and asked for in her touch", () => {
  const config = require("../miniprogram/config");
  config.templates = { progress: "T1" };
  const kept = {};
  const asked = [];
  const wx = {
    getStorageSync: (key) => kept[key], setStorageSync: (key, value) => { kept[key] = value; },
    requestSubscribeMessage: ({ tmplIds, success }) => { asked.push(tmplIds); success({ T1: "accept" }); },
  };
  const page = opened("talk", app(), wx);
  const held = (no, status) => page.shown({ ...VIEW, held: { no, status, missing: [] } });
  held("BD1", "ready");
  assert.equal(page.data.reminding, false, "before it is handed in there is nothing to tell of");
  held("BD1", "submitted");
  assert.deepEqual([page.data.reminding, asked], [true, []]);
  page.remind();
  held("BD1", "accepted");
  assert.deepEqual([page.data.reminding, asked], [false, [["T1"]]]);
  held("BD2", "submitted");
  page.notRemind();
  held("BD2", "accepted");
  assert.deepEqual([page.data.reminding, asked.length], [false, 1]);
  config.templates = {};
  held("BD3", "submitted");
  assert.equal(page.data.reminding, false, "a city without templates offers none");
});

test("her number comes into the box and she sends it; without her consent or WeChat nothing changes", async () => {
  const toasts = [];
  const codes = [];
  const mine = app({ phone: async (_session, code) => { codes.push(code); if (code === "old") throw new ApiError(401, "请再点一次。"); return { phone: "13800138000", masked: "138****8000" }; } });
  const page = opened("talk", mine, { showToast: ({ title }) => toasts.push(title) });
  page.write({ detail: { value: "我的" } });
  await page.phone({ detail: { code: "" } });
  assert.deepEqual([codes, page.data.words], [[], "我的"]);
  await page.phone({ detail: { code: "old" } });
  assert.ok(toasts[0].includes("都不影响") && toasts[1].startsWith("请再点一次"));
  await page.phone({ detail: { code: "c1" } });
  assert.deepEqual([page.data.words, mine.said], ["13800138000", []]);
});

test("the open questions of a case can be filled in together, one line each", async () => {
  const fields = [
    { key: "name", label: "姓名", type: "person_name", example: "张三" }, { key: "kind", label: "种类", type: "choice", options: [{ value: "a", label: "甲" }, { value: "b", label: "乙", offered: false }] },
    { key: "rows", label: "股东", type: "table" }, { key: "phone", label: "电话", type: "phone" },
  ];
  const missing = fields.map(({ key, label }) => ({ field: key, label }));
  const mine = app({ guide: async () => ({ fields }) });
  const page = opened("talk", mine);
  const view = (more) => page.shown({ ...VIEW, held: { no: "BD1", code: "x", status: "draft", missing }, ask: { field: "name", way: "type" }, ...more });
  view({ ask: { field: "rows", way: "table", columns: [{ field: "a" }] } });
  assert.equal(page.data.fillable, false, "lines sent while a table is asked would be rows");
  view();
  assert.equal(page.data.fillable, true);
  await page.fillForm();
  assert.deepEqual(page.data.form.map(({ field, labels }) => [field, labels]), [["name", []], ["kind", ["甲"]], ["phone", []]]);
  await page.formSend();
  assert.ok(page.data.formProblem.includes("至少填一项"));
  page.formChange({ detail: { at: 0, given: "李 四" } });
  page.formChange({ detail: { at: 1, given: 0 } });
  await page.formSend();
  assert.deepEqual([mine.said, page.data.form], [["姓名：李 四\n种类：甲"], null]);
});

test("our camera frames the paper, takes several pages, and brings them back to where they were asked for", async () => {
  const sent = [];
  const mine = app({ upload: async (_session, path) => { sent.push(path); return { upload_id: `u-${path}`, checks: [] }; } });
  const went = [];
  const page = opened("talk", mine, { navigateTo: ({ url }) => went.push(url) });
  page.shown({ ...VIEW, ask: { field: "material:id", way: "file", material: "id", frame: { kind: "card", width: 85.6, height: 54, percent: 88, advice: ["放平"] } } });
  page.photograph({ detail: { from: "camera" } });
  assert.deepEqual(went, ["/pages/camera/camera"]);
  const camera = opened("camera", mine, { createCameraContext: () => ({ takePhoto: ({ success }) => success({ tempImagePath: `shot-${camera.data.shots}` }) }) });
  camera.onLoad();
  assert.equal(camera.data.height, Math.round(750 * 0.88 * 54 / 85.6));
  camera.take();
  camera.again();
  assert.equal(camera.data.shot, "", "one that is not good is not kept");
  camera.take();
  camera.keep();
  camera.take();
  camera.done();
  page.taken();
  await settled();
  assert.deepEqual(sent, ["shot-0", "shot-1"]);
  camera.refused();
  assert.ok(camera.data.failed.includes("相册"));
  page.taken();
  assert.equal(sent.length, 2, "what was taken is handed over once");
});

test("by department, by what happens in life, by who applies: a list of each", async () => {
  const asked = [];
  const mine = app({
    guides: async (kind, code) => { asked.push([kind, code]); return { items: kind ? [{ code: "g", name: "户口迁移" }] : [] }; },
    categories: async () => ({ themes: [], life_events: { person: [{ code: "move", name: "搬家", total: 6 }], enterprise: [{ code: "open", name: "开店", total: 2 }] }, sectors: [{ code: "police", name: "公安", total: 8 }], applicants: [] }),
  });
  const page = opened("guides", mine);
  await page.kind({ currentTarget: { dataset: { kind: "life_event" } } });
  assert.deepEqual(page.data.groups.map(({ name }) => name), ["搬家", "开店"]);
  await page.kind({ currentTarget: { dataset: { kind: "sector" } } });
  await page.group({ currentTarget: { dataset: { code: "police", name: "公安" } } });
  assert.deepEqual([asked, page.data.items.map(({ name }) => name), page.data.chosen.name], [[["sector", "police"]], ["户口迁移"], "公安"]);
  page.ungroup();
  assert.deepEqual([page.data.chosen, page.data.groups.length], [null, 1]);
});

test("with her real name her cases from every door are one list; a draft is gone on with here, others are looked at", async () => {
  const went = [];
  const one = (no, here, open) => ({ case_no: no, item: "户口迁移", status_name: "草稿", updated_at: "2026-11-23T01:05:00+00:00", here, open });
  const mine = app({
    standing: async () => ({ signed_in: true, offered: true, level: "real_name", who: "张*" }), ownCases: async () => ({ items: [one("BD1", true, true), one("BD2", false, true), one("BD3", false, false)] }),
    takeUp: async (_session, no) => ({ turn: 5, no }),
  });
  const page = opened("mine", mine, { navigateTo: ({ url }) => went.push(url), switchTab: ({ url }) => went.push(url) });
  page.onShow();
  await settled();
  assert.equal(page.data.cases.length, 3);
  for (const no of ["BD1", "BD2", "BD3"]) await page.openCase({ currentTarget: { dataset: { no } } });
  assert.deepEqual(went, ["/pages/progress/progress?no=BD1", "/pages/talk/talk", "/pages/progress/progress?no=BD3&elsewhere=1"]);
  assert.deepEqual(mine.said, [{ turn: 5, no: "BD2" }]);
});

test("signing out hands the token back and leaves nothing on the phone; a telephone alone shows no list", async () => {
  const did = [];
  const mine = app({ standing: async () => ({ signed_in: false, offered: true, level: "phone", who: null }), ownCases: async () => assert.fail("403"), leave: async () => did.push("leave"), signOut: async () => did.push("signOut") });
  mine.as = async (guest) => did.push(`guest ${guest}`);
  const page = opened("mine", mine, { showModal: ({ success }) => success({ confirm: true }) });
  page.onShow();
  await settled();
  page.signOut();
  await settled();
  assert.deepEqual(did, ["leave", "guest true"]);
  page.setData({ who: "张*" });
  page.signOut();
  await settled();
  assert.deepEqual(did.slice(2), ["signOut", "guest true"]);
});

test("to prove who she is there is a page and a number for it; where that is not offered she is told", async () => {
  const titles = [];
  const page = opened("signin", app({ signInCode: async () => ({ number: "407", address: "https://example.org/signin/phone?code=x" }) }), { setNavigationBarTitle: ({ title }) => titles.push(title) });
  page.onLoad();
  await settled();
  assert.deepEqual([page.data.number, page.data.there], ["407", false]);
  page.go();
  assert.deepEqual([titles, page.data.there], [["要填的数字：407"], true]);
  const off = opened("signin", app({ signInCode: async () => { throw new ApiError(409, "这里不能登录。"); } }));
  off.onLoad();
  await settled();
  assert.deepEqual([off.data.failed, off.data.number], ["这里不能登录。", ""]);
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
  for (const text of ["BD20261123ABCDEF", "https://example.org/progress?case=BD20261123ABCDEF", "https://example.org/handover/BD20261123ABCDEF#x"]) assert.deepEqual(carriedBy(text), { no: "BD20261123ABCDEF", code: "" }, text);
  for (const text of ["", "https://example.org/", "WXP://abc", "https://example.org/?x=BD1", "BD"]) assert.equal(carriedBy(text).no, "", text);
  assert.deepEqual(carriedBy("https://example.org/?case=BD20261123ABCDEF#resume=K7M2P9"), { no: "BD20261123ABCDEF", code: "K7M2P9" });
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

test("a code that carries the resume code leaves the last four of the identity number to be asked", async () => {
  const proofs = [];
  const mine = app({ standing: async () => ({ signed_in: false }), resume: async (_session, _no, proof) => { proofs.push(proof); return { turn: 1 }; } });
  opened("talk", mine).onLoad({ q: encodeURIComponent("https://example.org/?case=BD20261123ABCDEF#resume=K7M2P9") });
  const page = opened("mine", mine);
  page.onShow();
  await page.resume();
  assert.ok(page.data.failed.includes("身份证后四位"));
  page.writeProof({ detail: { value: "021X" } });
  await page.resume();
  assert.deepEqual(proofs, ["021XK7M2P9"]);
});

test("moments are Shanghai's, whatever the phone's zone", () => {
  assert.equal(moment("2026-11-23T01:05:00+00:00"), "2026年11月23日 09:05");
  assert.equal(moment("2026-11-23T23:59:00+08:00"), "2026年11月23日 23:59");
  assert.equal(moment("2099-01-08"), "2099年1月8日", "a day has no hour");
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
    const known = new Set(["view", "text", "block", "scroll-view", "textarea", "image", "canvas", "picker", "input", "button", "camera", "web-view", ...Object.keys(usingComponents)]);
    assert.deepEqual([...tags].filter((tag) => !known.has(tag)), [], place);
    assert.deepEqual(Object.keys(usingComponents).filter((tag) => !tags.has(tag)), [], `${place} declares what it does not use`);
    const logic = readFileSync(join(ROOT, `${place}.js`), "utf8");
    for (const [, handler] of template.matchAll(/(?:bind|catch):?[a-z]+="(\w+)"/g)) assert.match(logic, new RegExp(`\\b${handler}\\(`), `${place}: ${handler}`);
  }
});
