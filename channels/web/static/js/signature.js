/** Signing on the screen, by finger, mouse or pen. What was drawn goes out as strokes; the server makes the ink of them. */
import { ApiError } from "./api.js";
import { h, icon, nextId } from "./dom.js";
import { popup } from "./popup.js";
import { t } from "./strings.js";

/** The API's own limits. */
const MOST_STROKES = 100;
const MOST_POINTS = 2000;
/** Pixels: points nearer than this to the last one add nothing but length. */
const NEAR = 1.2;
/** Pixels of line below which nobody has signed yet: a dot, a slip of the hand. */
const SHORTEST = 60;
const INK = "#10201f";
const PEN = 2.8;

/** Statuses in which a case's package may still be signed. */
const OPEN = new Set(["draft", "ready", "correction_needed"]);

/** Whether a case has a package that may be signed. */
export const canSign = (file) => Boolean(file?.package && OPEN.has(file.status));

/** What is drawn: strokes of [x, y, pressure], in CSS pixels of the canvas. */
class Pad {
  constructor(canvas, changed) {
    Object.assign(this, { canvas, changed, strokes: [], width: 0 });
    this.pen = canvas.getContext("2d");
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#up(event, true));
    // The system took the touch away, for a gesture of its own: that line was none.
    canvas.addEventListener("pointercancel", (event) => this.#up(event, false));
    this.sizes = new ResizeObserver(() => this.#fit());
    this.sizes.observe(canvas);
  }

  get length() {
    let sum = 0;
    for (const stroke of this.strokes) {
      for (let at = 1; at < stroke.length; at += 1) sum += Math.hypot(stroke[at][0] - stroke[at - 1][0], stroke[at][1] - stroke[at - 1][1]);
    }
    return sum;
  }

  get empty() {
    return this.length < SHORTEST;
  }

  get points() {
    return this.strokes.map((stroke) => stroke.map(([x, y]) => [Math.round(x * 10) / 10, Math.round(y * 10) / 10]));
  }

  undo() {
    this.strokes.pop();
    this.#redraw();
  }

  clear() {
    this.strokes = [];
    this.#redraw();
  }

  stop() {
    this.sizes.disconnect();
  }

  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    // A mouse says 0.5, a finger 0 or 1; only a pen's pressure means anything.
    return [event.clientX - box.left, event.clientY - box.top, event.pointerType === "pen" ? 0.5 + event.pressure : 1];
  }

  #down(event) {
    if (event.button !== 0 || this.tracked !== undefined || this.strokes.length >= MOST_STROKES) return;
    event.preventDefault();
    this.tracked = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([this.#point(event)]);
    this.#redraw();
  }

  #move(event) {
    if (event.pointerId !== this.tracked) return;
    const stroke = this.strokes.at(-1);
    const moves = event.getCoalescedEvents?.() ?? [];
    for (const move of moves.length ? moves : [event]) {
      const point = this.#point(move);
      const last = stroke.at(-1);
      if (stroke.length >= MOST_POINTS || Math.hypot(point[0] - last[0], point[1] - last[1]) < NEAR) continue;
      stroke.push(point);
    }
    this.#redraw();
  }

  #up(event, kept) {
    if (event.pointerId !== this.tracked) return;
    this.tracked = undefined;
    if (!kept) this.strokes.pop();
    this.#redraw();
  }

  /** The canvas follows its box, sharp on dense screens; a turned phone keeps what was drawn. */
  #fit() {
    const { width, height } = this.canvas.getBoundingClientRect();
    if (!width) return;
    const dense = window.devicePixelRatio || 1;
    if (this.width && this.width !== width) {
      const scale = width / this.width;
      this.strokes = this.strokes.map((stroke) => stroke.map(([x, y, force]) => [x * scale, y * scale, force]));
    }
    this.width = width;
    Object.assign(this.canvas, { width: Math.round(width * dense), height: Math.round(height * dense) });
    this.pen.setTransform(dense, 0, 0, dense, 0, 0);
    this.#redraw();
  }

  #redraw() {
    const { pen } = this;
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    Object.assign(pen, { strokeStyle: INK, fillStyle: INK, lineCap: "round", lineJoin: "round" });
    for (const stroke of this.strokes) draw(pen, stroke);
    this.changed();
  }
}

/** One stroke through the middles of its points: a hand's line has no corners where the screen happened to look. */
function draw(pen, stroke) {
  if (stroke.length < 2) {
    pen.beginPath();
    pen.arc(stroke[0][0], stroke[0][1], PEN / 2, 0, 2 * Math.PI);
    pen.fill();
    return;
  }
  let from = stroke[0];
  for (let at = 1; at < stroke.length; at += 1) {
    const [x, y, force] = stroke[at];
    const last = at === stroke.length - 1;
    const to = last ? [x, y] : [(x + stroke[at + 1][0]) / 2, (y + stroke[at + 1][1]) / 2];
    pen.lineWidth = PEN * force;
    pen.beginPath();
    pen.moveTo(from[0], from[1]);
    pen.quadraticCurveTo(x, y, to[0], to[1]);
    pen.stroke();
    from = to;
  }
}

/** Opens the dialog; `sign(strokes)` resolves once the package is made again with them. It closes then, and not before. */
export function openSigning(sign) {
  const [title, text, otherwise] = [nextId("sign"), nextId("sign-text"), nextId("sign-other")];
  const canvas = h("canvas", { class: "sign-pad", role: "img", "aria-label": t("sign.pad"), "aria-describedby": `${text} ${otherwise}` });
  const here = h("span", { class: "sign-here", "aria-hidden": "true", text: t("sign.here") });
  const button = (key, press, style = "small") => h("button", { type: "button", class: `button ${style}`, text: t(key), on: { click: press } });
  const words = h("span");
  const problem = h("p", { class: "field-error", role: "alert", hidden: true }, icon("error"), words);
  const working = h("p", { class: "hint", role: "status" });
  const say = (sentence) => {
    words.textContent = sentence;
    problem.hidden = !sentence;
  };
  const undo = button("sign.undo", () => pad.undo());
  const clear = button("sign.clear", () => pad.clear());
  let busy = false;
  const send = async () => {
    if (busy) return;
    if (pad.empty) {
      say(t("sign.empty"));
      return;
    }
    busy = true;
    say("");
    done.setAttribute("aria-disabled", "true");
    working.textContent = t("sign.working");
    try {
      await sign(pad.points);
      dialog.close();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.message);
    } finally {
      busy = false;
      done.removeAttribute("aria-disabled");
      working.textContent = "";
    }
  };
  const done = button("sign.done", send, "primary");
  const dialog = h("dialog", { class: "box sign-dialog", "aria-labelledby": title },
    h("h2", { id: title, text: t("sign.title") }), h("p", { class: "hint", id: text, text: t("sign.text") }),
    h("div", { class: "sign-frame" }, here, canvas),
    h("div", { class: "page-tools" }, undo, clear),
    problem, working,
    h("div", { class: "box-buttons" }, done, button("sign.cancel", () => busy || dialog.close(), "")),
    h("p", { class: "hint", id: otherwise, text: t("sign.otherwise") }));
  const pad = new Pad(canvas, () => {
    const blank = pad.strokes.length === 0;
    here.hidden = !blank;
    for (const tool of [undo, clear]) tool.setAttribute("aria-disabled", String(blank));
    if (!blank) say("");
  });
  dialog.addEventListener("close", () => pad.stop());
  // Made anew while she signs, the package must not be walked away from half done.
  dialog.addEventListener("cancel", (event) => busy && event.preventDefault());
  popup(dialog);
  return dialog;
}
