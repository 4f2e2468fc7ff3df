/** What people who did this needed next, and what else fits: beside the case, once nothing is left to do for it here. */
import { ApiError, recommendations } from "./api.js";
import { h } from "./dom.js";
import { spoken, t } from "./strings.js";

const BUSY = new Set(["draft", "ready", "correction_needed"]);

export class Recommended {
  /** `place` is the section it fills; `say` sends the citizen's words. */
  constructor(place, say) {
    Object.assign(this, { place, say });
  }

  /** The conversation's case is now this one, or none. Asked for again only where that changed. */
  async look(session, file) {
    const about = `${session?.id} ${file ? `${file.case_no} ${file.status}` : ""}`;
    if (!session || about === this.about) return;
    this.about = about;
    if (file && BUSY.has(file.status)) return this.#show([]);
    try {
      const { items } = await recommendations(session);
      if (about === this.about) this.#show(items);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // it is only a hint: whoever wants it finds it in the directory
      this.#show([]);
    }
  }

  #show(items) {
    this.place.hidden = items.length === 0;
    const title = h("h2", { class: "minor", id: "recommended-title", text: t("recommended.title") });
    this.place.replaceChildren(title, h("ul", {}, ...items.map((item) => this.#item(item))));
  }

  #item({ name, reason }) {
    const press = () => this.say(spoken("recommended.say").replace("{name}", name));
    return h("li", {}, h("button", { type: "button", class: "tile", on: { click: press } },
      h("span", { class: "tile-words" }, h("strong", { text: name }), h("span", { text: reason }))));
  }
}
