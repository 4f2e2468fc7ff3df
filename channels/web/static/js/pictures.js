/** Pages of a package as pictures: small ones in a row, one at a time in a dialog. They need the session's token, so each is fetched. */
import { h, icon } from "./dom.js";
import { popup } from "./popup.js";
import { t } from "./strings.js";

/** Pixels: sharp on a phone's screen, and what the server draws a page from. Its limits are 200 and 1600. */
const SMALL_WIDTH = 300;
const WHOLE_WIDTH = 1400;

export const isPicture = (reply) => reply.kind === "file" && /^image\//.test(reply.media_type ?? "");

/** The same page at another width. */
function sized(url, width) {
  const address = new URL(url, window.location.href);
  address.searchParams.set("width", String(width));
  return address.pathname + address.search;
}

/**
 * A row of pictures; `pages` are {name, url}, as replies of kind `file` are. `picture(url)` resolves to an address the browser
 * can show, or rejects. Only what comes into view is fetched: a package may have dozens of pages.
 */
export function gallery(pages, picture) {
  const list = h("ul", { class: "pages", "aria-label": t("pages.label") });
  const shown = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      shown.unobserve(target);
      picture(sized(pages[target.dataset.page].url, SMALL_WIDTH)).then(
        (address) => {
          target.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
          target.src = address;
        },
        () => target.parentElement.classList.add("failed"));
    }
  });
  pages.forEach((page, at) => {
    const image = h("img", { alt: "", width: 120, height: 170, data: { page: at } });
    const button = h("button", { type: "button", class: "page-thumb" }, image, h("span", { class: "page-name", text: page.name }));
    button.addEventListener("click", () => leaf(pages, at, picture, button));
    shown.observe(image);
    list.append(h("li", {}, button));
  });
  return list;
}

/** Neighbouring replies that are pictures. */
export function pictureReplies(replies, picture) {
  const words = replies.find((reply) => reply.text)?.text;
  return h("div", { class: "file-box" }, words ? h("p", { class: "say", text: words }) : null, gallery(replies, picture));
}

/** One page in a dialog, with the arrow keys and buttons to leaf, and larger for small screens. */
function leaf(pages, start, picture, opener) {
  let at = start;
  const image = h("img", { class: "page-whole", alt: "" });
  const name = h("h2", { id: "page-name", "aria-live": "polite" });
  const place = h("p", { class: "hint" });
  const waiting = h("p", { class: "hint", role: "status", text: t("pages.loading") });
  const failed = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), t("pages.failed"));
  const frame = h("div", { class: "page-frame", tabindex: "0", role: "group", "aria-labelledby": "page-name" }, waiting, image, failed);
  const go = (step) => {
    const next = Math.min(pages.length - 1, Math.max(0, at + step));
    if (next === at) return;
    at = next;
    show();
  };
  const tool = (key, press) => h("button", { type: "button", class: "button small", text: t(key), on: { click: press } });
  const before = tool("pages.before", () => go(-1));
  const after = tool("pages.after", () => go(1));
  const larger = tool("pages.larger", () => {
    const on = image.classList.toggle("large");
    larger.setAttribute("aria-pressed", String(on));
  });
  larger.setAttribute("aria-pressed", "false");
  const dialog = h("dialog", { class: "box page-dialog", "aria-labelledby": "page-name" },
    h("div", { class: "sheet-head" }, name,
      h("button", { type: "button", class: "tool round plain", "aria-label": t("case.close"), on: { click: () => dialog.close() } }, icon("cross"))),
    frame,
    h("div", { class: "page-tools" }, pages.length > 1 ? [before, after] : null, larger, pages.length > 1 ? place : null));
  let address = null;
  const show = async () => {
    const wanted = at;
    name.textContent = pages[at].name;
    place.textContent = t("pages.place", { page: at + 1, pages: pages.length });
    // A disabled button would lose the focus of whoever leafs with the keyboard.
    before.setAttribute("aria-disabled", String(at === 0));
    after.setAttribute("aria-disabled", String(at === pages.length - 1));
    Object.assign(failed, { hidden: true });
    Object.assign(waiting, { hidden: false });
    image.hidden = true;
    try {
      const source = await picture(sized(pages[wanted].url, WHOLE_WIDTH));
      if (wanted !== at || !dialog.isConnected) return URL.revokeObjectURL(source);
      if (address) URL.revokeObjectURL(address);
      address = source;
      Object.assign(image, { src: source, alt: pages[wanted].name, hidden: false });
      frame.scrollTop = 0;
    } catch {
      if (wanted === at) failed.hidden = false;
    }
    if (wanted === at) waiting.hidden = true;
    return undefined;
  };
  dialog.addEventListener("keydown", (event) => {
    // In the frame of a page enlarged the arrows scroll it.
    if (image.classList.contains("large") && frame.contains(document.activeElement)) return;
    if (event.key === "ArrowLeft") go(-1);
    if (event.key === "ArrowRight") go(1);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => address && URL.revokeObjectURL(address));
  popup(dialog, opener);
  show();
}
