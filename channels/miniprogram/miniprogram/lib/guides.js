/** Item guides as the pages draw them. */

/** Items by theme, in the order themes first come; one in two themes stands in both. @param {any[]} items */
function byTheme(items) {
  /** @type {Map<string, any[]>} */
  const themes = new Map();
  for (const item of items) for (const theme of item.themes) themes.set(theme, [...(themes.get(theme) ?? []), { code: item.code, name: item.name }]);
  return [...themes].map(([name, found]) => ({ name, items: found }));
}

/** A guide in sections, each fact with the sources it names. @param {any} guide of GET /guides/{code} */
function sections(guide) {
  const cited = (/** @type {string[] | undefined} */ keys) =>
    (keys ?? []).map((key) => guide.evidence[key]).filter(Boolean).map((/** @type {any} */ one) => [one.title, one.article].filter(Boolean).join(" ") + (one.verified === false ? "（待核实）" : ""));
  const fact = (/** @type {any} */ one, text = one?.text) => ({ text, sources: cited(one?.evidence).join("；") });
  const found = [
    { title: "谁可以办、什么条件", facts: guide.conditions?.map((/** @type {any} */ one) => fact(one)) },
    { title: "要交的材料", facts: guide.materials?.map((/** @type {any} */ one) => fact(one, one.name + (one.required === false ? "（看情况）" : ""))) },
    { title: "多久办好", facts: [guide.promised_limit, guide.legal_limit].filter((one) => one?.text).map((one) => fact(one)) },
    { title: "收不收费", facts: guide.fee?.text ? [fact(guide.fee)] : [] },
    { title: "怎么办", facts: guide.process?.map((/** @type {any} */ one, /** @type {number} */ at) => fact(one, `${at + 1}. ${one.name}：${one.text}`)) },
    { title: "在哪里办", facts: guide.places?.map((/** @type {any} */ one) => fact(one, [one.name, one.address, one.hours, one.phone].filter(Boolean).join("，"))) },
    { title: "办好以后", facts: guide.result?.text ? [fact(guide.result)] : [] },
    { title: "常见问题", facts: guide.faqs?.map((/** @type {any} */ one) => fact(one, `${one.question}\n${one.answer ?? one.text}`)) },
  ];
  return found.filter((one) => one.facts?.length);
}

/** The ways to look for an item without words. */
const KINDS = [
  { kind: "theme", name: "主题" }, { kind: "life_event", name: "遇到的事" }, { kind: "sector", name: "部门" }, { kind: "applicant", name: "谁来办" },
];

/** @param {any} categories of GET /categories @param {string} kind @returns {{ code: string, name: string, total: number }[]} */
function groups(categories, kind) {
  if (kind === "life_event") return Object.values(categories.life_events).flat();
  return { sector: categories.sectors, applicant: categories.applicants }[kind] ?? categories.themes;
}

module.exports = { KINDS, byTheme, groups, sections };
