/**
 * Pictures of the pages for the docs, by hand: the conversation is real (a running server), the templates are compiled by
 * miniprogram-simulate and drawn in Chromium, TDesign's components as plain stand-ins. Not WeChat: a phone looks a little different.
 *
 *     BANDAO_URL=http://127.0.0.1:8080 node tools/shots.js /tmp/shots      # CHROMIUM=/path/to/chromium
 */
const { execFileSync } = require("node:child_process");
const { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join, resolve } = require("node:path");
const { JSDOM } = require("jsdom");
const config = require("../miniprogram/config");
const { nodeWx } = require("../tests/node-wx");
const { ROOT, launched, opened } = require("../tests/page");

const [OUT = "shots"] = process.argv.slice(2);
const CHROMIUM = process.env.CHROMIUM ?? "/usr/lib/chromium/chromium";
const WIDTH = 375;
const HEIGHT = 812;

/** Stand-ins: template and style by tag; what a page says of colour and size is kept. */
const STANDINS = {
  "t-button": ["<view class=\"b {{theme}} {{variant}} {{size}} {{block ? 'block' : ''}} {{disabled ? 'off' : ''}}\"><slot /></view>",
    ".b { display: inline-block; box-sizing: border-box; text-align: center; padding: 8px 16px; border-radius: 8px; background: #e7efed; } .b.primary { background: #0b6b66; color: #fff; } .b.outline { background: #fff; border: 1px solid #b9c9c5; color: #16302b; } .b.outline.primary { color: #0b6b66; border-color: #0b6b66; } .b.block { display: block; } .b.off { opacity: .5; } .b.small { padding: 4px 10px; font-size: 14px; }",
    ["theme", "variant", "size", "block", "disabled"]],
  "t-progress": ["<view class=\"p\"><view style=\"width: {{percentage}}%\" /></view>", ".p { height: 6px; background: #d5dfdc; }", ["percentage"]],
  "t-search": ["<view class=\"s\">{{value || placeholder}}</view>", ".s { padding: 10px 14px; border-radius: 20px; background: #fff; border: 1px solid #d5dfdc; color: #54655f; }", ["value", "placeholder"]],
  "t-cell": ["<view class=\"c\"><view><view>{{title}}</view><view class=\"d\">{{description}}</view></view><view class=\"d\">{{note}}<slot name=\"note\" /><text wx:if=\"{{arrow}}\"> ›</text></view></view>",
    ".c { display: flex; justify-content: space-between; padding: 12px 16px; background: #fff; border-bottom: 1px solid #eef3f2; } .d { color: #54655f; font-size: 13px; }", ["title", "description", "note", "arrow"]],
  "t-cell-group": ["<view><view class=\"h\">{{title}}</view><slot /></view>", ".h { padding: 14px 16px 6px; color: #54655f; font-size: 13px; }", ["title"]],
  "t-switch": ["<view class=\"w {{value ? 'on' : ''}}\" />", ".w { width: 44px; height: 26px; border-radius: 13px; background: #d5dfdc; } .w.on { background: #0b6b66; }", ["value"]],
  "t-input": ["<view class=\"i\"><text class=\"l\">{{label}}</text><text class=\"v\">{{value || placeholder}}</text></view>", ".i { display: flex; padding: 12px 16px; background: #fff; border-bottom: 1px solid #eef3f2; } .l { width: 7em; } .v { color: #8a9793; }", ["label", "value", "placeholder"]],
  "t-steps": ["<view><slot /></view>", "", []],
  "t-step-item": ["<view class=\"s\"><view class=\"t\">{{title}}</view><view class=\"d\">{{content}}</view></view>", ".s { border-left: 2px solid #0b6b66; padding: 0 0 14px 14px; } .t { font-weight: 600; } .d { color: #54655f; font-size: 13px; }", ["title", "content"]],
};
const BASE = `html, body { margin: 0; width: ${WIDTH}px; height: ${HEIGHT}px; overflow: hidden; font-family: "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
  wx-view, wx-scroll-view, wx-picker, wx-canvas, wx-camera, wx-button { display: block; } wx-scroll-view { overflow: auto; } wx-button { text-align: center; } wx-camera { height: 100%; background: #7c8a86; }
  main > *, talk-page { display: block; height: 100%; }`;

const half = (css) => css.replace(/(-?[\d.]+)rpx/g, (_, number) => `${(Number(number) * WIDTH) / 750}px`).replace(/100vh/g, `${HEIGHT}px`).replace(/([\d.]+)vh/g, (_, number) => `${(Number(number) * HEIGHT) / 100}px`);
const shared = half(readFileSync(join(ROOT, "app.wxss"), "utf8"));
const variables = /page \{([^}]*)\}/.exec(shared)[1];
const common = shared.replace(/page \{[^}]*\}/, "");

