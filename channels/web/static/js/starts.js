/** The first screen's ways to begin: what the server offers with its greeting, dressed; else three items of our own. */
import { h, icon } from "./dom.js";
import { spoken, t } from "./strings.js";

/** Items people know by an occasion rather than by a name: drawing and words, by the item's official name. */
const OCCASIONS = {
  食品经营许可新办: ["food", "start.food"],
  新生儿出生一件事: ["baby", "start.baby"],
  住房公积金租房提取: ["home", "start.rent"],
};
const ABOUT = [[/进度|哪一步/, "clock"], [/人工/, "person"]];

/** Fills `tiles` with items and `also` with the rest. `act` = {say(text), choose(value, label)}. */
export function showStarts({ tiles, also }, opening, act) {
  const offered = opening.find((reply) => reply.kind === "choices")?.options;
  const starts = offered ? offered.map((option) => dress(option, act)) : own(act);
  tiles.replaceChildren(...starts.filter((start) => start.item).map(tile));
  also.replaceChildren(...starts.filter((start) => !start.item).map(pill));
}

function dress({ value, label }, act) {
  const press = () => act.choose(value, label);
  const other = ABOUT.find(([words]) => words.test(value));
  if (other) return { item: false, drawing: other[1], title: label, press };
  const [drawing, words] = OCCASIONS[value] ?? ["file", null];
  return { item: true, drawing, title: words ? t(`${words}.title`) : label, text: words ? label : null, press };
}

function own(act) {
  const say = (words) => () => act.say(spoken(`${words}.say`));
  return [
    ...Object.values(OCCASIONS).map(([drawing, words]) => (
      { item: true, drawing, title: t(`${words}.title`), text: t(`${words}.text`), press: say(words) })),
    { item: false, drawing: "clock", title: t("start.progress.title"), press: say("start.progress") },
    { item: false, drawing: "person", title: t("start.human.title"), press: say("start.human") },
  ];
}

function tile({ drawing, title, text, press }) {
  return h("button", { type: "button", class: "tile", on: { click: press } }, icon(drawing),
    h("span", { class: "tile-words" }, h("strong", { text: title }), text ? h("span", { text }) : null));
}

function pill({ drawing, title, press }) {
  return h("button", { type: "button", class: "option", on: { click: press } }, icon(drawing), h("span", { text: title }));
}
