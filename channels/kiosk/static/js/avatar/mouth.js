/**
 * The mouth: fifteen visemes as six parameters, and the parameters as paths.
 *
 * jaw: -1 lips pressed together, 0 closed, 1 wide open · width: -1 narrow, 1 drawn wide · round: 0 flat, 1 pursed ·
 * teeth: how much of them shows · tongue: 0 low in the mouth, 1 up between the teeth · bite: 1 the lower lip under the upper teeth.
 */

export const REST = Object.freeze({ jaw: 0, width: 0.08, round: 0, teeth: 0, tongue: 0, bite: 0 });

/** The fifteen visemes of Oculus, each with its parameters. */
export const VISEMES = Object.freeze({
  sil: REST,
  PP: { jaw: -1, width: -0.14, round: 0, teeth: 0, tongue: 0 },
  FF: { jaw: 0.06, width: -0.14, round: 0.04, teeth: 1, tongue: 0, bite: 1 },
  TH: { jaw: 0.3, width: 0.05, round: 0, teeth: 0.55, tongue: 1 },
  DD: { jaw: 0.24, width: 0.12, round: 0, teeth: 0.62, tongue: 0.62 },
  kk: { jaw: 0.36, width: 0.02, round: 0.05, teeth: 0.3, tongue: 0.3 },
  CH: { jaw: 0.2, width: -0.2, round: 0.5, teeth: 0.95, tongue: 0.1 },
  SS: { jaw: 0.16, width: 0.5, round: 0, teeth: 1, tongue: 0 },
  nn: { jaw: 0.2, width: 0.04, round: 0, teeth: 0.5, tongue: 0.7 },
  RR: { jaw: 0.3, width: -0.15, round: 0.38, teeth: 0.45, tongue: 0.5 },
  aa: { jaw: 0.95, width: 0.1, round: 0, teeth: 0.55, tongue: 0.22 },
  E: { jaw: 0.55, width: 0.42, round: 0, teeth: 0.7, tongue: 0.38 },
  I: { jaw: 0.3, width: 0.75, round: 0, teeth: 0.85, tongue: 0.3 },
  O: { jaw: 0.62, width: -0.1, round: 0.62, teeth: 0.1, tongue: 0.12 },
  U: { jaw: 0.32, width: -0.2, round: 1, teeth: 0, tongue: 0 },
});

const PARTS = Object.keys(REST);

/** The parameters of several visemes at once, `weights` being {name: 0..1}; what is missing to 1 is the mouth at rest. */
export function mixed(weights) {
  const names = Object.keys(weights);
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  const scale = total > 1 ? 1 / total : 1;
  const rest = Math.max(0, 1 - total);
  const found = {};
  for (const part of PARTS) found[part] = names.reduce((sum, name) => sum + (VISEMES[name][part] ?? 0) * weights[name] * scale, REST[part] * rest);
  return found;
}

const n = (value) => Math.round(value * 10) / 10;

/**
 * What is drawn, in a frame whose origin is the middle of the closed mouth: {upper, lower, inside, shine, bite} paths, {teeth, below,
 * tongue} as [x, y] shifts of parts that stand inside, and `chin`, how far the chin goes down, `gap` how far the lips are apart.
 */
