/**
 * A whole case through the mini-program's own app and pages, from the first sentence to the rating. BANDAO_URL names the server,
 * BANDAO_OFFICE the sandbox and BANDAO_OFFICE_KEY the key of its office; BANDAO_CITIZEN holds who she is, as the simulated citizens' files
 * do, BANDAO_SCAN a file she hands in.
 */
const assert = require("node:assert/strict");
const { after, before, test } = require("node:test");
const { nodeWx } = require("../node-wx");
const { launched, opened } = require("../page");
const config = require("../../miniprogram/config");

const { BANDAO_URL = "", BANDAO_OFFICE = "", BANDAO_OFFICE_KEY = "", BANDAO_CITIZEN = "", BANDAO_SCAN = "" } = process.env;
const HER = JSON.parse(BANDAO_CITIZEN || "null");
const OPENID = `o_mini_${Date.now()}`;
const office = async (method, path, body) => {
  const answer = await fetch(BANDAO_OFFICE + path, { method, headers: { "X-Api-Key": BANDAO_OFFICE_KEY, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
  return answer.json();
};
const code = async (kind, more = {}) => (await office("POST", "/wechat/admin/codes", { kind, openid: OPENID, ...more })).code;

let wx;
let app;
let talk;

/** What the page shows, as soon as it is so. */
async function until(fits, what) {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((done) => { setTimeout(done, 50); })) if (await fits(talk.data)) return talk.data;
  throw new Error(`never: ${what}\n${JSON.stringify({ ...talk.data, lines: talk.data.lines.slice(-3) }, null, 1).slice(0, 3000)}`);
}
const quiet = () => until((data) => !data.busy, "an answer");
const told = () => JSON.stringify(talk.data.lines);

const send = async (words) => {
  talk.write({ detail: { value: words } });
  await talk.send();
  await quiet();
};
const choose = async (value, label = String(value)) => {
  await talk.choose({ detail: { value, label } });
  await quiet();
};
const handIn = async () => {
  talk.photograph({ detail: { from: "album" } });
  await until(({ files }) => files.length && files.every((one) => one.upload), "the upload");
  await talk.handin();
  await quiet();
};

/** Answers until this is asked; what was asked on the way. */
async function answersUntil(field) {
  const asked = [];
  for (let ask = talk.data.ask; ask?.field !== field; ask = talk.data.ask) {
    assert.ok(ask && asked.length < 60, `${asked.slice(-5)} ${told().slice(-600)}`);
    asked.push(ask.field);
    if (ask.field === "start") await choose("yes");
    else if (ask.field === "guide") await choose(HER.guide);
    else if (ask.field === "consent") await choose(HER.consent);
    else if (ask.field === "review") await choose("yes", ask.yes);
    else if (ask.way === "file") await handIn();
    else if (HER.say[ask.field] !== undefined) await send(HER.say[ask.field]);
    else assert.fail(`nothing to say to ${ask.field}`);
  }
  return asked;
}

const skip = !(BANDAO_URL && BANDAO_OFFICE && HER && BANDAO_SCAN) && "needs the office and a citizen, see the head of this file";

before(async () => {
  if (skip) return;
  Object.assign(config, { server: BANDAO_URL, templates: { progress: "T1", correction: "T2" } });
  wx = nodeWx({ login: () => code("session"), shot: () => BANDAO_SCAN });
  app = launched(wx);
  talk = opened("talk", app, wx);
  talk.onLoad({});
  talk.onShow();
  await until(({ lines }) => lines.length === 1, "the greeting");
});

after(() => app?.conversation?.close());

let no = "";

test("what she says becomes a case, and everything it needs is answered, photographed and reviewed", { skip }, async () => {
  await send(HER.opening);
  const asked = await answersUntil("submit");
  no = talk.data.held.no;
  assert.ok(talk.data.held.package && asked.includes("review") && asked.some((field) => field.startsWith("material:")), String(asked));
  assert.equal(new Set(asked).size, asked.length, "nothing is asked twice");
});

test("she looks at every page of the package and signs it by finger", { skip }, async () => {
  const page = opened("package", app, wx);
  page.onLoad({ no });
  await until(() => page.data.pages.length && page.data.pages.every(({ src }) => src), "the pages");
  assert.equal(page.data.signedAt, "");
  page.sign();
  page.down({ touches: [{ x: 20, y: 80 }] });
  for (let x = 22; x < 260; x += 3) page.move({ touches: [{ x, y: 80 + 40 * Math.sin(x / 20) }] });
  await page.done();
  await until(() => page.data.signedAt, "the signature");
  assert.ok(wx.did.drawn > 50 && wx.did.toasts.includes("签好了") && !page.data.failed, page.data.failed);
});

test("it is submitted once, reminders are offered, and the progress tells it", { skip }, async () => {
  assert.deepEqual(wx.did.subscribed, []);
  await choose("yes", talk.data.ask.yes);
  await until(({ held }) => held.status === "submitted", "the submission");
  assert.equal(talk.data.reminding, true);
  talk.remind();
  assert.deepEqual([wx.did.subscribed, talk.data.reminding], [[["T1", "T2"]], false]);
  const page = opened("progress", app, wx);
  page.onLoad({ no });
  await until(() => page.data.items.length, "the timeline");
  assert.ok(page.data.summary && !page.data.failed, page.data.failed);
});

let receipt = "";

test("what the office wants corrected is told, asked alone, and handed in as a second version", { skip }, async () => {
  await until(async () => { receipt = (await office("GET", `/office/v1/submissions?case_no=${no}`)).items[0]?.receipt_no; return receipt; }, "the office's file");
  const [material] = Object.keys(HER.materials);
  const wanting = [{ kind: "field", code: "phone", text: "电话打不通" }, { kind: "material", code: material, text: "看不清" }];
  await office("POST", `/office/v1/admin/submissions/${receipt}/actions`, { action: "correct", text: "", wanting, due: "2099-01-08" });
  await until(() => told().includes("电话打不通"), "the notice");
  const page = opened("progress", app, wx);
  page.onLoad({ no });
  await until(() => page.data.todo.length, "what is to be done");
  assert.ok(page.data.todo.length === 2 && JSON.stringify(page.data.until).includes("2099"), JSON.stringify(page.data));
  await page.say({ currentTarget: { dataset: { text: "继续" } } });
  await until(({ ask }) => ask?.field === "phone", "the first question");
  assert.deepEqual(await answersUntil("submit"), ["phone", `material:${material}`, "review"]);
  await choose("yes", talk.data.ask.yes);
  await until(async () => (await office("GET", `/office/v1/submissions?case_no=${no}`)).items[0].version === 2, "the second version");
});

test("it is granted, the result is handed over, and she rates what she got", { skip }, async () => {
  for (const action of ["accept", "review", "approve", "deliver"]) await office("POST", `/office/v1/admin/submissions/${receipt}/actions`, { action, text: "" });
  const page = opened("progress", app, wx);
  await until(async () => { page.onLoad({ no }); await new Promise((done) => { setTimeout(done, 200); }); return page.data.results.length; }, "the result");
  await page.say({ currentTarget: { dataset: { text: "我要评价" } } });
  await until(({ ask }) => ask?.field === "rating", "the rating");
  await choose("very_satisfied", "非常满意");
  assert.ok(told().includes("谢谢您的评价"));
});

test("on another phone WeChat knows her: the same conversation, with everything in it", { skip }, async () => {
  const other = nodeWx({ login: () => code("session") });
  const again = launched(other);
  let view;
  const stop = again.watch((now) => { view = now; });
  const conversation = await again.talking();
  assert.equal(conversation.session.id, app.conversation.session.id);
  await until(() => view.lines.length >= talk.data.lines.length && view.held, "all of it");
  assert.equal(view.held.no, no);
  stop();
  conversation.close();
});
