/** A person on the screen: while she talks to one the figure neither hears nor speaks. */
import { actOnCard, upload } from "/static/chat/js/api.js";
import { freshId } from "/static/chat/js/outbox.js";
import { askForSnapshot } from "/static/chat/js/video-snapshot.js";
import { startCall } from "/static/chat/js/video.js";

/** A paper staff ask for, by the document camera or the one that looks at her: a kiosk has no files of hers. */
export const photographing = ({ session, devices }) => (card) => {
  const act = (id, body) => actOnCard(session(), id, body);
  const hand = (id) => act(card.id, { client_message_id: freshId(), action: "answer", attachments: [id] });
  return devices().paper(card, hand)
    ?? askForSnapshot({ card, act, upload: (file, material, progress) => upload(session(), file, material, progress), showing: async () => {} });
};

/** `session()`, `devices()` and `idle()` give what there is at the time; `sign()` as in signing.js. */
export function calling(root, { session, cards, speech, idle, devices, sign }) {
  let hushed = false;
  return startCall(root, {
    session, card: (id) => cards.open(id), act: (id, body) => actOnCard(session(), id, body),
    upload: (file, material, progress) => upload(session(), file, material, progress),
    paper: (card) => devices().paper(card, (id) => actOnCard(session(), card.id, { client_message_id: freshId(), action: "answer", attachments: [id] })),
    sign,
    returns: false, // the page has forgotten her when it is there again
    alive: () => idle().seen(),
    live(on) {
      document.body.toggleAttribute("data-call", on);
      if (on) speech.hush();
      if (on ? !speech.muted : hushed) speech.mute(on);
      hushed = on && speech.muted;
    },
  });
}
