/** The console open in several tabs of one browser: what is done in one is known in the others, and only one of them rings. */
import { remember, remembered } from "./store.js";

const RINGS_MS = 1_500;

export class Tabs {
  /** `heard` = {claimed(id), read(id, event)}. */
  constructor(heard) {
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel("bandao.console") : null;
    this.channel?.addEventListener("message", ({ data }) => heard[data.what]?.(...data.about));
  }

  tell(what, ...about) {
    this.channel?.postMessage({ what, about });
  }

  /** Whether this tab is the one to ring now. */
  ring() {
    const now = Date.now();
    if (now - Number(remembered("rang") ?? 0) < RINGS_MS) return false;
    remember("rang", String(now));
    return true;
  }
}