export function drawn({ jaw, width, round, teeth, tongue, bite = 0 }, smile = 0.6) {
  const open = Math.max(0, jaw);
  const press = Math.max(0, -jaw);
  const glad = smile * (1 - round * 0.85) * (1 - 0.6 * bite);
  const w = 37 * (1 + 0.2 * width - 0.5 * round) * (1 - 0.06 * open);
  const corner = -9 * glad * (1 - 0.45 * open) + open * 7;
  const middle = 9 * glad * (1 - press * 0.5);
  const top = middle - open * 10 - round * 4;
  const bottom = middle + open * 56 + round * 7;
  const plump = (1 + 0.22 * round) * (1 - 0.5 * press);
  const upperLip = 7.5 * plump * (1 - 0.12 * open);
  const lowerLip = 9.5 * plump * (1 - 0.18 * open) * (1 - 0.2 * bite);
  const out = 1.6 + round * 4.6;
  const bow = 3.4 * (1 - round * 0.75);
  // Closed, both edges of the opening are one line; open, the lower one is rounder.
  const belly = 0.58 + (0.16 + 0.16 * round) * Math.min(1, open * 6 + round);
  const under = `C${n(w * belly)} ${n(bottom)} ${n(-w * belly)} ${n(bottom)} ${n(-w)} ${n(corner)}`;
  const over = `C${n(w * 0.58)} ${n(top)} ${n(-w * 0.58)} ${n(top)} ${n(-w)} ${n(corner)}`;
  const inside = `M${n(-w)} ${n(corner)}C${n(-w * 0.58)} ${n(top)} ${n(w * 0.58)} ${n(top)} ${n(w)} ${n(corner)}${under}Z`;
  const topEdge = corner * 0.25 + top * 0.75;
  const bottomEdge = corner * 0.25 + bottom * 0.75;
  const gap = bottomEdge - topEdge;
  const peak = top - upperLip * 1.3;
  // Each lip from corner to corner outside, and back along the opening: nothing of the skin shows between.
  const upper = `M${n(-w - out)} ${n(corner)}C${n(-w * 0.7)} ${n(top - upperLip * 0.7)} ${n(-w * 0.34)} ${n(peak)} 0 ${n(topEdge - upperLip * 0.85 + bow)}`
    + `C${n(w * 0.34)} ${n(peak)} ${n(w * 0.7)} ${n(top - upperLip * 0.7)} ${n(w + out)} ${n(corner)}L${n(w)} ${n(corner)}${over}Z`;
  const full = bottom + lowerLip * 1.35;
  const lower = `M${n(-w - out)} ${n(corner)}C${n(-w * belly - out * 0.7)} ${n(full)} ${n(w * belly + out * 0.7)} ${n(full)} ${n(w + out)} ${n(corner)}L${n(w)} ${n(corner)}${under}Z`;
  // Light on the middle of the lower lip, and the teeth that lie on it.
  const glow = bottomEdge + lowerLip * 0.42;
  const shine = press > 0.5 || bite > 0.5 ? "" : `M${n(-w * 0.3)} ${n(glow)}C${n(-w * 0.12)} ${n(glow + lowerLip * 0.26)} ${n(w * 0.12)} ${n(glow + lowerLip * 0.26)} ${n(w * 0.3)} ${n(glow)}`
    + `C${n(w * 0.12)} ${n(glow - 1)} ${n(-w * 0.12)} ${n(glow - 1)} ${n(-w * 0.3)} ${n(glow)}Z`;
  const edge = topEdge + 5.5;
  const biting = bite < 0.3 ? "" : `M${n(-w * 0.6)} ${n(topEdge - 2)}H${n(w * 0.6)}C${n(w * 0.58)} ${n(edge - 0.5)} ${n(w * 0.4)} ${n(edge + 1.2)} 0 ${n(edge + 1.6)}`
    + `C${n(-w * 0.4)} ${n(edge + 1.2)} ${n(-w * 0.58)} ${n(edge - 0.5)} ${n(-w * 0.6)} ${n(topEdge - 2)}Z`;
  return {
    upper, lower, inside, shine, bite: biting, gap: Math.max(0, gap),
    teeth: [0, n(topEdge - 14 + teeth * Math.min(13, gap * 0.8))],
    below: [0, n(bottomEdge + 2 - Math.max(0, teeth - 0.8) * 5 * Math.min(6, gap * 0.4))],
    tongue: [0, n(bottomEdge + 9 - tongue * gap * 0.62)],
    chin: n(open * 17 + round * 2),
  };
}
