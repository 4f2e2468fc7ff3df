/** The document camera: live picture, taken, looked at, taken again, and up like any other upload. */
import { ApiError } from "/static/chat/js/api.js";
import { h } from "/static/chat/js/dom.js";
import { Box } from "./box.js";
import { d } from "./words.js";

const BETWEEN_MS = 250;

/** `upload(file)` → {done: promise of {upload_id, checks}}; `attach(id, name)` hands it in; `closed()` is told, however it is closed. */
export function photograph(service, { on, upload, attach, closed = () => {} }) {
  const box = new Box("camera", "camera_title", on, closed);
  const image = h("img", { class: "device-picture", alt: d("camera_alt") });
  box.place.append(image);
  let taken = null;
  const show = (blob) => {
    URL.revokeObjectURL(image.src);
    image.src = URL.createObjectURL(blob);
  };
  const live = () => box.attempt(async () => {
    taken = null;
    box.say(d("camera_text"));
    box.offer(["camera_take", take, true]);
    while (box.open && !taken) {
      const seen = await service.call("GET", "camera/preview", null, box.stopped.signal).catch((fault) => {
        if (fault.code === "busy") return null;
        throw fault;
      });
      if (seen && box.open && !taken) show(seen);
      await new Promise((done) => { setTimeout(done, BETWEEN_MS); });
    }
  }, live);
  const take = () => box.attempt(async () => {
    taken = new Blob();
    taken = await service.call("POST", "camera/picture", null, box.stopped.signal);
    show(taken);
    box.say(d("camera_text"));
    box.offer(["camera_use", use, true], ["camera_again", live]);
  }, live);
  async function use() {
    box.say(d("camera_sending"));
    box.buttons.replaceChildren();
    const file = new File([taken], d("camera_file"), { type: "image/jpeg" });
    try {
      const sent = await upload(file).done;
      const doubts = (sent.checks ?? []).filter((check) => !check.ok).map((check) => check.message);
      const hand = () => {
        box.close();
        attach(sent.upload_id, file.name);
      };
      if (!doubts.length) return hand();
      box.say([d("camera_checks"), ...doubts].join(" "));
      box.offer(["camera_again", live, true], ["camera_use", hand]);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      box.say(error.message);
      box.offer(["camera_again", live, true]);
    }
    return undefined;
  }
  live();
  return box;
}
