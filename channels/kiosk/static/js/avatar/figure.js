/**
 * The figure behind one small interface: `viseme(name, weight)`, `state(name)`, `look(x, y)`. Another figure (a VRM model,
 * say) that has these three may take its place: nothing else of the page knows how she is made.
 */
import { DRAWING } from "./drawing.js";
import { drawn, mixed, REST, VISEMES } from "./mouth.js";
import { BOW_MS, pose, POSES } from "./poses.js";

const SVG = "http://www.w3.org/2000/svg";
const MOUTH_MS = 38;
const BODY_MS = 170;
/** Steps nobody sees: what stays within one is not painted anew, and breathing alone would paint all of her sixty times a second. */
const STEP = 0.3;
const DEGREES = 0.12;
/** How much later than told the mouth is there: who schedules visemes tells them this much earlier. */
export const MOUTH_LAG_MS = MOUTH_MS;

let made = 0;

function build([tag, attributes, ...children], parts, own) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "part") parts[value] = element;
    else if (name === "id") element.setAttribute("id", own + value);
    else element.setAttribute(name, typeof value === "string" ? value.replace("url(@", `url(#${own}`) : value);
  }
  for (const child of children) element.append(Array.isArray(child) ? build(child, parts, own) : child);
  return element;
}

const stepped = (value, step) => (Math.round(value / step) * step).toFixed(2);
const turn = (degrees, x, y) => `rotate(${stepped(degrees, DEGREES)} ${x} ${y})`;
const move = (x, y) => `translate(${stepped(x, STEP)} ${stepped(y, STEP)})`;

export class Figure {
  /** Draws herself into `root`. `still`: nothing moves by itself, as who prefers reduced motion wants it; the mouth does. */
  constructor(root, { still = window.matchMedia("(prefers-reduced-motion: reduce)").matches, now = () => performance.now() } = {}) {
    made += 1;
    this.parts = {};
    this.svg = build(["svg", { viewBox: "0 0 800 1000", preserveAspectRatio: "xMidYMax meet", class: "figure", "aria-hidden": "true", focusable: "false" }, ...DRAWING], this.parts, `figure${made}-`);
    root.append(this.svg);
    Object.assign(this, { still, now, weights: {}, lips: { ...REST }, pace: {}, gaze: [0, 0], name: "idle", since: now(), last: now(), written: new Map() });
    this.body = pose("idle");
    this.blinkAt = this.last + 1800;
    this.frame(this.last);
  }

  /** The mouth takes this shape by this much (0 takes it back); several at once are mixed. Unknown names are the mouth at rest. */
  viseme(name, weight = 1) {
    if (weight > 0 && name in VISEMES) this.weights[name] = Math.min(1, weight);
    else delete this.weights[name];
  }

  /** Closes the mouth: nothing is said any more. */
  hush() {
    this.weights = {};
  }

  /** idle, listening, thinking, speaking, pointing, pointing_down or bow; an unknown one is idle. A bow ends by itself in idle. */
  state(name) {
    const known = name in POSES ? name : "idle";
    if (known === this.name && known !== "bow") return;
    Object.assign(this, { name: known, since: this.now() });
  }

  /** Where she looks, from -1 (her right, our left; up) to 1. */
  look(x, y) {
    this.gaze = [Math.max(-1, Math.min(1, x)), Math.max(-1, Math.min(1, y))];
  }

  start() {
    if (this.request) return;
    const tick = (at) => {
      this.request = requestAnimationFrame(tick);
      this.frame(at);
    };
    this.request = requestAnimationFrame(tick);
  }

  stop() {
    cancelAnimationFrame(this.request);
    this.request = null;
  }

  /** One picture, `at` in milliseconds of the clock given. With `settled` everything is at once where it wants to be. */
  frame(at, settled = false) {
    const passed = settled ? Infinity : Math.max(0, Math.min(100, at - this.last));
    this.last = at;
    if (this.name === "bow" && at - this.since > BOW_MS) this.state("idle");
    const near = (ms) => (passed === Infinity ? 1 : 1 - Math.exp(-passed / ms));
    const wanted = mixed(this.weights);
    for (const part of Object.keys(wanted)) this.#lips(part, wanted[part], passed);
    const still = this.still || settled;
    const aim = pose(this.name, at, at - this.since, still);
    for (const joint of Object.keys(aim)) this.body[joint] += (aim[joint] - this.body[joint]) * (this.still ? 1 : near(BODY_MS));
    this.#mouth();
    this.#face(this.#blink(at, still));
    this.#stand(at, still);
  }

