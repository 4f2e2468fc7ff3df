/** Recordings of a past conversation's calls: watched by supervisors and auditors, who say why; that goes into the audit chain. */
import { h, nextId } from "/static/chat/js/dom.js";
import { call } from "./api.js";

const STATES = { running: "还在录", stopped: "片段还在送", whole: "", cut: "有几段没有送到，不完整", deleted: "已到期删除" };

/** Lines for these recordings, or nothing for who may not see them; `failed(error)` says what went wrong. */
export async function recordingsOf(conversation, failed) {
  try {
    const list = await call("GET", `/conversations/${encodeURIComponent(conversation)}/recordings`);
    return list.map((one) => line(one, failed));
  } catch (error) {
    if (error.status !== 403) failed(error);
    return [];
  }
}

function line(one, failed) {
  const when = one.agreed_at.replace("T", " ").slice(0, 16);
  const id = nextId("why");
  const why = h("input", { id, maxlength: 200, autocomplete: "off", required: true });
  const place = h("div", {});
  const form = h("form", { class: "film-why" }, h("label", { for: id, text: "看录像的原因（会记入审计记录）" }), why, h("button", { type: "submit", class: "button small", text: "看录像" }));
  form.hidden = one.state === "deleted" || !one.size;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { url } = await call("POST", `/recordings/${encodeURIComponent(one.id)}/open`, { body: { reason: why.value } });
      place.replaceChildren(h("video", { class: "film", src: url, controls: true, controlslist: "nodownload", disablepictureinpicture: true, "aria-label": `${when} 的通话录像` }));
      form.hidden = true;
    } catch (error) {
      failed(error);
    }
  });
  return h("section", { class: "film-line", "aria-label": `${when} 的通话录像` }, h("p", {}, h("strong", { text: `${when} 的通话录像` }), h("span", { class: "hint", text: ` ${STATES[one.state] ?? ""}` })),
    h("details", {}, h("summary", { text: "申请人同意的内容" }), h("p", { text: one.words })), form, place);
}
