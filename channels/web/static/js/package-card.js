/** The package staff ask her to look at: all answers, then the pages made of them; only she can say yes to either. */
import { h, icon, nextId } from "./dom.js";
import { gallery } from "./pictures.js";
import { popup } from "./popup.js";
import { t } from "./strings.js";

/** `seen` is the package as it stands, `send(body)` says yes or no to what was seen. */
export function openPackage({ seen: first, caseNo, send, act, opener }) {
  let seen = first;
  const title = nextId("package");
  const heading = h("h2", { id: title, tabindex: "-1" });
  const content = h("div", { class: "stack" });
  const problem = h("p", { class: "field-error", role: "alert", hidden: true });
  const waiting = h("p", { class: "hint", role: "status" });
  const yes = h("button", { type: "button", class: "button primary", on: { click: () => void say("yes") } });
  const no = h("button", { type: "button", class: "button", on: { click: () => void say("no") } });
  const later = h("button", { type: "button", class: "button", text: t("card.close"), on: { click: () => dialog.close() } });
  const form = h("div", { class: "package-look" }, heading, waiting, content, problem, h("div", { class: "pair" }, yes, no, later));
  const dialog = h("dialog", { class: "box form-card", "aria-labelledby": title }, form);

  function draw() {
    const open = seen.state === "open" && (seen.stage === "review" || seen.stage === "submit");
    heading.textContent = seen.title ?? t("card.package", { item: "" });
    for (const [button, answer] of [[yes, "yes"], [no, "no"]]) {
      button.hidden = !open;
      if (open) button.textContent = t(`ask.${seen.stage}.${answer}`);
    }
    const pages = h("div", {});
    content.replaceChildren(
      ...(open ? [h("p", { text: t(`card.stage_${seen.stage}`) })] : [h("p", { text: t(`card.stage_${seen.stage === "sent" ? "sent" : "open"}`) })]),
      ...(seen.notes ?? []).map((note) => h("p", { class: "hint", text: note })),
      pages,
      h("dl", { class: "rows" }, (seen.rows ?? []).map((row) => h("div", { class: "row" }, h("dt", { text: row.label }),
        h("dd", {}, row.value, row.source ? h("span", { class: "hint", text: ` ${row.source}` }) : null)))));
    if (seen.stage === "submit") {
      act.pages(caseNo).then(({ items }) => pages.replaceChildren(gallery(items.map((page) => ({ name: page.title, url: page.url })), act.picture)), () => {});
    }
  }

  async function say(action) {
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    waiting.textContent = action === "yes" && seen.stage === "review" ? t("card.making") : "";
    wrong("");
    try {
      const next = await send({ action, seen: seen.seen });
      if (next.state !== "open") return dialog.close();
      const errors = (next.errors ?? []).map((error) => error.message).join(" ");
      seen = next;
      draw();
      wrong(errors);
      heading.focus();
    } catch (error) {
      if (error.status === undefined) throw error;
      if (error.status === 401) {
        dialog.close();
        return act.failed(error);
      }
      wrong(error.message);
      if (error.status === 409) {
        // What she saw is no longer what is there: show that, and let her decide anew
        seen = await send({ action: "open" }).catch(() => seen);
        draw();
      }
    } finally {
      form.removeAttribute("aria-busy");
      waiting.textContent = "";
    }
    return undefined;
  }

  function wrong(text) {
    problem.replaceChildren(...(text ? [icon("error"), text] : []));
    problem.hidden = !text;
  }

  draw();
  popup(dialog, opener);
  heading.focus();
}
