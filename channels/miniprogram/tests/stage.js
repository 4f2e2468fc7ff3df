/** Components drawn by the platform's own compiler in a document of Node's. */
const { join } = require("node:path");
const { JSDOM } = require("jsdom");
const { ROOT } = require("./page");

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
  for (const event of ["say", "choose", "open", "photograph", "remove", "handin", "phone", "given", "fill", "act", "look"]) component.addEventListener(event, ({ detail }) => told.push([event, detail]));
  const text = () => component.dom.textContent.replace(/\s+/g, " ").trim();
  const happen = async (event, selector, at = 0, detail = undefined) => {
    component.querySelectorAll(selector)[at].dispatchEvent(event, detail ? { detail } : {});
    await simulate.sleep(5);
  };
  const tap = (selector, at = 0) => happen("tap", selector, at);
  return { component, told, text, tap, happen };
}

module.exports = { ROOT, drawn };
