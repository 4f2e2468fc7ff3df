/** The list of guides: those refused on top, what waits for approval, then all of them. */
import { h } from "/static/chat/js/dom.js";
import { about, state } from "./words.js";

const $ = (id) => document.getElementById(id);
const address = ({ code, place }) => `#/${code}/${place}`;

export class List {
  constructor() {
    this.items = [];
    $("search").addEventListener("input", () => this.#filter());
  }

  show({ items, refused, proposed, may_write: mayWrite }) {
    this.items = items;
    $("new-open").hidden = !mayWrite;
    $("refused").hidden = !refused.length;
    $("refused-count").textContent = String(refused.length || "");
    $("refused-list").replaceChildren(...refused.map(({ file, line, why, remedy, code, place }) => h("li", {},
      code ? h("a", { href: `${address({ code, place })}/${line}`, text: `${file} 第 ${line} 行` }) : h("b", { text: file }), `：${why}`, h("span", { class: "remedy", text: remedy }))));
    $("proposed").hidden = !proposed.length;
    $("proposed-count").textContent = String(proposed.length || "");
    $("proposed-list").replaceChildren(...proposed.map((revision) => h("li", {},
      h("a", { href: `#/review/${revision.id}`, text: `${revision.name}（${revision.label}）` }), ` ${revision.author ?? ""}：${revision.note}`)));
    $("lines").replaceChildren(...items.map((item) => this.#line(item)));
    this.#filter();
  }

  #line({ code, name, department, version, outline, component, files, open }) {
    const facts = [code, version ?? "还没有发布", department, outline ? "只有名字" : "", component ? "只当组成部分" : ""].filter(Boolean);
    const place = files[0]?.place ?? "main";
    return h("li", {},
      h("a", { class: "name", href: address({ code, place }), text: name }),
      h("p", { class: "about", text: facts.join(" · ") }),
      h("div", { class: "chips" },
        open.map((revision) => h("a", { class: "state", href: revision.state === "proposed" || revision.state === "approved" ? `#/review/${revision.id}` : address(revision), title: about(revision), text: `${state(revision.state)} · ${revision.author ?? ""}` })),
        files.slice(1).map((file) => h("a", { href: address({ code, place: file.place }), text: file.label, "aria-label": `${name}：${file.label}` }))));
  }

  #filter() {
    const wanted = $("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    this.items.forEach((item, number) => {
      const fits = wanted.every((word) => item.words.toLowerCase().includes(word));
      $("lines").children[number].hidden = !fits;
      shown += Number(fits);
    });
    $("list-count").textContent = String(shown || "");
    $("none").hidden = shown > 0;
  }
}
