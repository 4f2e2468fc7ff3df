/** A person on the screen: while she talks to one the figure neither hears nor speaks. */
import { actOnCard, upload } from "/static/chat/js/api.js";
import { startCall } from "/static/chat/js/video.js";

/** `session()` and `idle()` give what there is at the time. */
export function calling(root, { session, cards, speech, idle }) {
  let hushed = false;
  return startCall(root, {
    session, card: (id) => cards.open(id), act: (id, body) => actOnCard(session(), id, body),
    upload: (file, material, progress) => upload(session(), file, material, progress),
    sign: async () => null, // signed on paper or on her phone
    alive: () => idle().seen(),
    live(on) {
      document.body.toggleAttribute("data-call", on);
      if (on) speech.hush();
      if (on ? !speech.muted : hushed) speech.mute(on);
      hushed = on && speech.muted;
    },
  });
}
