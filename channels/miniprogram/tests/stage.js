/** Components drawn by the platform's own compiler in a document of Node's; pages without their templates. */
const { join } = require("node:path");
const { JSDOM } = require("jsdom");

const ROOT = join(__dirname, "..", "miniprogram");
const { window } = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true });
for (const name of ["document", "HTMLElement", "Node", "Event", "CustomEvent", "MutationObserver", "requestAnimationFrame", "TouchEvent"]) {
  Object.defineProperty(globalThis, name, { value: window[name], configurable: true, writable: true });
}
globalThis.window = window;
const simulate = require("miniprogram-simulate");

const ids = new Map();

/** A component of ours with these properties, in the document. TDesign's tags stay tags: what is tried is ours. */
function drawn(name, properties) {
  if (!ids.has(name)) ids.set(name, simulate.load(join(ROOT, "components", name, name), name, { rootPath: ROOT }));
  const component = simulate.render(ids.get(name), properties);
  const parent = document.createElement("div");
  document.body.append(parent);
  component.attach(parent);
  const told = [];
  for (const event of ["say", "choose", "open", "photograph", "remove", "handin"]) component.addEventListener(event, ({ detail }) => told.push([event, detail]));
  const text = () => component.dom.textContent.replace(/\s+/g, " ").trim();
  const tap = async (selector, at = 0) => {
    component.querySelectorAll(selector)[at].dispatchEvent("tap");
    await simulate.sleep(5);
  };
  return { component, told, text, tap };
}

/** A page's logic, with `app` in the place of getApp() and `wx` as given. */
function opened(name, app, wx = {}) {
  const path = join(ROOT, "pages", name, `${name}.js`);
  let definition;
  globalThis.getApp = () => app;
  globalThis.Page = (given) => { definition = given; };
  globalThis.wx = new Proxy(wx, { get: (target, key) => target[key] ?? (() => undefined) });
  delete require.cache[require.resolve(path)];
  require(path);
  const page = { ...definition, data: structuredClone(definition.data) };
  page.setData = (given) => {
    for (const [key, value] of Object.entries(given)) {
      const found = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(key);
      if (found) page.data[found[1]][Number(found[2])][found[3]] = value;
      else page.data[key] = value;
    }
  };
  return page;
}

module.exports = { ROOT, drawn, opened };