  #set(part, attribute, value) {
    const key = part + attribute;
    if (this.written.get(key) === value) return;
    this.written.set(key, value);
    this.parts[part].setAttribute(attribute, value);
  }

  /** A spring that does not swing: lips set out softly and arrive softly, as late on average as MOUTH_MS. Exact for any time between pictures. */
  #lips(part, wanted, passed) {
    if (passed === Infinity) {
      this.lips[part] = wanted;
      this.pace[part] = 0;
      return;
    }
    const stiff = 2 / MOUTH_MS;
    const off = this.lips[part] - wanted;
    const push = (this.pace[part] ?? 0) + stiff * off;
    const left = Math.exp(-stiff * passed);
    this.lips[part] = wanted + (off + push * passed) * left;
    this.pace[part] = (push - stiff * (off + push * passed)) * left;
  }

  #mouth() {
    const shape = drawn(this.lips, this.body.smile);
    this.#set("inside", "d", shape.inside);
    this.#set("mouthClip", "d", shape.inside);
    this.#set("upper", "d", shape.upper);
    this.#set("lower", "d", shape.lower);
    this.#set("shine", "d", shape.shine);
    this.#set("bite", "d", shape.bite);
    for (const part of ["teeth", "below", "tongue"]) this.#set(part, "transform", `translate(${shape[part].join(" ")})`);
    this.#set("chin", "transform", `translate(0 ${shape.chin})`);
  }

  /** How far the eyes are closed, 0 to 1. */
  #blink(at, still) {
    if (still) return this.body.lids;
    if (at > this.blinkAt + 190) this.blinkAt = at + 2200 + Math.random() * 3400;
    const into = (at - this.blinkAt) / 190;
    const shut = into > 0 && into < 1 ? Math.sin(into * Math.PI) : 0;
    return Math.max(this.body.lids, shut);
  }

  #face(lids) {
    const { body, gaze } = this;
    const x = Math.max(-1, Math.min(1, gaze[0] + body.eyeX));
    const y = Math.max(-1, Math.min(1, gaze[1] + body.eyeY));
    for (const side of ["L", "R"]) {
      this.#set(`iris${side}`, "transform", move(x * 8, 1 + y * 6));
      this.#set(`lid${side}`, "transform", move(0, lids * 44 + Math.max(0, y) * 3));
      this.#set(`lash${side}`, "transform", `translate(0 ${(lids * 12).toFixed(2)}) scale(1 ${(1 - lids * 1.55).toFixed(3)})`);
    }
    this.#set("browL", "transform", `${move(0, -body.brows * 9)} ${turn(-body.askew * 7, 0, 0)}`);
    this.#set("browR", "transform", `${move(0, -body.brows * 9 - body.askew * 6)} ${turn(-body.askew * 3, 0, 0)}`);
    // What is nearer to us moves more: the head seems to turn.
    const aside = body.turn + gaze[0] * 0.35;
    const nod = body.nod + gaze[1] * 0.15;
    this.#set("features", "transform", move(aside * 13, nod * 14));
    this.#set("fringe", "transform", move(aside * 5, nod * 9));
    this.#set("hairBack", "transform", move(-aside * 4, -nod * 4));
  }

  #stand(at, still) {
    const { body } = this;
    const breath = still ? 0 : Math.sin(at / 1000 * 2 * Math.PI / 4.2);
    const sway = still ? 0 : Math.sin(at / 3700) * 0.5 + Math.sin(at / 5300) * 0.4;
    this.#set("body", "transform", move(0, breath * -1.6 + body.low * 40));
    this.#set("torso", "transform", `translate(0 940) scale(1 ${(Math.round((1 + breath * 0.003 - body.low * 0.05) * 2000) / 2000).toFixed(4)}) translate(0 -940)`);
    this.#set("head", "transform", `${move(0, body.low * 74)} ${turn(body.tilt + sway * 0.8, 400, 500)}`);
    this.#set("forearmL", "transform", `rotate(${stepped(2 + body.left, DEGREES)})`);
    this.#set("forearmR", "transform", `rotate(${stepped(4 + body.right, DEGREES)})`);
    // The hand turns over as it is raised: its palm is towards us when she points.
    this.#set("handR", "transform", `scale(1 ${(1 - 2 * body.flip).toFixed(3)})`);
  }
}
