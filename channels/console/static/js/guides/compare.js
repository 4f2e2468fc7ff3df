/** Two texts side by side: what changed in words, then line by line. */
import { h, hidden } from "/static/chat/js/dom.js";

const SIGNS = { gone: "−", come: "+", same: " " };
const SAID = { gone: "去掉：", come: "加上：" };

/** Shows what `POST …/compare` answered. */
export function showCompared(place, { lines, words, cases }) {
  const parts = [];
  if (!lines.length) parts.push(h("p", { class: "empty", text: "一个字也没有变。" }));
  else {
    if (words === null) parts.push(h("p", { class: "hint", text: "有一边还读不出来，说不出哪些内容变了，只能一行一行看。" }));
    else if (words.length) parts.push(h("ul", { class: "said-changes", "aria-label": "改了什么" }, words.map((sentence) => h("li", { text: sentence }))));
    else parts.push(h("p", { class: "hint", text: "内容没有变，只改了说明或者排法。" }));
    parts.push(h("p", { class: "cases", text: cases }), table(lines));
  }
  place.replaceChildren(...parts);
}

function table(lines) {
  const rows = lines.map(({ kind, old, new: fresh, text }) => (kind === "gap"
    ? h("tr", { class: "gap" }, h("td", { colspan: 3, text: "……" }))
    : h("tr", { class: kind }, h("td", { text: String(old ?? "") }), h("td", { text: String(fresh ?? "") }), h("td", {}, SAID[kind] ? hidden(SAID[kind]) : null, h("span", { "aria-hidden": "true", text: `${SIGNS[kind]} ` }), text))));
  return h("div", { class: "diff", tabindex: 0, role: "region", "aria-label": "一行一行比较" }, h("table", {}, h("tbody", {}, rows)));
}
