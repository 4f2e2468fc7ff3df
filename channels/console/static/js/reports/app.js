/** Figures: the board of this moment, and reports of a day or a month. The address keeps what is asked for. */
import { h } from "/static/chat/js/dom.js";
import { call } from "../api.js";
import { begin, failed } from "../frame.js";
import { reason } from "../words.js";
import { tile, watch, wireWall } from "./board.js";
import { above, bar, columns, lines } from "./charts.js";
import { GRADES, length, LIMITS, share, SHARES, spread } from "./words.js";

const $ = (id) => document.getElementById(id);
let asking = 0;

const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai" }).format(new Date());

function asked() {
  const query = new URLSearchParams({ when: $("unit").value === "day" ? $("day").value : $("month").value });
  for (const id of ["item", "channel"]) if ($(id).value) query.set(id, $(id).value);
  return query;
}

const number = (text) => h("td", { class: "number", text: String(text) });
const head = (...names) => h("thead", {}, h("tr", {}, ...names.map((name, place) => (name ? h("th", { scope: "col", class: place ? "number" : "", text: name }) : h("td")))));

function table(title, heads, rows) {
  const id = `t-${title}`;
  return h("div", { class: "table-box", role: "region", "aria-labelledby": id, tabindex: "0" },
    h("table", {}, h("caption", { id, text: title }), head(...heads), h("tbody", {}, ...rows)));
}

function totals({ total }) {
  const { counts } = total;
  $("totals").replaceChildren(
    ...SHARES.map(([name, part, of, what]) => tile(name, share(counts[part], counts[of]), `${counts[part]} / ${counts[of]} ${what}`)),
    tile("提交的办件", String(counts.submitted)),
    tile("要人工的", String(counts.asked_for), counts.gave_up ? `${counts.gave_up} 位没等到就离开了` : ""),
    ...(counts.calls ? [tile("视频和语音通话", String(counts.calls), `平均 ${length(Math.round(counts.call_seconds / counts.calls))}${counts.calls_fell_back ? `，${counts.calls_fell_back} 次转为语音或文字` : ""}`)] : []),
    ...Object.entries(total.limits).map(([name, [met, missed]]) => tile(LIMITS[name], share(met, met + missed), `${met} / ${met + missed} 次达成`)),
  );
}

function charts({ days, total }) {
  const drawn = [];
  if (days.length > 1) {
    const labels = days.map((one) => one.key.slice(5).replace("-", "/"));
    const of = (name) => days.map((one) => one.counts[name]);
    const part = (name, whole) => days.map(({ counts }) => (counts[whole] ? counts[name] / counts[whole] : null));
    const percent = (value) => `${Math.round(100 * value)}%`;
    const median = days.map((one) => (one.first_answer.count ? one.first_answer.median : null));
    const p95 = days.map((one) => (one.first_answer.count ? one.first_answer.p95 : null));
    drawn.push(
      columns("每天的对话", labels, [{ name: "对话", values: of("conversations") }, { name: "没有用人工的", values: of("contained") }]),
      columns("每天的办件", labels, [{ name: "新开的", values: of("begun") }, { name: "提交的", values: of("submitted") }]),
      lines("没有用人工、没听懂的占比", labels, [{ name: "没有用人工", values: part("contained", "conversations") }, { name: "没听懂或答不了", values: part("fell_back", "read") }], 1, percent),
      lines("首次答复", labels, [{ name: "中位数", values: median }, { name: "95%不超过", values: p95 }], above(Math.max(1, ...p95.filter((one) => one !== null))), length),
    );
  }
  const reasons = Object.keys(total.reasons);
  if (reasons.length) drawn.push(columns("为什么找人工", reasons.map(reason), [{ name: "转人工", values: reasons.map((one) => total.reasons[one]) }]));
  const grades = Object.keys(GRADES);
  if (total.counts.rated) drawn.push(columns("评价", grades.map((one) => GRADES[one]), [{ name: "评价", values: grades.map((one) => total.grades[one] ?? 0) }]));
  $("charts").replaceChildren(...drawn);
}

