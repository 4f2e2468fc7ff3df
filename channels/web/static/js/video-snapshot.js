/** A paper photographed in a call: she opens the camera, takes it, looks at it and sends it, or does not; it goes up like any other file. */
import { h, icon, nextId } from "./dom.js";
import { freshId } from "./outbox.js";
import { popup } from "./popup.js";
import { openCamera, still } from "./video-media.js";
import { v } from "./video-words.js";

/**
 * `card` is the upload card staff sent, `upload(file, material, onProgress)` and `act(cardId, body)` hand it in; `showing(track)` is told what
 * is filmed. Resolves to whether something was sent.
 */
export async function askForSnapshot({ card, upload, act, showing }) {
  const title = nextId("snapshot");
  const preview = h("video", { class: "snap-view", autoplay: true, playsinline: true });
  preview.muted = true;
  const photo = h("img", { class: "snap-view", alt: v("snap_picture"), hidden: true });
  const hint = h("p", { class: "hint", role: "status", text: v("snap_text") });
  const problem = h("p", { class: "field-error", role: "alert", hidden: true });
  const key = (name, press, style = "") => h("button", { type: "button", class: `button ${style}`, text: v(name), on: { click: press } });
  let track = null;
  let taken = null;
  let sent = false;
  let busy = false;

  const say = (words) => {
    problem.replaceChildren(...(words ? [icon("error"), words] : []));
    problem.hidden = !words;
  };
  const look = (picture) => {
    if (photo.src) URL.revokeObjectURL(photo.src);
    taken = picture;
    if (picture) photo.src = URL.createObjectURL(picture);
    else photo.removeAttribute("src");
    photo.hidden = !picture;
    preview.hidden = Boolean(picture);
    for (const one of [take]) one.hidden = Boolean(picture);
    for (const one of [send, again]) one.hidden = !picture;
    hint.textContent = v(picture ? "snap_seen" : "snap_text");
    say("");
  };
  const shoot = async () => look(await still(track, preview));
  const hand = async () => {
    if (busy) return;
    busy = true;
    hint.textContent = v("snap_sending");
    send.setAttribute("aria-busy", "true");
    try {
      const file = new File([taken], `${card.label}.jpg`, { type: "image/jpeg" });
      const { upload_id: id } = await upload(file, card.material ?? null, () => {}).done;
      const answer = await act(card.id, { client_message_id: freshId(), action: "answer", attachments: [id] });
      sent = answer.state !== "open";
      if (sent) return dialog.close();
      say((answer.errors ?? []).map((error) => error.message).join(" "));
    } catch (error) {
      if (error.status === undefined) throw error;
      say(error.message);
    } finally {
      busy = false;
      hint.textContent = v("snap_seen");
      send.removeAttribute("aria-busy");
    }
    return undefined;
  };
  const take = key("snap_take", () => void shoot(), "primary");
  const send = key("snap_send", () => void hand(), "primary");
  const again = key("snap_again", () => look(null));
  const dialog = h("dialog", { class: "box snap", "aria-labelledby": title }, h("h2", { id: title, text: v("snap_title", { label: card.label }) }),
    hint, preview, photo, problem, h("div", { class: "box-buttons" }, take, send, again, key("snap_no", () => busy || dialog.close())));
  look(null);
  take.disabled = true; // until there is something to be taken: pressed before, it would take nothing
  preview.addEventListener("loadeddata", () => { take.disabled = false; });
  const closed = new Promise((done) => { dialog.addEventListener("close", done); });
  popup(dialog);
  try {
    await showing(null);
    track = await openCamera("environment", true);
    preview.srcObject = new MediaStream([track]);
    await showing(track);
  } catch (error) {
    if (!error.why) throw error;
    take.hidden = true;
    say(v(error.why));
  }
  await closed;
  look(null);
  track?.stop();
  return sent;
}
