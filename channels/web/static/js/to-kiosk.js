/** A case that was paused here goes on at a self-service machine: the code its scanner reads, drawn when she asks for it. */
import { h } from "./dom.js";
import { t } from "./strings.js";

/** The one word of an answer that can be a resume code; "" where there is none, or more than one. */
export function resumeCode(text) {
  const found = new Set(text.match(/(?<![0-9A-Za-z])[2-9A-HJ-NP-Z]{6}(?![0-9A-Za-z])/g) ?? []);
  return found.size === 1 ? [...found][0] : "";
}

async function drawn(number, code) {
  const answer = await fetch(`/kiosk/qr?case=${encodeURIComponent(number)}`, { headers: { "Bandao-Resume-Code": code }, cache: "no-store" });
  return answer.ok ? URL.createObjectURL(await answer.blob()) : null;
}

/** What to open for it beneath a turn that paused a case; null beneath any other. */
export function toKiosk(turn) {
  const number = turn.status === "paused" ? turn.case?.case_no : null;
  const code = number ? resumeCode((turn.replies ?? []).map((reply) => reply.text ?? "").join("\n")) : "";
  if (!code) return null;
  const place = h("div", { role: "status" });
  const open = h("details", { class: "card to-kiosk" }, h("summary", { text: t("tokiosk.title") }), h("p", { class: "hint", text: t("tokiosk.text") }), place);
  open.addEventListener("toggle", async () => {
    if (!open.open || place.firstChild) return;
    const address = await drawn(number, code).catch(() => null);
    if (place.firstChild) return;
    place.append(address ? h("img", { class: "qr-code", src: address, alt: t("tokiosk.alt"), width: 240, height: 240 }) : h("p", { text: t("tokiosk.failed") }));
    open.scrollIntoView({ block: "nearest" });
  });
  return open;
}
