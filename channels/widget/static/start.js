/* Where and how it stands, as the script's own tag says; once in a page, however often the script is loaded. */
const said = (name) => FROM.getAttribute(`data-${name}`);
const LANGUAGE = spokenIn(lower(said("lang") || document.documentElement.lang));
const SIDE = said("side") === "left" ? "left" : "right";
const ONCE = Symbol.for("bandao.widget");

/** Which of ours a page's language is: Traditional Chinese by its script, or by where it is written. */
function spokenIn(tag) {
  if (at(tag, "en") === 0) return "en";
  const hant = ["zh-hant", "zh-tw", "zh-hk", "zh-mo"];
  for (let i = 0; i < hant.length; i += 1) if (at(tag, hant[i]) === 0) return "zh-Hant";
  return "zh-CN";
}

/** The page may use the name for something of its own already. */
function named() {
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? "bandao-chat" : `bandao-chat-${n}`;
    if (!window.customElements.get(name)) return name;
  }
}

function stand() {
  if (window[ONCE]) return;
  Object.defineProperty(window, ONCE, { value: true });
  const name = named();
  window.customElements.define(name, Chat);
  // beside the body: pages exchange their bodies
  const host = make(name);
  mark(host, "data-side", SIDE);
  put(document.documentElement, host);
}

if (document.readyState === "loading") listen(document, "DOMContentLoaded", stand);
else stand();
