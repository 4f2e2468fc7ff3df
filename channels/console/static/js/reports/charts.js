/** Charts drawn by ourselves: columns, lines and single bars as SVG. What they show stands in a table beside them, too. */
import { h } from "/static/chat/js/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 480, HEIGHT = 190, LEFT = 38, BOTTOM = 22, TOP = 12;

function s(name, attributes = {}, ...inside) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...inside);
  return node;
}

/** The next round number above, whose half is a whole one. */
export function above(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return [2, 4, 6, 10].map((step) => step * power).find((step) => step >= value);
}

/** One number as a bar of a table's row; the number itself stands beside it. */
export function bar(value, most) {
  const box = s("svg", { class: "bar", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" });
  box.append(s("rect", { x: 0, y: 0, width: most ? 100 * value / most : 0, height: 8 }));
  return box;
}

function frame(title, top, labels, said) {
  const inside = WIDTH - LEFT, high = HEIGHT - TOP - BOTTOM;
  const x = (place) => LEFT + inside * (place + .5) / labels.length;
  const y = (value) => TOP + high * (1 - value / top);
  const box = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": title });
  for (const part of [0, .5, 1]) {
    box.append(s("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: y(top * part), y2: y(top * part) }));
    box.append(s("text", { x: LEFT - 5, y: y(top * part) + 4, "text-anchor": "end" }, said(top * part)));
  }
  const every = Math.ceil(labels.length / 8);
  labels.forEach((label, place) => {
    if (place % every === 0) box.append(s("text", { x: x(place), y: HEIGHT - 6, "text-anchor": "middle" }, label));
  });
  return { box, x, y, wide: inside / labels.length };
}

/** Columns side by side: `series` are `{ name, values }`, two at most. */
export function columns(title, labels, series) {
  const top = above(Math.max(1, ...series.flatMap((one) => one.values)));
  const { box, x, y, wide } = frame(title, top, labels, String);
  const each = Math.min(26, wide * .8 / series.length);
  series.forEach(({ values }, number) => values.forEach((value, place) => {
    const left = x(place) + (number - series.length / 2) * each;
    box.append(s("rect", { class: number ? "two" : "one", x: left, y: y(value), width: Math.max(1, each - 1), height: y(0) - y(value) }));
  }));
  return figure(title, box, labels, series, String);
}

/** Lines; where a value is null there is a gap. `said` words a value. */
export function lines(title, labels, series, top, said) {
  const { box, x, y } = frame(title, top, labels, said);
  series.forEach(({ values }, number) => {
    const name = number ? "two" : "one";
    let path = "";
    values.forEach((value, place) => {
      if (value === null) return;
      path += `${path && values[place - 1] !== null ? "L" : "M"}${x(place).toFixed(1)} ${y(value).toFixed(1)}`;
      box.append(s("circle", { class: name, cx: x(place), cy: y(value), r: 3 }));
    });
    box.append(s("path", { class: `line ${name}`, d: path }));
  });
  return figure(title, box, labels, series, (value) => (value === null ? "—" : said(value)));
}

function figure(title, box, labels, series, said) {
  const rows = labels.map((label, place) => h("tr", {},
    h("th", { scope: "row", text: label }), ...series.map(({ values }) => h("td", { class: "number", text: said(values[place]) }))));
  return h("figure", { class: "chart" },
    h("figcaption", { text: title }), box,
    h("p", { class: "legend", "aria-hidden": "true" }, ...series.map(({ name }, number) => h("span", { class: number ? "second" : "first", text: name }))),
    h("details", {}, h("summary", { text: "看数字" }),
      h("div", { class: "table-box" }, h("table", {}, h("caption", { text: title }),
        h("thead", {}, h("tr", {}, h("td"), ...series.map(({ name }) => h("th", { scope: "col", class: "number", text: name })))),
        h("tbody", {}, ...rows)))));
}
