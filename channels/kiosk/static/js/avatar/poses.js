/**
 * How she stands in each state, as numbers figure.js moves towards. turn, nod, eyeX, eyeY: -1..1; tilt, left, right: degrees;
 * brows, askew, smile, lids, low, flip: 0..1.
 */

const BASE = { turn: 0, nod: 0, tilt: 0, eyeX: 0, eyeY: 0, brows: 0, askew: 0, smile: 0.9, lids: 0.07, low: 0, left: 0, right: 0, flip: 0 };

export const POSES = Object.freeze({
  idle: {},
  listening: { tilt: 3.2, turn: 0.1, brows: 0.55, nod: 0.12, smile: 0.75 },
  thinking: { tilt: -3, turn: -0.4, eyeX: -0.75, eyeY: -0.75, brows: 0.3, askew: 1, smile: 0.35, nod: -0.15 },
  speaking: { brows: 0.15, smile: 0.7 },
  pointing: { turn: 0.5, eyeX: 0.6, eyeY: 0.12, tilt: 2.2, brows: 0.35, right: -126, flip: 1 },
  pointing_down: { turn: 0.12, eyeX: 0.15, eyeY: 0.8, nod: 0.4, brows: 0.3, right: -192, flip: 1 },
  bow: { nod: 1, low: 1, lids: 1, smile: 0.7 },
});

export const BOW_MS = 1900;

/** The pose of a state, `into` milliseconds after it began; `still` without what moves by itself. */
export function pose(name, at = 0, into = 0, still = true) {
  const found = { ...BASE, ...POSES[name] };
  if (still) return found;
  if (name === "bow" && into > BOW_MS * 0.62) return { ...BASE };
  if (name === "idle") {
    // Now and then she looks about, as one who waits does.
    const wander = Math.sin(at / 2900) * Math.sin(at / 1700);
    found.eyeX = wander > 0.55 ? 0.35 : wander < -0.6 ? -0.3 : 0;
    found.turn = found.eyeX * 0.5;
  } else if (name === "listening") {
    found.nod += Math.max(0, Math.sin(at / 1300)) ** 6 * 0.5;
  } else if (name === "speaking") {
    found.nod += Math.sin(at / 430) * 0.1 + Math.sin(at / 710) * 0.08;
    found.turn += Math.sin(at / 1900) * 0.12;
    found.tilt += Math.sin(at / 1500) * 1.1;
    found.brows += Math.max(0, Math.sin(at / 900)) ** 3 * 0.35;
  } else if (name === "thinking") {
    found.tilt += Math.sin(at / 1100) * 0.6;
  }
  return found;
}
