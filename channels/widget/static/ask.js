/* The question that is open, in the shape that is easiest to answer in little room. */

/**
 * Draws `asked` into `root`. `act` = {say(text, shown), choose(value, label), cross(), form()}; `can.form` says that several may be
 * filled in at once. Gives the first control there is, or null where the answer is typed.
 */
function drawAsk(root, asked, w, act, can) {
  empty(root);
  root.hidden = !asked;
  if (!asked) return null;
  const label = nextId();
  mark(root, "aria-labelledby", label);
  add(root, [
    h("h3", { id: label, tabindex: -1 }, asked.label, asked.optional && h("span", { class: "chip", text: w.optional })),
    asked.example && !(asked.options && asked.options.length) && h("p", { class: "hint", text: w.example(asked.example) }),
    asked.error && h("p", { class: "notice error", role: "alert", text: asked.error.message }),
    control(asked, w, act),
    foot(asked, w, act, can),
  ]);
  return find(root, ".control button, .control input");
}

function control(asked, w, act) {
  if (asked.kind === "file" || (asked.columns && asked.columns.length)) {
    return h("div", { class: "control" }, h("p", { class: "hint", text: w.there }), button(w.more, act.cross, "button primary"));
  }
  const tapped = options(asked.options, asked.label, act.choose);
  if (asked.kind === "multi") return several(asked, w, act);
  if (asked.kind === "date") return h("div", { class: "control" }, tapped.firstChild && tapped, dayOf(asked, w, act));
  if (asked.kind === "confirm" && !tapped.firstChild) {
    put(tapped, button(w.yes, () => act.choose("yes", w.yes), "option"));
    put(tapped, button(w.no, () => act.choose("no", w.no), "option"));
  }
  return tapped.firstChild ? h("div", { class: "control" }, tapped) : null;
}

function several(asked, w, act) {
  const boxes = ticked(asked.options);
  return h("div", { class: "control" }, boxes.nodes, button(w.confirm, () => {
    const values = boxes.chosen("value");
    if (values.length) act.choose(values, boxes.chosen("label", "、"));
  }, "button primary"));
}

function dayOf(asked, w, act) {
  const input = h("input", { type: "date", "aria-label": asked.label });
  return h("div", { class: "pair" }, input, button(w.confirm, () => input.value && act.say(input.value, input.value), "button primary"));
}

function foot(asked, w, act, can) {
  const line = h("div", { class: "options" });
  if (can.form) put(line, button(w.form, act.form));
  if (asked.optional) put(line, button(w.skip, () => act.say(SKIP, w.skip)));
  return [
    asked.field === "submit" && h("p", { class: "hint" }, w.submit, " ", button(w.more, act.cross, "link")),
    line.firstChild && line,
    asked.why && h("details", {}, h("summary", { text: w.why }), h("p", { text: asked.why })),
  ];
}