const SPLIT = ["对话", "没有用人工", "新开办件", "办到提交", "机器人独自", "决定", "一次办成", "没听懂", "首次答复 95%", "满意"];
const split = ({ name, counts, first_answer: first }) => h("tr", {}, h("th", { scope: "row", text: name }),
  number(counts.conversations), number(share(counts.contained, counts.conversations)), number(counts.begun), number(share(counts.finished, counts.begun)),
  number(share(counts.by_bot, counts.begun)), number(counts.decided), number(share(counts.right_first, counts.decided)),
  number(share(counts.fell_back, counts.read)), number(spread(first, "p95")), number(share(counts.satisfied, counts.rated)));

function tables({ total, items, channels }) {
  const waits = [["等候接入", total.waited], ["首次答复", total.first_answer]].map(([name, one]) => h("tr", {},
    h("th", { scope: "row", text: name }), number(one.count), number(spread(one, "mean")), number(spread(one, "median")), number(spread(one, "p95"))));
  const most = Math.max(1, ...total.drop_off.map((one) => one.left));
  const dropped = total.drop_off.map((one) => h("tr", {}, h("th", { scope: "row", text: one.label }), h("td", { text: one.name }),
    number(one.left), number(one.asked), number(share(one.left, one.asked)), h("td", {}, bar(one.left, most))));
  $("tables").replaceChildren(
    table("等候（按服务时间）", ["", "次数", "平均", "中位数", "95%不超过"], waits),
    ...(dropped.length ? [table("停在哪一问", ["问题", "事项", "停下的办件", "问过的办件", "占比", "比较"], dropped)] : []),
    ...(items.length ? [table("按事项", ["事项", ...SPLIT], items.map(split))] : []),
    ...(channels.length ? [table("按渠道", ["渠道", ...SPLIT], channels.map(split))] : []),
  );
}

/** Choices that were to be had stay: a filter that finds nothing can be taken back. */
function offer(id, found) {
  const known = new Map([...$(id).options].map((one) => [one.value, one.text]));
  for (const { key, name } of found) if (!known.has(key)) $(id).append(new Option(name, key));
  const chosen = new URLSearchParams(location.search).get(id);
  if (chosen && ![...$(id).options].some((one) => one.value === chosen)) $(id).append(new Option(chosen, chosen));
}

async function show() {
  const query = asked();
  if (!query.get("when")) return;
  const mine = ++asking;
  history.replaceState(null, "", `?${query}`);
  $("csv").href = `/console/api/reports.csv?${query}`;
  $("report").setAttribute("aria-busy", "true");
  const report = await call("GET", `/reports?${query}`, { patience: 120_000 });
  if (mine !== asking) return;
  offer("item", report.items);
  offer("channel", report.channels);
  const when = report.first === report.last ? report.first : `${report.first} 到 ${report.last}`;
  $("about").textContent = report.settled ? `${when}。` : `${when}。这段时间还没有结束，数字会变。`;
  totals(report);
  charts(report);
  tables(report);
  $("report").setAttribute("aria-busy", "false");
}

function choose() {
  const query = new URLSearchParams(location.search);
  const when = query.get("when") ?? today();
  $("unit").value = when.length === 7 ? "month" : "day";
  $("day").value = when.length === 7 ? today() : when;
  $("month").value = when.slice(0, 7);
  for (const input of [$("day"), $("month")]) input.max = today().slice(0, input.id === "day" ? 10 : 7);
  for (const id of ["item", "channel"]) if (query.get(id)) $(id).append(new Option(query.get(id), query.get(id), true, true));
  unit();
}

function unit() {
  $("day-label").hidden = $("unit").value !== "day";
  $("month-label").hidden = $("unit").value === "day";
}

const tried = () => void show().catch((error) => failed(error, show).catch(() => {}));
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("change", () => {
  unit();
  tried();
});
choose();
wireWall();
void begin("/console/reports/", () => {
  watch((again) => void failed({ status: 401 }, again));
  tried();
});
