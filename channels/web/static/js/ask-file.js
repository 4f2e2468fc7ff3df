/** Answering with files: choose, photograph or drop; watch each upload; see its checks; then hand them in together. */
import { h, icon } from "./dom.js";
import { bytes } from "./format.js";
import { t } from "./strings.js";

const IMAGES = /^image\/(jpeg|png|gif|webp|bmp)$/;

export class FileAnswer {
  constructor({ ask, act, panel }) {
    Object.assign(this, { act, panel });
    this.items = [];
    this.handedIn = false;
    this.asked(ask);
    this.element = this.#build();
  }

  /** The same question is asked once more, perhaps in other words: what was chosen stays. */
  asked(ask) {
    this.ask = ask;
    this.accept = Array.isArray(ask.accept) ? ask.accept : ask.accept ? String(ask.accept).split(",").map((part) => part.trim()) : [];
  }

  /** Nobody will hand these in any more: uploads under way are stopped. */
  stop() {
    for (const item of this.items) {
      item.cancel?.();
      if (item.address) URL.revokeObjectURL(item.address);
    }
  }

  #build() {
    this.picker = h("input", { type: "file", hidden: true, multiple: true, accept: this.accept.join(",") || null });
    this.camera = h("input", { type: "file", hidden: true, accept: "image/*", capture: "environment" });
    for (const input of [this.picker, this.camera]) {
      input.addEventListener("change", () => {
        this.add([...input.files]);
        input.value = "";
      });
    }
    const choose = h("button", { type: "button", class: "button", on: { click: () => this.picker.click() } }, icon("upload"), t("file.choose"));
    const shoot = h("button", { type: "button", class: "button camera", on: { click: () => this.camera.click() } }, icon("camera"), t("file.camera"));
    this.list = h("ul", { class: "uploads", "aria-label": t("file.list") });
    this.submit = h("button", { type: "button", class: "button primary", hidden: true, on: { click: () => this.#handIn() } });
    const zone = h("div", { class: "drop" }, this.picker, this.camera,
      h("div", { class: "drop-row" }, choose, shoot, h("span", { class: "hint drop-hint", text: t("file.drop") })), this.#limits());
    this.#dropTarget(zone);
    return h("div", { class: "stack" }, zone, this.list, h("div", { class: "go" }, this.submit));
  }

  #limits() {
    if (!this.ask.max_bytes) return null;
    const types = this.#typeWords();
    return h("p", { class: "hint", text: t("file.limit", { types: types ? `${types} · ` : "", size: bytes(this.ask.max_bytes) }) });
  }

  #typeWords() {
    const words = this.accept.map((type) => type.replace(/^\./, "").replace(/^image\/\*$/, "JPG, PNG").replace(/^.*\//, "").replace("jpeg", "jpg"));
    return [...new Set(words)].filter((type) => type.length < 12).join(" ").toUpperCase();
  }

  #dropTarget(zone) {
    const over = (on) => zone.classList.toggle("over", on);
    zone.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    zone.addEventListener("dragleave", () => over(false));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      this.add([...event.dataTransfer.files]);
    });
  }

  add(files) {
    for (const file of files) {
      const item = { file, state: "new", checks: [], id: null };
      this.items.push(item);
      item.element = h("li", { class: "upload" });
      if (IMAGES.test(file.type)) item.address = URL.createObjectURL(file);
      this.list.append(item.element);
      const problem = this.#unfit(file);
      if (problem) Object.assign(item, { state: "failed", message: problem, final: true });
      else this.#send(item);
      this.#draw(item);
    }
    this.offer();
  }

  /** What the page can tell without the server; the server checks again whatever the page says. */
  #unfit(file) {
    const limit = this.ask.max_bytes;
    if (limit && file.size > limit) return t("file.too_big", { size: bytes(file.size), limit: bytes(limit) });
    const name = file.name.toLowerCase();
    const fits = this.accept.length === 0 || !file.type || this.accept.some((type) => type.startsWith(".")
      ? name.endsWith(type.toLowerCase())
      : type === file.type || (type.endsWith("/*") && file.type.startsWith(type.slice(0, -1))));
    return fits ? null : t("file.wrong_type", { types: this.#typeWords() });
  }

  async #send(item) {
    Object.assign(item, { state: "sending", part: 0, message: null });
    const call = this.act.upload(item.file, this.ask.material ?? null, (part) => {
      item.part = part;
      this.#progress(item);
    });
    item.cancel = () => {
      item.state = "cancelled";
      call.cancel();
    };
    try {
      const result = await call.done;
      Object.assign(item, { state: "done", id: result.upload_id, checks: result.checks ?? [], pages: result.pages });
    } catch (error) {
      if (item.state === "cancelled") return this.#drop(item);
      Object.assign(item, { state: "failed", message: error.message, final: !error.passing });
    }
    item.cancel = null;
    this.#draw(item);
    this.offer();
    if (!item.element.isConnected) return undefined;
    item.element.scrollIntoView({ block: "nearest" });
    if (item.state === "done" && this.panel.holdsFocus && !this.submit.hidden) this.submit.focus();
    return undefined;
  }

