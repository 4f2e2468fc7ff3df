/** How the page looks and in which language it speaks; remembered in this browser. */
import { preference } from "./store.js";
import { LOCALES } from "./strings.js";

const root = document.documentElement;
const prefersDark = window.matchMedia("(prefers-color-scheme: dark)");

/** The chosen language, else Traditional Chinese where the browser says so, else Simplified. English only by choice. */
export function locale() {
  const chosen = preference.get("locale");
  if (LOCALES.includes(chosen)) return chosen;
  return /^zh-(hant|tw|hk|mo)/i.test(navigator.language) ? "zh-Hant" : "zh-CN";
}

/** Whether the language was chosen, by a button or in words, rather than taken from the browser. */
export function localeChosen() {
  return LOCALES.includes(preference.get("locale"));
}

/** The address of the guides' pages, or of one of them, in the language of this page. */
export function guidesAddress(path = "") {
  return `/guides${path}${locale() === "zh-CN" ? "" : `?lang=${locale()}`}`;
}

/** The address of a case's progress page, in the language of this page. */
export function progressAddress(caseNo) {
  return `/progress?case=${encodeURIComponent(caseNo)}${locale() === "zh-CN" ? "" : `&lang=${locale()}`}`;
}

export function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches;
}

/**
 * Wires the toggles; `localeChanged` runs after another language was chosen by its button.
 * Returns `choose(locale)`, for a language that was chosen in words.
 */
export function wirePreferences({ care, theme, locales, localeChanged }) {
  const show = () => {
    care.setAttribute("aria-pressed", String(root.dataset.care === "on"));
    theme.setAttribute("aria-pressed", String(isDark()));
    for (const button of locales) button.setAttribute("aria-pressed", String(button.value === locale()));
  };
  care.addEventListener("click", () => {
    const on = root.dataset.care !== "on";
    if (on) root.dataset.care = "on";
    else delete root.dataset.care;
    preference.set("care", on ? "on" : "off");
    show();
  });
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    preference.set("theme", root.dataset.theme);
    show();
  });
  for (const button of locales) {
    button.addEventListener("click", () => {
      if (button.value === locale()) return;
      preference.set("locale", button.value);
      localeChanged(button.value);
    });
  }
  prefersDark.addEventListener("change", show);
  show();
  return {
    choose(language) {
      preference.set("locale", language);
      show();
    },
  };
}
