/* Elements, made without markup: the page's content security policy has nothing to say about them. */
let ids = 0;
const nextId = () => `b${ids += 1}`;

/** An element. `props`: `text`, `on` (listeners by event), and attributes; null, undefined and false are left out, as are such children. */
function h(tag, props, ...children) {
  const node = make(tag);
  for (const name in props) {
    if (!has(props, name)) continue;
    const value = props[name];
    if (name === "text") setWords(node, value);
    else if (name === "on") listenTo(node, value);
    else if (value !== null && value !== undefined && value !== false) mark(node, name, value === true ? "" : `${value}`);
  }
  add(node, children);
  return node;
}

function listenTo(node, listeners) {
  for (const event in listeners) if (has(listeners, event)) listen(node, event, listeners[event]);
}

function add(node, children) {
  for (let i = 0; i < children.length; i += 1) {
    const child = children[i];
    if (child === null || child === undefined || child === false) continue;
    if (typeof child === "object" && !child.nodeType) add(node, child);
    else put(node, typeof child === "object" ? child : textNode(`${child}`));
  }
}

function empty(node) {
  while (node.firstChild) drop(node, node.firstChild);
}

function button(words, press, kind) {
  return h("button", { type: "button", class: kind || "button", text: words, on: { click: press } });
}

/** Words for those who hear the page only. */
const heard = (words) => h("span", { class: "heard", text: words });

function icon(paths) {
  const svg = draw("svg");
  mark(svg, "viewBox", "0 0 24 24");
  mark(svg, "aria-hidden", "true");
  for (let i = 0; i < paths.length; i += 1) {
    const path = draw("path");
    mark(path, "d", paths[i]);
    put(svg, path);
  }
  return svg;
}
