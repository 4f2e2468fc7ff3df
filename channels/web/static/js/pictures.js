/** Pages of a package as pictures: small ones in a row, one at a time in a dialog. They need the session's token, so each is fetched. */
import { h, icon } from "./dom.js";
import { t } from "./strings.js";

export const isPicture = (reply) => reply.kind === "file" && /^image\//.test(reply.media_type ?? "");

/** A row of pictures for neighbouring replies; `picture(url)` resolves to an address the browser can show, or rejects. */
export function gallery(replies, picture) {
  const list = h("ul", { class: "pages", "aria-label": t("pages.label") });
  replies.forEach((reply, at) => {
    const image = h("img", { alt: "", loading: "lazy", width: 120, height: 170 });
    const button = h("button", { type: "button", class: "page-thumb" }, image, h("span", { class: "page-name", text: reply.name }));
    button.addEventListener("click", () => leaf(replies, at, picture, button));
    picture(reply.url).then((address) => { image.src = address; }, () => button.classList.add("failed"));
    list.append(h("li", {}, button));
  });
  const words = replies.find((reply) => reply.text)?.text;
  return h("div", { class: "file-box" }, words ? h("p", { class: "say", text: words }) : null, list);
}

/** One page in a dialog, with the arrow keys and buttons to leaf. */
function leaf(replies, start, picture, opener) {
  let at = start;
  const image = h("img", { class: "page-whole", alt: "" });
  const name = h("h2", { id: "page-name" });
  const failed = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), t("pages.failed"));
  const go = (step) => {
    at = Math.min(replies.length - 1, Math.max(0, at + step));
    show();
  };
  const before = h("button", { type: "button", class: "button small", text: t("pages.before"), on: { click: () => go(-1) } });
  const after = h("button", { type: "button", class: "button small", text: t("pages.after"), on: { click: () => go(1) } });
  const dialog = h("dialog", { class: "box page-dialog", "aria-labelledby": "page-name" },
    h("div", { class: "sheet-head" }, name,
      h("button", { type: "button", class: "tool round plain", "aria-label": t("case.close"), on: { click: () => dialog.close() } }, icon("cross"))),
    h("div", { class: "page-frame", tabindex: "0" }, image, failed),
    replies.length > 1 ? h("div", { class: "pair" }, before, after) : null);
  const show = () => {
    const reply = replies[at];
    name.textContent = reply.name;
    image.alt = reply.name;
    before.disabled = at === 0;
    after.disabled = at === replies.length - 1;
    failed.hidden = true;
    // The same page, large enough to be read.
    const address = new URL(reply.url, window.location.href);
    address.searchParams.set("width", "1200");
    picture(address.pathname + address.search).then((source) => { image.src = source; }, () => { failed.hidden = false; });
  };
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") go(-1);
    if (event.key === "ArrowRight") go(1);
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (opener.isConnected) opener.focus();
  });
  document.body.append(dialog);
  show();
  dialog.showModal();
}
