/** The identity card, laid on the reader in answer to a question. */
import { Box } from "./box.js";
import { d } from "./words.js";

const SHOWN_MS = 1_500;

/** `send(statement)` answers with the card. `labels` are the questions it answers. */
export function layCard(service, { conversation, labels, on, send }) {
  const box = new Box("card", "card_title", on, () => service.stop());
  const read = () => box.attempt(async () => {
    box.say(`${d("card_text", { labels: labels.join(d("comma")) })}\n${d("card_wait")}`);
    box.offer();
    const told = await service.call("POST", "card", { conversation }, box.stopped.signal);
    box.say(d("card_read", told));
    box.buttons.replaceChildren();
    send(told.statement);
    setTimeout(() => box.close(), SHOWN_MS);
  }, read);
  read();
  return box;
}
