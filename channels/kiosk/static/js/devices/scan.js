/** A code held before the scanner. */
import { Box } from "./box.js";
import { readCode } from "./codes.js";
import { d } from "./words.js";

/** `found(code)` takes what was read and says whether it is of use now; a key of words where it is not. */
export function scanCode(service, { ours, on, found }) {
  const box = new Box("scanner", "scan_title", on, () => service.stop());
  const scan = () => box.attempt(async () => {
    box.say(`${d("scan_text")}\n${d("scan_wait")}`);
    box.offer();
    const { text } = await service.call("POST", "scan", {}, box.stopped.signal);
    const code = readCode(text, ours);
    const refused = code ? found(code) : "scan_unknown";
    if (!refused) return box.close();
    box.say(d(refused));
    box.offer(["again", scan, true]);
    return undefined;
  }, scan);
  scan();
  return box;
}
