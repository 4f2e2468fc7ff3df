/** Shortcuts of one key. They rest while one types, and can be switched off, for those whose voice or hands press keys unasked. */
import { h } from "/static/chat/js/dom.js";
import { SHORTCUTS } from "./words.js";
import { remembered, remember } from "./store.js";

/** `actions` maps a key (upper-case for letters) to what it does. */
export function wireKeys(actions) {
  const on = document.getElementById("keys-on");
  on.checked = remembered("keys") !== "off";
  on.addEventListener("change", () => remember("keys", on.checked ? "on" : "off"));
  document.getElementById("keys-list").replaceChildren(...SHORTCUTS.map(([keys, what]) => h("div", {}, h("dt", {}, keys.map((key) => h("kbd", { text: key }))), h("dd", { text: what }))));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") || document.body.dataset.signed !== "in") return;
    const place = event.target instanceof Element ? event.target : document.body;
    const typing = place.closest("input, textarea");
    const name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (typing ? name !== "Escape" : !on.checked && !name.startsWith("Arrow")) return;
    // A button's own key, and scrolling where one reads, come first
    if (name === "Enter" && place.closest("button, summary, a")) return;
    if (name.startsWith("Arrow") && place.closest(".scroller, .case-pane")) return;
    const action = actions[name];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
