/*
 * Several questions as one card. What was filled in goes out as lines of words, 联系电话：13800138000, which the server reads as it
 * reads typed ones; what stayed empty is asked one by one.
 */
const MOST_FIELDS = 12;

/** Whether such a card helps: there must be several questions, and the one in hand be one of them. */
function fillable(file, asked) {
  const missing = file && file.missing;
  if (!missing || missing.length < 3 || (asked.columns && asked.columns.length)) return false;
  for (let i = 0; i < missing.length; i += 1) if (missing[i].field === asked.field) return true;
  return false;
}

/** The card's element; `send(text)` sends what was filled in, `close()` puts it away. */
function formOf(file, guide, w, english, send, close) {
  const known = { __proto__: null };
  for (let i = 0; guide.fields && i < guide.fields.length; i += 1) known[guide.fields[i].key] = guide.fields[i];
  const inputs = [];
  for (let i = 0; i < file.missing.length && inputs.length < MOST_FIELDS; i += 1) {
    const { field, label } = file.missing[i];
    const described = known[field] || { __proto__: null };
    if (described.type !== "table" && described.type !== "file") inputs[inputs.length] = inputOf(described, label, w, english);
  }
  const problem = h("p", { class: "notice error", role: "alert", hidden: true, text: w.formEmpty });
  const title = nextId();
  const form = h("form", { class: "form", "aria-labelledby": title, novalidate: true }, h("h3", { id: title, tabindex: -1, text: w.formTitle }),
    h("p", { class: "hint", text: w.formText }));
  for (let i = 0; i < inputs.length; i += 1) put(form, inputs[i].element);
  add(form, [problem, h("div", { class: "pair" },
    h("button", { type: "submit", class: "button primary", text: w.formSend }), button(w.cancel, close))]);
  listen(form, "submit", (event) => {
    event.preventDefault();
    let lines = "";
    for (let i = 0; i < inputs.length; i += 1) {
      const value = inputs[i].value();
      if (value) lines += `${lines ? "\n" : ""}${inputs[i].label}：${value}`;
    }
    problem.hidden = lines !== "";
    if (lines) send(lines);
  });
  return form;
}

/** One question: {element, label, value()}, the value in words. */
function inputOf(field, label, w, english) {
  const id = nextId();
  const choices = field.type === "yes_no" && !(field.options && field.options.length) ? [{ label: w.yes }, { label: w.no }] : field.options;
  if (field.type === "multi") {
    const boxes = ticked(choices);
    const several = h("fieldset", {}, h("legend", { text: label }), boxes.nodes);
    return { element: several, label, value: () => boxes.chosen("label", english ? ", " : "、") };
  }
  let input;
  if (choices && choices.length) {
    input = h("select", { id }, h("option", { value: "", text: w.choose }));
    for (let i = 0; i < choices.length; i += 1) {
      if (choices[i].offered !== false) put(input, h("option", { value: choices[i].label, text: choices[i].label }));
    }
  } else {
    const number = field.type === "area" || field.type === "amount" || field.type === "integer";
    input = h("input", {
      id, type: field.type === "date" ? "date" : "text", autocomplete: "off", inputmode: number ? "decimal" : null, placeholder: field.example,
    });
  }
  const optional = field.optional && h("span", { class: "hint", text: ` ${w.optional}` });
  return { element: h("div", { class: "field" }, h("label", { for: id }, label, optional), input), label, value: () => trimmed(input.value) };
}

/** Boxes to tick: {nodes, chosen(name, between)}; without `between` what was ticked is a list. */
function ticked(list) {
  const nodes = [];
  const boxes = [];
  for (let i = 0; list && i < list.length; i += 1) {
    boxes[i] = h("input", { type: "checkbox" });
    nodes[i] = h("label", { class: "tick" }, boxes[i], list[i].label);
  }
  return {
    nodes,
    chosen(name, between) {
      const found = [];
      let words = "";
      for (let i = 0; i < boxes.length; i += 1) {
        if (!boxes[i].checked) continue;
        words += (words ? between : "") + list[i][name];
        found[found.length] = list[i][name];
      }
      return between === undefined ? found : words;
    },
  };
}
