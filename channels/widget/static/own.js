/*
 * What of the browser the widget uses, taken as the script loads. The page it is on changes such things afterwards, and some pages
 * have before: methods and iterators of arrays are therefore used nowhere here (plain loops do), nor do objects become JSON by way
 * of what a page may have given all objects.
 */
const freed = (method) => Function.prototype.call.bind(method);
const setter = (of, name) => freed(Object.getOwnPropertyDescriptor(of, name).set);

const put = freed(Node.prototype.appendChild);
const drop = freed(Node.prototype.removeChild);
const holds = freed(Node.prototype.contains);
const setWords = setter(Node.prototype, "textContent");
const mark = freed(Element.prototype.setAttribute);
const unmark = freed(Element.prototype.removeAttribute);
const find = freed(Element.prototype.querySelector);
const listen = freed(EventTarget.prototype.addEventListener);
const focusOn = freed(HTMLElement.prototype.focus);
const shadowOf = freed(Element.prototype.attachShadow);
const showAbove = HTMLElement.prototype.showPopover && freed(HTMLElement.prototype.showPopover);
const make = Document.prototype.createElement.bind(document);
const textNode = Document.prototype.createTextNode.bind(document);
const draw = Document.prototype.createElementNS.bind(document, "http://www.w3.org/2000/svg");

const fetchIt = window.fetch.bind(window);
const textOf = freed(Response.prototype.text);
const headerOf = freed(Headers.prototype.get);
const readerOf = freed(ReadableStream.prototype.getReader);
const readOn = freed(ReadableStreamDefaultReader.prototype.read);
const Decoder = window.TextDecoder;
const decode = freed(Decoder.prototype.decode);
const Stopper = window.AbortController;
const stopIt = freed(Stopper.prototype.abort);
const openWindow = window.open.bind(window);

const later = window.setTimeout.bind(window);
const never = window.clearTimeout.bind(window);
const nowMs = Date.now;
const Later = Promise;
const parsed = JSON.parse;
const jsonOf = JSON.stringify;
const quoted = window.encodeURIComponent;
const at = freed(String.prototype.indexOf);
const cut = freed(String.prototype.slice);
const trimmed = freed(String.prototype.trim);
const lower = freed(String.prototype.toLowerCase);
const has = freed(Object.prototype.hasOwnProperty);
const dice = window.crypto.getRandomValues.bind(window.crypto);
const matches = window.matchMedia.bind(window);
const Sheet = window.CSSStyleSheet;
const fill = freed(Sheet.prototype.replaceSync);

/** A list, safe to be made JSON of. */
function listed(items) {
  items.toJSON = undefined;
  return items;
}

function randomId() {
  const bytes = dice(new Uint8Array(16));
  let id = "";
  for (let i = 0; i < 16; i += 1) id += (bytes[i] < 16 ? "0" : "") + bytes[i].toString(16);
  return id;
}

const sleep = (ms) => new Later((done) => { later(done, ms); });

/** For this tab only, and gone with it. Where a browser keeps nothing, the widget works until the page is left. */
const kept = (() => {
  const KEY = "bandao.widget";
  const get = freed(Storage.prototype.getItem);
  const set = freed(Storage.prototype.setItem);
  const remove = freed(Storage.prototype.removeItem);
  let store = null;
  try { store = window.sessionStorage; } catch { /* refused to pages like this one */ }
  return {
    read() {
      try { return parsed(get(store, KEY)) || null; } catch { return null; }
    },
    write(value) {
      try {
        if (value) set(store, KEY, jsonOf(value));
        else remove(store, KEY);
      } catch { /* full, or none */ }
    },
  };
})();
