/** Tabs: one at a time, arrow keys between them. */
const $ = (id) => document.getElementById(id);
const NAMES = ["write", "preview", "compare", "history"];

export class Tabs {
  /** `opened` maps a tab's name to what is done when it is chosen. */
  constructor(opened) {
    this.opened = opened;
    for (const name of NAMES) {
      $(`tab-${name}`).addEventListener("click", () => this.choose(name));
      $(`tab-${name}`).addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = NAMES[(NAMES.indexOf(name) + step + NAMES.length) % NAMES.length];
        this.choose(next);
        $(`tab-${next}`).focus();
      });
    }
  }

  choose(chosen) {
    for (const name of NAMES) {
      $(`tab-${name}`).setAttribute("aria-selected", String(name === chosen));
      $(`tab-${name}`).tabIndex = name === chosen ? 0 : -1;
      $(`pane-${name}`).hidden = name !== chosen;
    }
    this.opened[chosen]?.();
  }
}
