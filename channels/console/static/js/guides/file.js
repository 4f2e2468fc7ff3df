/** One file of a guide: writing, keeping drafts, proposing. Nothing written is ever lost: it stays in this browser until saved. */
import { h } from "/static/chat/js/dom.js";
import { token } from "../api.js";
import { moment } from "../time.js";
import { guides } from "./api.js";
import { showCompared } from "./compare.js";
import { showHistory } from "./history.js";
import { forget, keep, kept } from "./kept.js";
import { Paper } from "./paper.js";
import { Tabs } from "./tabs.js";
import { about, state, trouble } from "./words.js";

const $ = (id) => document.getElementById(id);
const AUTOSAVE_MS = 5_000;
const same = (a, b) => a.text === b.text && a.note === b.note && (a.effective ?? "") === (b.effective ?? "");

export class FileView {
  /** `told` says what happened, `failed` what went wrong with the session or the line, `ask` asks for a yes. */
  constructor({ told, failed, ask }) {
    Object.assign(this, { told, failed, ask });
    this.paper = new Paper({ check: (text, signal) => guides.check(this.where, text, signal), changed: () => this.#changed() });
    this.tabs = new Tabs({ preview: () => this.#preview(), compare: () => this.#compare(), history: () => this.#history() });
    for (const id of ["note", "effective"]) $(id).addEventListener("input", () => this.#changed());
    $("doings").addEventListener("submit", (event) => { event.preventDefault(); void this.save(); });
    $("propose").addEventListener("click", () => void this.#propose());
    $("discard").addEventListener("click", () => void this.#discard());
    $("raise").addEventListener("click", () => void this.#raise());
    $("restore-yes").addEventListener("click", () => this.#restore());
    $("restore-no").addEventListener("click", () => { forget(this.login, this.where); $("restore").hidden = true; });
    $("moved-theirs").addEventListener("click", () => void this.#show(this.base || "served", "served"));
    $("moved-mine").addEventListener("click", () => void this.#show(this.base || "served", "text"));
    $("moved-keep").addEventListener("click", () => void this.#rebase());
    $("elsewhere-compare").addEventListener("click", () => void this.#elsewhere("compare"));
    $("elsewhere-theirs").addEventListener("click", () => void this.#elsewhere("theirs"));
    $("elsewhere-mine").addEventListener("click", () => void this.#elsewhere("mine"));
    for (const id of ["compare-old", "compare-new"]) $(id).addEventListener("change", () => void this.#compare());
    for (const id of ["preview-region", "preview-language"]) $(id).addEventListener("change", () => $("preview-form").requestSubmit());
    $("preview-form").addEventListener("submit", () => this.#fill());
    $("more-places").addEventListener("change", (event) => { if (event.target.value) location.hash = `#/${this.where.code}/${event.target.value}`; });
  }

  get now() {
    return { text: this.paper.text, note: $("note").value, effective: $("effective").value || null };
  }

  get dirty() {
    return Boolean(this.where) && !same(this.now, this.saved);
  }

  /** Opens a file; `line` is where the cursor goes. */
  async open(login, where, line) {
    if (this.dirty) keep(this.login, this.where, { ...this.now, base: this.base });
    clearTimeout(this.timer);
    const detail = await guides.file(where);
    Object.assign(this, { login, where, detail, stuck: false });
    const { mine } = detail;
    this.#taken(mine, { text: mine?.text ?? detail.text ?? detail.start, note: mine?.note ?? "", effective: mine?.effective ?? null }, mine?.base ?? detail.digest);
    this.paper.put(this.saved.text, detail.may_write);
    [$("note").value, $("effective").value] = [this.saved.note, this.saved.effective ?? ""];
    this.#head();
    this.tabs.choose("write");
    const left = kept(login, where);
    const differs = left && detail.may_write && !same(left, this.saved);
    if (left && !differs) forget(login, where);
    $("restore").hidden = !differs;
    if (differs) $("restore-text").textContent = `这台电脑上有 ${moment(left.at)} 没保存的内容。`;
    if (line) this.paper.go(line);
    else $("file-title").focus();
  }

  /** Leaves the file; what is not saved stays in this browser. */
  leave() {
    if (this.dirty) keep(this.login, this.where, { ...this.now, base: this.base });
    clearTimeout(this.timer);
    this.where = null;
    this.#status("");
  }

  /** Saves the draft; true if it is saved. */
  async save({ quiet = false } = {}) {
    if (!this.detail.may_write) return false;
    clearTimeout(this.timer);
    const [sent, { where }] = [this.now, this];
    if (this.id && same(sent, this.saved) && this.baseSaved === this.base) {
      if (!quiet) this.#status("没有改动，已经是保存好的。");
      return true;
    }
    try {
      const mine = await guides.keep(where, { ...sent, base: this.base, saves: this.saves });
      if (this.where !== where) return true;
      this.#taken(mine, sent, mine.base);
      this.#head(mine);
      if (!this.dirty) forget(this.login, where);
      $("restore").hidden = true;
      this.#trouble("");
      return true;
    } catch (error) {
      if (error.code === "guide_saved_elsewhere" || error.code === "guide_has_draft") {
        this.stuck = true;
        $("elsewhere").hidden = false;
      }
      this.#failed(error);
      return false;
    }
  }

  #taken(mine, saved, base) {
    Object.assign(this, { id: mine?.id ?? null, saves: mine ? mine.saves : null, saved, base, baseSaved: mine?.base ?? null, draft: mine });
    $("elsewhere").hidden = true;
    this.#status(mine ? `已保存 ${moment(mine.updated_at)}` : "");
  }

  #head(mine = this.detail.mine) {
    const { name, label, file, places, regions, revisions, may_write: mayWrite, text } = this.detail;
    $("file-title").textContent = `${name} · ${label}`;
    const reading = mayWrite ? "" : " · 您的账号只能看";
    $("file-line").textContent = `${file}${text === null ? " · 还没有发布" : ""}${mine ? ` · 您的${state(mine.state)}` : ""}${reading}`;
    const here = [...places, ...(places.some(({ place }) => place === this.where.place) ? [] : [{ place: this.where.place, label }])];
    const more = [{ place: "en", label: "英文译文" }, ...regions].filter(({ place }) => !here.some((one) => one.place === place));
    $("places").replaceChildren(...here.map(({ place, label: what }) => h("a", { href: `#/${this.where.code}/${place}`, "aria-current": place === this.where.place ? "true" : null, text: what })));
    $("more-places").replaceChildren(h("option", { value: "", text: "选一个" }), ...more.map(({ place, label: what }) => h("option", { value: place, text: what })));
    const others = revisions.filter((one) => ["draft", "proposed", "approved", "returned"].includes(one.state) && one.id !== mine?.id);
    $("others").hidden = !others.length;
    $("others-text").textContent = "还有人在改这一份，或者有一份在等审核：";
    $("others-list").replaceChildren(...others.map((one) => h("a", { href: `#/review/${one.id}`, text: about(one) })));
    $("moved").hidden = !mine?.moved;
    $("moved-text").textContent = "您动笔以后，这份文件被别人改过了。您写的没有丢；先看一看，再接着用。";
    const said = mine && (mine.state === "returned" || mine.answer) ? [trouble(mine.trouble), mine.answer && `${mine.reviewer ?? "审核"}说：${mine.answer}`].filter(Boolean).join(" ") : "";
    $("answer").hidden = !said;
    $("answer-text").textContent = said;
    for (const id of ["note", "effective", "raise", "discard", "save", "propose"]) $(id).disabled = !mayWrite;
    $("discard").hidden = !mine;
  }

  #changed() {
    this.#status(this.dirty ? "还没有保存" : "");
    if (!this.dirty) return;
    keep(this.login, this.where, { ...this.now, base: this.base });
    clearTimeout(this.timer);
    if (!this.stuck) this.timer = setTimeout(() => { if (this.dirty) void this.save({ quiet: true }); }, AUTOSAVE_MS);
  }

  #restore() {
    const left = kept(this.login, this.where);
    $("restore").hidden = true;
    if (!left) return;
    this.paper.put(left.text, true);
    [$("note").value, $("effective").value] = [left.note ?? "", left.effective ?? ""];
    this.#changed();
    this.paper.box.focus();
  }

  async #raise() {
    try {
      const { text } = await guides.raise(this.where, this.paper.text);
      if (text === this.paper.text) return this.told("这一份已经比现在用的新一版，不用再升。", "info");
      this.paper.put(text, true);
      this.#changed();
      const mark = text.indexOf("（待写");
      if (mark >= 0) this.paper.go(text.slice(0, mark).split("\n").length);
    } catch (error) {
      this.#failed(error);
    }
    return undefined;
  }

  async #discard() {
    if (!(await this.ask("删掉草稿", "您写的这份草稿会删掉，不能恢复。现在用的那一份不受影响。", "删掉"))) return;
    try {
      await guides.discard(this.id);
      forget(this.login, this.where);
      this.saved = this.now;
      this.told("草稿已删掉。");
      await this.open(this.login, this.where);
    } catch (error) {
      this.#failed(error);
    }
  }

  async #propose() {
    if (!$("note").value.trim()) {
      this.#trouble("请写一句：改了什么、为什么改。");
      $("note").focus();
      return;
    }
    if (!(await this.save({ quiet: true }))) return;
    try {
      await guides.propose(this.id);
      forget(this.login, this.where);
      this.told("已提交，等另一位同事审核。");
      location.hash = "#/";
    } catch (error) {
      if (error.code === "guide_moved") await this.#moved();
      if (error.code === "guide_unsound") {
        await this.paper.look();
        const first = this.paper.findings.find((finding) => finding.hard);
        if (first) this.paper.go(first.line);
      }
      this.#failed(error);
    }
  }

  async #moved() {
    const detail = await guides.file(this.where);
    this.detail = detail;
    this.#head(detail.mine);
  }

  async #rebase() {
    try {
      this.detail = await guides.file(this.where);
      this.base = this.detail.digest;
      if (await this.save({ quiet: true })) {
        this.told("好，现在按最新的那一份算。请再看一遍检查，然后提交。");
        void this.paper.look();
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  /** The draft was saved in another window: look at that one, take it, or put this one in its place. */
  async #elsewhere(what) {
    try {
      const detail = this.detail = await guides.file(this.where);
      if (what === "compare") return await this.#show(detail.mine?.id ?? "served", "text");
      this.stuck = false;
      if (what === "mine") {
        [this.saves, this.id] = [detail.mine?.saves ?? null, detail.mine?.id ?? null];
        await this.save();
      } else {
        forget(this.login, this.where);
        this.saved = this.now;
        await this.open(this.login, this.where);
      }
    } catch (error) {
      this.#failed(error);
    }
    return undefined;
  }

  /* ---- the other tabs ---- */

  #fill() {
    const form = $("preview-form");
    for (const [name, value] of Object.entries({ csrf: token(), ...this.where, text: this.paper.text })) form.elements[name].value = value;
  }

  #preview() {
    const { regions } = this.detail;
    const chosen = $("preview-region").value;
    $("preview-region").replaceChildren(h("option", { value: "000000", text: "全国" }), ...regions.map(({ place, label }) => h("option", { value: place, text: label })));
    const own = /^\d{6}$/.test(this.where.place) ? this.where.place : "";
    $("preview-region").value = [chosen, own, "000000"].find((value) => value && [...$("preview-region").options].some((option) => option.value === value));
    $("preview-form").requestSubmit();
  }

  #sides() {
    const kinds = [["served", "现在用的"], ["text", "我写的（这一页上）"]];
    // What was loaded with the page may be older than what saving has just told: then the two digests still agree.
    if (this.base && (this.draft?.moved || this.base !== this.detail.digest)) kinds.push([this.base, "动笔时的"]);
    for (const one of this.detail.revisions) if (one.id !== this.id) kinds.push([one.id, about(one)]);
    if (this.id) kinds.push([this.id, "我保存的草稿"]);
    const options = (list) => list.map(([value, text]) => h("option", { value, text }));
    const before = [$("compare-old").value, $("compare-new").value];
    $("compare-old").replaceChildren(...options(kinds.filter(([value]) => value !== "text")));
    $("compare-new").replaceChildren(...options(kinds));
    const known = (value, other) => (kinds.some(([one]) => one === value) ? value : other);
    [$("compare-old").value, $("compare-new").value] = [known(before[0], "served"), known(before[1], "text")];
  }

  async #compare() {
    this.#sides();
    const [old, fresh] = [$("compare-old").value, $("compare-new").value];
    try {
      const sides = fresh === "text" ? { old, text: this.paper.text } : { old, new: fresh };
      showCompared($("compare"), await guides.compare(this.where, sides));
    } catch (error) {
      this.#failed(error);
    }
  }

  async #show(old, fresh) {
    this.#sides();
    const add = (select, value) => { if (![...select.options].some((option) => option.value === value)) select.append(h("option", { value, text: "动笔时的" })); };
    add($("compare-old"), old);
    [$("compare-old").value, $("compare-new").value] = [old, fresh];
    this.tabs.choose("compare");
  }

  async #history() {
    try {
      this.detail = await guides.file(this.where);
      showHistory(this.detail, { compare: (old, fresh) => void this.#show(old, fresh), back: (one) => void this.#back(one) });
    } catch (error) {
      this.#failed(error);
    }
  }

  async #back(revision) {
    try {
      await guides.restore(revision.id);
      this.saved = this.now;
      await this.open(this.login, this.where);
      this.told("已经起了一份草稿，内容是那一版的。看过以后提交审核。");
    } catch (error) {
      this.#failed(error);
    }
  }

  #status(text) {
    $("saved").textContent = text;
    $("saved").dataset.open = String(!this.dirty);
  }

  #failed(error) {
    if (error.status === 401 || error.offline) this.failed(error);
    if (error.status !== 401) this.#trouble(error.message);
  }

  #trouble(text) {
    $("file-error").textContent = text;
    $("file-error").hidden = !text;
  }
}
