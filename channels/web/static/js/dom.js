/** Building elements. Text only ever enters as text nodes, so nothing a person or a server wrote can become markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. `attributes` may hold `class`, `text`, `on` ({event: handler}), `data` (dataset), properties such as
 * `disabled` or `hidden` as booleans, and plain attributes; null and undefined are left out.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (typeof value === "boolean" && !name.startsWith("aria-")) element.toggleAttribute(name, value);
    else element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

export function hidden(text) {
  return h("span", { class: "sr", text });
}

const ICONS = {
  send: ["M4 12l16-8-6 16-3-6z", "M11 14l9-10"],
  down: ["M6 10l6 6 6-6"],
  check: ["M5 12.5l4.500 4.500L19 7.500"],
  cross: ["M6 6l12 12M18 6L6 18"],
  info: ["M12 11v6M12 7.500v.1", "M12 21a9 9 0 100-18 9 9 0 000 18z"],
  warning: ["M12 4L2.500 20h19z", "M12 10v4.500M12 17.500v.1"],
  error: ["M12 21a9 9 0 100-18 9 9 0 000 18z", "M12 7.500v6M12 16.500v.1"],
  file: ["M6 3h8l5 5v13H6z", "M14 3v5h5"],
  download: ["M12 4v11M7 11l5 5 5-5", "M5 20h14"],
  upload: ["M12 16V5M7 9l5-5 5 5", "M5 20h14"],
  camera: ["M4 8h4l1.500-3h5L16 8h4v11H4z", "M12 16.500a3 3 0 100-6 3 3 0 000 6z"],
  copy: ["M9 9h11v11H9z", "M5 15V4h11"],
  back: ["M10 6l-6 6 6 6M4 12h10a6 6 0 010 12"],
  list: ["M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1"],
  pause: ["M9 5v14M15 5v14"],
  person: ["M12 12a4 4 0 100-8 4 4 0 000 8z", "M4 21c1-5 4-7 8-7s7 2 8 7"],
  clock: ["M12 21a9 9 0 100-18 9 9 0 000 18z", "M12 7v5.500l3.500 2"],
  food: ["M7 3v7a2.500 2.500 0 005 0V3M9.500 3v18", "M17 21v-8c-2-1-3-3-3-6s1.500-4 3-4z"],
  baby: ["M12 20c4.500 0 8-3 8-7.500S16.500 5 12 5s-8 3-8 7.500S7.500 20 12 20z", "M9 12h.1M15 12h.1M9.500 15.500c1.500 1.200 3.500 1.200 5 0", "M12 5c-1-1.500 0-3 1.500-2.500"],
  home: ["M4 11l8-7 8 7v9H4z", "M10 20v-6h4v6"],
  sign: ["M3 20h18", "M4 16c2-6 4-10 6-10s0 6-1 9c2-4 4-6 5-5s-1 4 1 4c1.500 0 2.500-1 4-2"],
  quote: ["M5 4h11l3 3v13H5z", "M9 10h6M9 14h6"],
};

/** A line drawing that only decorates: whatever it means is also said in words beside it. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const d of ICONS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** Replaces `<span data-icon="name">` placeholders of the page with their drawings. */
export function drawIcons(root) {
  for (const place of root.querySelectorAll("[data-icon]")) place.replaceWith(icon(place.dataset.icon));
}

/** The address when it is an ordinary web address, else null: nothing else may become a link. */
export function webAddress(url) {
  try {
    const address = new URL(url, window.location.href);
    return address.protocol === "https:" || address.protocol === "http:" ? address.href : null;
  } catch {
    return null;
  }
}

let ids = 0;
export function nextId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}
