/** 我的办件: a sheet on a phone, a column beside the conversation on a wide screen. It shows; the conversation decides. */
import { h, hidden, icon, nextId } from "./dom.js";
import { dateTime, due } from "./format.js";
import { hasOutcome, outcome } from "./outcome.js";
import { gallery } from "./pictures.js";
import { progressAddress } from "./prefs.js";
import { canSign } from "./signature.js";
import { spoken, t, word } from "./strings.js";

const SHOWN_MISSING = 5;
const ROUTE = ["fill", "submit", "accept", "review", "done"];
/** How far along the route a status is, and whether it stopped there for a reason the citizen must see. */
const PLACE = {
  draft: [0], ready: [1], submitted: [1], accepted: [2], correction_needed: [2, "halt"], refused: [2, "halt"], in_review: [3],
  approved: [4], denied: [4, "halt"], delivered: [4], closed: [5], withdrawn: [0, "halt"], expired: [0, "halt"],
};
/** Sources of answers that were not asked of her. */
const BROUGHT = new Set(["licence", "register", "previous_case", "identity"]);
/** Where what was submitted can still be taken back; the conversation asks whether she means it. */
const WITHDRAWABLE = new Set(["submitted", "accepted", "correction_needed", "in_review"]);
const AFTER_SUBMIT = new Set(["submitted"]);

export class CasePanel {
  /**
   * `act` = {say(text), download(url, name, button), timeline(caseNo): promise of {items}, detail(caseNo): promise of a case,
   * pages(caseNo): promise of {items, version, signed_at}, picture(url): promise of an address, outcome(caseNo): promise of
   * {results, parcels}, sign(), unsign(button)}.
   */
  constructor({ content, bar, act }) {
    Object.assign(this, { content, bar, act });
    this.case = null;
    this.open = new Map();
    this.#forget();
  }

