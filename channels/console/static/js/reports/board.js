/** The board of this moment: it looks again every few seconds, also when nobody touches the page. */
import { h } from "/static/chat/js/dom.js";
import { call } from "../api.js";
import { banner } from "../frame.js";
import { length, share, spread } from "./words.js";

const EVERY_MS = 5_000;
const $ = (id) => document.getElementById(id);

export function tile(name, value, of = "", late = false) {
  return h("div", { class: late ? "late" : "" }, h("dt", { text: name }), h("dd", { text: value }, of ? h("span", { class: "of", text: of }) : ""));
}

function show(board) {
  const { counts, first_answer: first } = board.today;
  $("board-at").textContent = `${board.at.slice(11, 19)} 的情况。等候按服务时间算。`;
  $("tiles").replaceChildren(
    tile("在等", String(board.waiting)),
    tile("最久等了", board.waiting ? length(board.longest) : "—", "", board.longest > 60),
    tile("在线坐席", String(board.available), board.away ? `另有 ${board.away} 位暂离` : ""),
    tile("正在谈", String(board.talking)),
    tile("今天首次答复", spread(first, "median"), first.count ? `${first.count} 次的中位数；95% 不超过 ${spread(first, "p95")}` : "今天还没有"),
    tile("今天机器人独自办到提交", share(counts.by_bot, counts.begun), `${counts.by_bot} / ${counts.begun} 件新开的办件`),
    tile("今天没有用人工", share(counts.contained, counts.conversations), `${counts.contained} / ${counts.conversations} 次对话`),
  );
  const number = (text) => h("td", { class: "number", text: String(text) });
  $("groups").replaceChildren(...board.groups.map((one) => h("tr", {},
    h("th", { scope: "row", text: one.open ? one.name : `${one.name}（休息）` }), number(one.waiting), number(one.waiting ? length(one.longest) : "—"),
    number(one.talking), number(one.available), number(one.away), number(spread(one.first_answer, "median")), number(one.missed))));
}

/** Keeps the board as it is now; `over` is called when nobody is signed in any more. */
export function watch(over) {
  let lost = false;
  const look = async () => {
    try {
      show(await call("GET", "/board"));
      if (lost) banner("");
      lost = false;
    } catch (error) {
      if (error.status === 401) return over(watch.bind(null, over));
      lost = true;
      banner(`${error.message}正在自动重连。`, "offline");
    }
    setTimeout(look, EVERY_MS);
  };
  void look();
}

/** The board alone, as large as the screen. */
export function wireWall() {
  const set = (on) => {
    document.body.classList.toggle("on-wall", on);
    $("wall").setAttribute("aria-pressed", String(on));
  };
  $("wall").addEventListener("click", () => {
    const on = !document.body.classList.contains("on-wall");
    set(on);
    if (on) void document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) void document.exitFullscreen();
  });
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) set(false); });
}