/** The mini-program once more, as the simulator can draw it: pages as components, boxes to write in as text. */
function prepared() {
  const there = mkdtempSync(join(tmpdir(), "shots-"));
  cpSync(ROOT, there, { recursive: true, filter: (path) => !path.includes("miniprogram_npm") });
  for (const [tag, [template, style, properties]] of Object.entries(STANDINS)) {
    const at = join(there, "standins", tag);
    mkdirSync(at, { recursive: true });
    writeFileSync(join(at, "x.json"), "{ \"component\": true }");
    writeFileSync(join(at, "x.wxml"), template);
    writeFileSync(join(at, "x.wxss"), style);
    writeFileSync(join(at, "x.js"), `Component({ options: { multipleSlots: true }, properties: { ${properties.map((name) => `${name}: { type: ${["disabled", "block", "arrow", "percentage"].includes(name) ? "null" : "String"}, value: "" }`).join(", ")} } })`);
  }
  for (const kind of ["pages", "components"]) {
    for (const name of readdirSync(join(there, kind))) {
      const path = join(there, kind, name, name);
      const { usingComponents = {} } = JSON.parse(readFileSync(`${path}.json`, "utf8"));
      for (const tag of Object.keys(usingComponents)) if (STANDINS[tag]) usingComponents[tag] = `/standins/${tag}/x`;
      writeFileSync(`${path}.json`, JSON.stringify({ component: true, usingComponents }));
      const template = readFileSync(`${path}.wxml`, "utf8").replace(/<(input|textarea)\b([^>]*?)\/>/g, (_, _tag, attributes) => {
        const of = (attribute) => new RegExp(`\\s${attribute}="([^"]*)"`).exec(attributes)?.[1] ?? "";
        const condition = /\swx:(if|elif)="[^"]*"/.exec(attributes)?.[0] ?? "";
        return `<view${condition} class="${of("class")}">${of("value")}<text wx:if="{{!(${/\{\{(.*)\}\}/.exec(of("value"))?.[1] ?? "''"})}}" class="hint">${of("placeholder")}</text></view>`;
      });
      writeFileSync(`${path}.wxml`, template);
      writeFileSync(`${path}.wxss`, common + half(readFileSync(`${path}.wxss`, "utf8")));
      if (kind === "pages") writeFileSync(`${path}.js`, `Component({ data: JSON.parse(require("node:fs").readFileSync(__dirname + "/${name}.data.json", "utf8")) })`);
    }
  }
  return there;
}

const there = prepared();
const { window } = new JSDOM("<!doctype html><head></head><body></body>", { pretendToBeVisual: true });
for (const name of ["document", "HTMLElement", "Node", "Event", "CustomEvent", "MutationObserver", "requestAnimationFrame", "TouchEvent"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
globalThis.window = window;
const simulate = require("miniprogram-simulate");
const tidy = (data) => JSON.stringify(data, (_key, value) => (typeof value === "function" ? undefined : value));

/** A page with this data, as a picture. */
async function shot(page, data, name) {
  writeFileSync(join(there, "pages", page, `${page}.data.json`), tidy(data));
  document.head.innerHTML = "";
  const component = simulate.render(simulate.load(join(there, "pages", page, page), `page-${page}`, { rootPath: there }));
  document.body.innerHTML = "<main></main>";
  component.attach(document.body.firstChild);
  await simulate.sleep(50);
  const styles = [...document.querySelectorAll("style")].map((one) => one.textContent).join("\n");
  const html = join(there, `${name}.html`);
  writeFileSync(html, `<!doctype html><meta charset="utf-8"><style>${BASE} :root { ${variables} } body { background: #f3f6f5 } ${styles}</style>${document.body.innerHTML}
    <script>for (const log of document.querySelectorAll("wx-scroll-view")) log.scrollTop = log.scrollHeight;</script>`);
  mkdirSync(OUT, { recursive: true });
  execFileSync(CHROMIUM, ["--headless", "--no-sandbox", "--hide-scrollbars", "--force-device-scale-factor=2", `--window-size=${WIDTH},${HEIGHT}`, `--screenshot=${resolve(OUT, `${name}.png`)}`, html], { stdio: "ignore" });
}

async function main() {
  config.server = process.env.BANDAO_URL ?? config.server;
  const wx = nodeWx({ login: () => Promise.reject(new Error("not WeChat")) });
  const app = launched(wx);
  const talk = opened("talk", app, wx);
  talk.onLoad({});
  talk.onShow();
  const until = async (fits) => { while (!fits(talk.data)) await simulate.sleep(50); };
  const say = async (words) => {
    await (await app.talking()).say(words);
    await until(({ busy }) => !busy);
  };
  const answer = async (value, label) => {
    await (await app.talking()).choose(value, label);
    await until(({ busy }) => !busy);
  };
  await until(({ lines }) => lines.length);
  await say("我们公司搬家了，执照上的地址要改");
  for (let turn = 0; turn < 4 && ["start", "consent"].includes(talk.data.ask?.field); turn += 1) await answer(talk.data.ask.field === "start" ? "yes" : "no", "好");
  await shot("talk", talk.data, "miniprogram-talk");
  await shot("camera", { frame: require(join(there, "lib", "frame.js")).frameOf("身份证"), height: Math.round((((7.5 * 88 * 54) / 85.6) * WIDTH) / 750), shot: "", shots: 0, failed: "", torch: "off", care: false }, "miniprogram-camera");
  const guides = opened("guides", app, wx);
  await guides.kind({ currentTarget: { dataset: { kind: "life_event" } } });
  await shot("guides", guides.data, "miniprogram-guides");
  const columns = [
    { field: "name", label: "姓名", kind: "text", options: null, optional: false, example: "张三" },
    { field: "share", label: "出资额（万元）", kind: "number", options: null, optional: false, example: "50" },
    { field: "way", label: "出资方式", kind: "choice", options: [{ value: "money", label: "货币" }], optional: false },
  ];
  const { shownAsk } = require(join(there, "lib", "shown.js"));
  const table = shownAsk({ field: "holders", label: "有哪些股东？", kind: "text", columns, options: null, value: [{ name: "张三", share: "60", way: "money" }], optional: false, error: null, why: "章程要写每位股东的出资。", example: "" });
  await shot("talk", { ...talk.data, ask: table, care: true, lines: talk.data.lines.slice(0, 1), fillable: false }, "miniprogram-table");
  app.conversation.close();
}

if (require.main === module) void main().then(() => process.exit(0));

module.exports = { shot, there };