  /** What was fetched about the case beyond what a turn tells. */
  #forget() {
    Object.assign(this, { entries: null, pack: null, known: null, receipts: [], outcome: null });
  }

  /** Shows the case as the last turn or event left it; null when the conversation has none. */
  show(file) {
    const before = this.case;
    this.case = file;
    this.#bar();
    if (!file) {
      this.#forget();
      this.content.replaceChildren();
      return;
    }
    const moved = !before || before.case_no !== file.case_no || before.status !== file.status
      || before.package?.version !== file.package?.version;
    if (before && before.case_no !== file.case_no) this.#forget();
    if (file.receipts) this.receipts = file.receipts; // a turn's case does not tell them
    if (before?.prefilled !== file.prefilled && this.known) this.#fields();
    this.#draw();
    if (moved) this.refresh();
  }

  /**
   * A `case` event: only {case_no, status, at}. The status shows at once, the rest is fetched. News of another case than
   * the one in hand changes nothing here; its notice is in the conversation.
   */
  note(news) {
    if (this.case && this.case.case_no !== news.case_no) return;
    if (this.case) this.show({ ...this.case, status: news.status });
    clearTimeout(this.fetching);
    this.fetching = setTimeout(async () => {
      try {
        const file = await this.act.detail(news.case_no);
        if (!this.case || this.case.case_no === file.case_no) this.show(file);
      } catch { /* the status is shown already, and the next turn brings the rest */ }
    }, 300);
  }

  /** Fetches the timeline; a failure is said where the timeline would be. */
  refresh() {
    clearTimeout(this.timer);
    const number = this.case?.case_no;
    if (!number) return;
    // A conversation being played back moves its case many times within a moment: one look at the end is enough.
    this.timer = setTimeout(async () => {
      let entries;
      try {
        entries = (await this.act.timeline(number)).items ?? [];
      } catch {
        entries = "failed";
      }
      if (this.case?.case_no !== number) return;
      this.entries = entries;
      this.#draw();
      this.#pages();
      this.#outcome();
    }, 300);
  }

  /** Fetches results and parcels; where they cannot be had, they are in the conversation all the same. */
  async #outcome() {
    const file = this.case;
    if (!hasOutcome(file)) return;
    try {
      const held = await this.act.outcome(file.case_no);
      if (this.case?.case_no !== file.case_no) return;
      this.outcome = held;
      this.#draw();
    } catch { /* the next look brings them */ }
  }

  /** Fetches what the package looks like, once a version; where it cannot be had, the package is there all the same. */
  async #pages() {
    const { case_no: number, package: pack } = this.case;
    if (!pack || this.pack?.version === pack.version) return;
    try {
      const [{ items, version, signed_at: signed }, { packages, receipts }] = await Promise.all([this.act.pages(number), this.act.detail(number)]);
      if (this.case?.case_no !== number) return;
      const several = new Set(items.filter((page) => page.file_page > 1).map((page) => page.file));
      const pages = items.map(({ title, file, file_page: page, url }) => ({ name: several.has(file) ? t("pages.name", { title, page }) : title, url }));
      this.receipts = receipts ?? [];
      this.pack = { version, signed, departments: packages ?? [], preview: pages.length ? gallery(pages, this.act.picture) : null };
      this.#draw();
    } catch { /* it can still be downloaded */ }
  }

  /** Fetches the answers with their sources, for whoever wants to see what was brought in. */
  async #fields() {
    const number = this.case.case_no;
    try {
      const { fields } = await this.act.detail(number);
      if (this.case?.case_no !== number) return;
      this.known = (fields ?? []).filter((field) => BROUGHT.has(field.source?.kind));
    } catch {
      this.known = "failed";
    }
    this.#draw();
  }

  #bar() {
    const file = this.case;
    this.bar.hidden = !file;
    if (!file) return;
    const button = this.bar.querySelector("button");
    button.replaceChildren(
      h("span", { class: "casebar-name", text: file.title ?? file.guide.name }), statusChip(file.status),
      h("progress", { max: Math.max(1, file.total), value: file.filled, "aria-hidden": "true" }),
      h("span", { class: "casebar-count", "aria-label": t("case.progress", { filled: file.filled, total: file.total }), text: `${file.filled}/${file.total}` }),
      hidden(t("case.open")), icon("down"));
  }

  #draw() {
    const file = this.case;
    const held = this.content.contains(document.activeElement) ? document.activeElement : null;
    const active = held?.dataset.key;
    const across = held?.closest(".pages")?.scrollLeft ?? this.pack?.preview?.scrollLeft;
    this.content.replaceChildren(...[
      this.#head(file), this.#route(file), this.#progress(file), this.#materials(file), outcome(file, this.outcome, this.act),
      this.#package(file), this.#actions(), this.#timeline(),
    ].filter(Boolean));
    if (across) this.pack.preview.scrollLeft = across;
    if (active) this.content.querySelector(`[data-key="${CSS.escape(active)}"]`)?.focus();
    else if (held?.isConnected) held.focus();
  }

  #head(file) {
    const copy = navigator.clipboard
      ? h("button", { type: "button", class: "link", data: { key: "copy" }, on: { click: () => this.#copy(file.case_no) } }, icon("copy"), h("span", { text: t("case.copy") }))
      : null;
    this.copied = h("span", { class: "hint", role: "status" });
    return h("div", { class: "case-head" },
      h("div", { class: "case-title" }, h("h3", { text: file.title ?? file.guide.name }), statusChip(file.status)),
      h("p", { class: "case-no" }, h("span", { class: "hint", text: t("case.number") }), " ", h("code", { text: file.case_no }), copy, this.copied));
  }

  async #copy(number) {
    try {
      await navigator.clipboard.writeText(number);
      this.copied.textContent = t("case.copied");
    } catch { /* the number is on screen to be read */ }
  }

  #route(file) {
    const [at, halt] = PLACE[file.status] ?? [0];
    const reached = AFTER_SUBMIT.has(file.status) ? at + 1 : at;
    return h("ol", { class: "route", "aria-label": t("case.route") }, ROUTE.map((stop, index) => {
      const state = index < reached ? "passed" : index === reached ? "now" : "ahead";
      return h("li", { class: `stop ${state}${index === reached && halt ? " halt" : ""}`, "aria-current": state === "now" ? "step" : null },
        h("span", { class: "dot" }, state === "passed" ? icon("check") : null),
        h("span", { class: "stop-name", text: t(`route.${stop}`) }), hidden(t(`route.${state}`)));
    }));
  }

  #progress(file) {
    const words = t("case.progress", { filled: file.filled, total: file.total });
    const missing = file.missing ?? [];
    const item = (field) => h("li", { text: field.label });
    const rest = missing.slice(SHOWN_MISSING);
    return h("section", { class: "case-part" },
      h("h4", { text: words }),
      h("progress", { max: Math.max(1, file.total), value: file.filled, "aria-label": words }),
      file.prefilled ? this.#brought(file.prefilled) : null,
      missing.length
        ? h("div", { class: "case-missing" }, h("p", { text: t("case.missing", { count: missing.length }) }),
          h("ul", { class: "tags" }, missing.slice(0, SHOWN_MISSING).map(item)),
          rest.length ? this.#details("missing", t("case.more", { count: rest.length }), h("ul", { class: "tags" }, rest.map(item))) : null)
        : h("p", { class: "done-line" }, icon("check"), t("case.missing_none")));
  }

  /** What was brought in, and from where: shown to whoever opens it, fetched only then. */
  #brought(prefilled) {
    let body = h("p", { class: "hint", text: t("case.prefilled_loading") });
    if (this.known === "failed") body = h("p", { class: "hint", text: t("case.prefilled_failed") });
    else if (this.known) {
      body = h("dl", { class: "brought" }, this.known.map((field) => h("div", {}, h("dt", { text: field.label }),
        h("dd", {}, h("span", { text: field.value }), h("span", { class: "chip", text: word(`source.${field.source.kind}`, t("source.register")) })))));
    }
    const element = this.#details("brought", t("case.prefilled", { prefilled }), body);
    element.addEventListener("toggle", () => element.open && (!this.known || this.known === "failed") && this.#fields());
    return element;
  }

  #materials(file) {
    if (!file.materials?.length) return null;
    return h("section", { class: "case-part" }, h("h4", { text: t("case.materials") }),
      h("ul", { class: "materials" }, file.materials.map((material) => h("li", { class: `material ${material.status}` },
        h("span", { class: "material-name" }, material.name,
          material.required === false ? h("span", { class: "hint", text: ` ${t("case.optional")}` }) : null),
        h("span", { class: "chip", text: word(`material.${material.status}`, material.status) }),
        material.due ? h("span", { class: "hint due", text: t("case.due", { due: due(material.due) }) }) : null))));
  }

  #package(file) {
    const pack = file.package;
    if (!pack) return null;
    const button = h("button", { type: "button", class: "button primary wide", data: { key: "package" } }, icon("download"),
      h("span", { text: t("case.package_download", { version: pack.version }) }));
    button.addEventListener("click", () => this.act.download(pack.url, `${file.case_no}-v${pack.version}.zip`, button));
    return h("section", { class: "case-part package-part" }, h("h4", { text: t("case.package") }), this.pack?.preview, button, this.#departments(file), this.#receipts(file), this.#signing(file),
      this.#details("hash", t("case.package_hash"), h("code", { class: "hash", text: pack.sha256 })));
  }

  /** Of a 一件事 each receiving department gets its own package, some only after another is through. */
  #departments(file) {
    const parts = this.pack?.departments ?? [];
    if (!parts.length) return null;
    const names = new Map(parts.map((part) => [part.item, part.name]));
    const first = (part) => part.after.map((item) => names.get(item) ?? item).join(t("list.and"));
    return this.#details("departments", t("case.departments", { count: parts.length }), h("ul", { class: "departments" }, parts.map((part) => {
      const button = h("button", { type: "button", class: "link", data: { key: `part-${part.item}` } }, icon("download"), h("span", { text: part.name }));
      button.addEventListener("click", () => this.act.download(part.url, `${file.case_no}-${part.name}.zip`, button));
      return h("li", {}, button, h("span", { class: "hint", text: part.department }),
        part.after.length ? h("span", { class: "hint", text: t("case.department_after", { names: first(part) }) }) : null);
    })));
  }

  /** What the receiving office gave for the package: a page of its own beside it, the latest of each department. */
  #receipts(file) {
    const latest = new Map(this.receipts.map((receipt) => [receipt.part, receipt]));
    if (!latest.size) return null;
    return h("ul", { class: "departments" }, [...latest.values()].map((receipt) => {
      const button = h("button", { type: "button", class: "link", data: { key: `receipt-${receipt.part}` } }, icon("download"),
        h("span", { text: t("case.receipt", { number: receipt.number }) }));
      button.addEventListener("click", () => this.act.download(receipt.url, `${file.case_no}-receipt.pdf`, button));
      return h("li", {}, button, h("span", { class: "hint", text: dateTime(receipt.at) }));
    }));
  }

  /** Signing on the screen, and what has been signed; paper stays possible, and is said. */
  #signing(file) {
    const signed = this.pack?.version === file.package.version ? this.pack.signed : null;
    const told = signed ? h("p", { class: "done-line" }, icon("check"), t("sign.at", { at: dateTime(signed) })) : null;
    if (!canSign(file)) return told;
    const sign = h("button", { type: "button", class: "button wide", data: { key: "sign" }, on: { click: () => this.act.sign() } }, icon("sign"),
      h("span", { text: t(signed ? "sign.again" : "sign.open") }));
    const back = signed ? h("button", { type: "button", class: "link", data: { key: "unsign" }, text: t("sign.withdraw") }) : null;
    back?.addEventListener("click", () => back.getAttribute("aria-busy") !== "true" && this.act.unsign(back));
    return h("div", { class: "signing" }, told, sign, back, signed ? null : h("p", { class: "hint", text: t("sign.otherwise") }));
  }

  #actions() {
    const button = (key, drawing) => h("button", {
      type: "button", class: "button small", data: { key }, on: { click: () => this.act.say(spoken(`case.${key}`)) },
    }, icon(drawing), t(`case.${key}`));
    return h("div", { class: "case-actions", role: "group", "aria-label": t("case.actions") },
      button("back", "back"), button("all", "list"), button("pause", "pause"), button("human", "person"),
      WITHDRAWABLE.has(this.case.status) ? button("withdraw", "cross") : null);
  }

  #timeline() {
    const { entries } = this;
    if (entries === null) return null;
    let body;
    if (entries === "failed") {
      body = h("p", { class: "hint" }, t("case.timeline_failed"), " ",
        h("button", { type: "button", class: "link", data: { key: "again" }, text: t("case.timeline_retry"), on: { click: () => this.refresh() } }));
    } else if (!entries.length) body = h("p", { class: "hint", text: t("case.timeline_empty") });
    else body = h("ol", { class: "timeline" }, entries.map(entry));
    const whole = h("a", { class: "link", href: progressAddress(this.case.case_no), data: { key: "progress" }, text: t("case.progress_page") });
    return h("section", { class: "case-part" }, h("h4", { text: t("case.timeline") }), body, whole);
  }

  /** A disclosure that stays open when the panel is drawn again. */
  #details(key, title, ...children) {
    const id = nextId("more");
    const element = h("details", { open: this.open.get(key) ?? false }, h("summary", { id, data: { key }, text: title }), ...children);
    element.addEventListener("toggle", () => this.open.set(key, element.open));
    return element;
  }
}

function entry(item) {
  return h("li", {}, h("p", { class: "timeline-head" }, h("strong", { text: word(`case.status.${item.status}`, item.status) }),
    h("time", { datetime: item.at, text: dateTime(item.at) })),
  h("p", {}, item.who ? h("span", { class: "hint", text: `${item.who} ` }) : null, item.text),
  item.due ? h("p", { class: "hint due", text: t("case.until", { due: due(item.due) }) }) : null);
}

function statusChip(status) {
  return h("span", { class: `chip status ${status}`, text: word(`case.status.${status}`, status) });
}