  #drop(item) {
    const held = item.element.contains(document.activeElement);
    this.items = this.items.filter((other) => other !== item);
    item.element.remove();
    if (item.address) URL.revokeObjectURL(item.address);
    this.offer();
    if (held) this.element.querySelector("button").focus();
  }

  #progress(item) {
    const bar = item.element.querySelector("progress");
    if (!bar) return;
    const percent = Math.round(item.part * 100);
    bar.value = percent;
    item.element.querySelector(".upload-state").textContent = percent < 100 ? t("file.uploading", { percent }) : t("file.checking");
  }

  #draw(item) {
    const { file, state } = item;
    const preview = item.address
      ? h("img", { class: "thumb", src: item.address, alt: t("file.preview", { name: file.name }) })
      : h("span", { class: "thumb" }, icon("file"));
    const words = { sending: t("file.uploading", { percent: 0 }), done: t("file.done"), failed: t("file.failed") }[state] ?? "";
    const small = [bytes(file.size), item.pages > 1 ? t("file.pages", { pages: item.pages }) : null].filter(Boolean).join(" · ");
    item.element.className = `upload ${state}`;
    item.element.replaceChildren(...[
      preview,
      h("div", { class: "upload-body" },
        h("span", { class: "upload-name", text: file.name }), h("span", { class: "hint", text: small }),
        state === "sending" ? h("progress", { max: 100, value: 0, "aria-label": file.name }) : null,
        h("span", { class: "upload-state", role: "status", text: words }),
        item.message ? h("p", { class: "field-error", role: "alert" }, icon("error"), item.message) : null,
        item.checks.length ? h("ul", { class: "checks" }, [...item.checks].sort((one, other) => one.ok - other.ok).map(check)) : null),
      this.#buttons(item),
    ]);
  }

  #buttons(item) {
    const { name } = item.file;
    const button = (kind, action) => h("button", { type: "button", class: "link", "aria-label": t(`file.${kind}`, { name }), text: t(`file.${kind}_short`), on: { click: action } });
    const again = () => {
      this.#send(item);
      this.#draw(item);
      this.offer();
    };
    return h("div", { class: "upload-buttons" },
      item.state === "sending" ? button("cancel", () => item.cancel()) : null,
      item.state === "failed" && !item.final ? button("retry", again) : null,
      item.state === "done" || item.state === "failed" ? button("remove", () => this.#drop(item)) : null);
  }

  /** Offers what can be done now: hand in what is there, or, while nothing is chosen, do without. */
  offer() {
    const done = this.items.filter((item) => item.state === "done");
    const busy = this.items.some((item) => item.state === "sending");
    this.submit.hidden = done.length === 0;
    this.submit.disabled = busy;
    // Whoever has chosen a file no longer wants to be told how to do without one.
    if (this.panel.files === this) this.panel.offerOtherways(this.items.length === 0);
    const doubtful = done.some((item) => item.checks.some((one) => !one.ok));
    if (doubtful) this.submit.textContent = t("file.submit_anyway");
    else this.submit.textContent = done.length > 1 ? t("file.submit", { count: done.length }) : t("file.submit_one");
  }

  #handIn() {
    if (this.panel.busy) return;
    const done = this.items.filter((item) => item.state === "done");
    this.handedIn = true;
    this.act.attach(done.map((item) => item.id), done.map((item) => item.file.name).join("、"));
  }
}

function check({ ok, message }) {
  return h("li", { class: ok ? "ok" : "bad" }, icon(ok ? "check" : "cross"),
    h("span", { class: "sr", text: t(ok ? "file.check_ok" : "file.check_bad") }), h("span", { text: message }));
}
