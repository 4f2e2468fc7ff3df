/**
 * Several questions as one form, for whoever would rather fill in than talk. What was filled goes out as lines of words,
 * 联系电话：13800138000, which the server reads as it reads typed ones; what stayed empty is asked one by one.
 */
import { guide as fetchGuide } from "./api.js";
import { h, icon, nextId } from "./dom.js";
import { popup } from "./popup.js";
import { pageLocale, t } from "./strings.js";

/** More would be a wall of questions, and longer than one message may be. */
const MOST = 12;
const guides = new Map();

/** Whether a form of several questions helps: there must be several, and the one in hand be one of them. */
export function canFill(file, ask) {
  if (ask?.columns?.length) return false; // lines sent while a table is asked are read as its rows
  return Boolean(file && ask && (file.missing ?? []).length >= 3 && file.missing.some((field) => field.field === ask.field));
}

async function fieldsOf(file) {
  const { code } = file.guide;
  const read = `${pageLocale()} ${code}`;
  if (!guides.has(read)) guides.set(read, await fetchGuide(code));
  const known = new Map((guides.get(read).fields ?? []).map((field) => [field.key, field]));
  return file.missing.map((missing) => ({ ...known.get(missing.field), ...missing })).filter((field) => field.type !== "table").slice(0, MOST);
}

/** Opens the form; `say(text)` sends what was filled in. Resolves once it is shown; rejects where the guide cannot be had. */
export async function openForm(file, say) {
  const fields = await fieldsOf(file);
  const title = nextId("form");
  const problem = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), t("form.empty"));
  const inputs = fields.map((field) => control(field));
  const form = h("form", { novalidate: true }, h("h2", { id: title, text: t("form.title") }), h("p", { class: "hint", text: t("form.text") }),
    inputs.map((input) => input.element), problem,
    h("div", { class: "pair" },
      h("button", { type: "submit", class: "button primary", text: t("form.send") }),
      h("button", { type: "button", class: "button", text: t("form.cancel"), on: { click: () => dialog.close() } })));
  const dialog = h("dialog", { class: "box form-card", "aria-labelledby": title }, form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const lines = inputs.map((input) => [input.label, input.value()]).filter(([, value]) => value);
    problem.hidden = lines.length > 0;
    if (!lines.length) return;
    if (say(lines.map(([label, value]) => `${label}：${value}`).join("\n")) !== false) dialog.close();
  });
  popup(dialog);
}

/** One question as a control: {element, label, value()}; value is words. */
export function control(field) {
  const id = nextId("field");
  const label = h("label", { for: id }, field.label, field.optional ? h("span", { class: "hint", text: ` ${t("ask.optional")}` }) : null);
  const options = (field.options ?? []).filter((option) => option.offered !== false);
  if (field.type === "multi") {
    const boxes = options.map((option) => h("input", { type: "checkbox", value: option.label }));
    const element = h("fieldset", { class: "form-field" }, h("legend", { text: field.label }),
      boxes.map((box, index) => h("label", { class: "option check" }, box, h("span", { text: options[index].label }))));
    return { element, label: field.label, value: () => boxes.filter((box) => box.checked).map((box) => box.value).join(pageLocale() === "en" ? ", " : "、") };
  }
  let input;
  if (options.length || field.type === "yes_no") {
    const labels = options.length ? options.map((option) => option.label) : [t("form.yes"), t("form.no")];
    input = h("select", { id }, h("option", { value: "", text: t("table.choose") }), labels.map((text) => h("option", { value: text, text })));
  } else {
    const number = ["area", "amount", "integer"].includes(field.type);
    input = h("input", { id, type: field.type === "date" ? "date" : "text", autocomplete: "off", inputmode: number ? "decimal" : null, placeholder: field.example ?? null });
  }
  return { element: h("div", { class: "form-field" }, label, input), label: field.label, value: () => input.value.replace(/\s*\n\s*/g, " ").trim() };
}
