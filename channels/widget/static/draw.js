/* What is said, drawn small. What does not fit in here is one press away, in the full page. */

/**
 * Replies of one turn as elements; `act` = {say(text), choose(value, label), cross()}. `asked`: the turn asks something with choices
 * of its own, and the same are not offered twice.
 */
function drawn(replies, w, act, asked) {
  const nodes = [];
  for (let i = 0; replies && i < replies.length; i += 1) nodes[i] = drawnOne(replies[i], w, act, asked);
  return nodes;
}

function drawnOne(reply, w, act, asked) {
  if (reply.kind === "notice") return noticed(reply.level, reply.text);
  if (reply.kind === "file") {
    return h("div", { class: "bubble" }, reply.text && h("p", { text: reply.text }), button(w.download(reply.name), act.cross));
  }
  if (reply.kind === "card") return cardOf(reply, w, act);
  const bubble = h("div", { class: "bubble" }, h("p", { text: reply.text || "" }), sources(reply.citations, w));
  return reply.kind === "choices" && !asked ? h("div", {}, bubble, options(reply.options, reply.text, act.choose)) : bubble;
}

function options(list, label, choose) {
  const group = h("div", { class: "options", role: "group", "aria-label": label });
  for (let i = 0; list && i < list.length; i += 1) {
    const { value, label: words } = list[i];
    put(group, button(words, () => choose(value, words), "option"));
  }
  return group;
}

function cardOf(reply, w, act) {
  const title = nextId();
  const rows = h("dl", {});
  for (let i = 0; reply.rows && i < reply.rows.length; i += 1) {
    const { label, value, source } = reply.rows[i];
    put(rows, h("div", {}, h("dt", { text: label }), h("dd", {}, value, source && h("span", { class: "chip", text: source }))));
  }
  const actions = h("div", { class: "options" });
  for (let i = 0; reply.actions && i < reply.actions.length; i += 1) {
    const { label, message } = reply.actions[i];
    put(actions, button(label, () => act.say(message, label), "option"));
  }
  return h("section", { class: "card", "aria-labelledby": title },
    h("h3", { id: title, text: reply.title }), reply.text && h("p", { text: reply.text }), rows.firstChild && rows,
    actions.firstChild && actions, sources(reply.citations, w));
}

function noticed(level, words) {
  return h("p", { class: `notice ${level === "error" || level === "warning" ? level : "info"}`, text: words });
}

function sources(list, w) {
  if (!list || !list.length) return null;
  const items = h("ul", {});
  for (let i = 0; i < list.length; i += 1) {
    const { title, article, url, verified } = list[i];
    const name = article ? `${title} ${article}` : title;
    const safe = url && (at(url, "https://") === 0 || at(url, "http://") === 0);
    put(items, h("li", {},
      safe ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, name, heard(w.newTab)) : name,
      verified === false && h("span", { class: "chip", text: w.unverified })));
  }
  return h("details", {}, h("summary", { text: w.sources(list.length) }), items);
}
