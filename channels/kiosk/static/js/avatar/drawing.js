/**
 * The figure as it is drawn: a clerk of the hall behind her counter, 800 × 1000 units. Each entry is [tag, attributes,
 * ...children]; `part` names what figure.js moves, `@id` in an address is made the instance's own.
 */

const SKIN = "#fbdcc5";
const SHADE = "#f0bf9f";
const INK = "#3a2a2a";
const JACKET = "url(@jacket)";

const stop = (at, colour, opacity = 1) => ["stop", { offset: at, "stop-color": colour, "stop-opacity": opacity }];
const down = (id, ...stops) => ["linearGradient", { id, x1: 0, y1: 0, x2: 0, y2: 1 }, ...stops];
const path = (d, fill, more = {}) => ["path", { d, fill, ...more }];
const line = (d, stroke, width, more = {}) => ["path", { d, fill: "none", stroke, "stroke-width": width, "stroke-linecap": "round", "stroke-linejoin": "round", ...more }];
const group = (part, ...children) => ["g", { part }, ...children];
const at = (x, y, ...children) => ["g", { transform: `translate(${x} ${y})` }, ...children];
const mirrored = (side, ...children) => (side === "L" ? ["g", {}, ...children] : ["g", { transform: "scale(-1 1)" }, ...children]);

const EYE = "M-30 7C-25 -15 -6 -25 10 -21C22 -18 28 -7 29 4C24 16 10 21 -4 20C-16 19 -25 14 -30 7Z";

const defs = ["defs", {},
  down("jacket", stop(0, "#15797a"), stop(1, "#0a5357")),
  down("sleeve", stop(0, "#178081"), stop(1, "#0b5a5d")),
  down("face", stop(0, "#fee7d5"), stop(1, "#f9d3b8")),
  down("hair", stop(0, "#4b3733"), stop(0.55, "#332423"), stop(1, "#2a1d1d")),
  down("iris", stop(0, "#2e1a14"), stop(0.55, "#5f3a28"), stop(1, "#9a6544")),
  down("scarf", stop(0, "#ee8350"), stop(1, "#d8602e")),
  down("desk", stop(0, "#fffaf2"), stop(1, "#ecdfcb")),
  down("front", stop(0, "#0e6566"), stop(1, "#084649")),
  ["radialGradient", { id: "blush" }, stop(0, "#f28d77", 0.55), stop(1, "#f28d77", 0)],
  ["clipPath", { id: "eyeL" }, ["path", { d: EYE }]],
  ["clipPath", { id: "eyeR" }, ["path", { d: EYE, transform: "scale(-1 1)" }]],
  ["clipPath", { id: "inside" }, ["path", { part: "mouthClip" }]],
];

const eye = (side, x) => ["g", { transform: `translate(${x} 351) scale(1.08)` },
  mirrored(side, path(EYE, "#fffdfb")),
  ["g", { "clip-path": `url(@eye${side})` },
    ["g", { part: `iris${side}` },
      ["circle", { r: 19.5, fill: "#2e1a14" }], ["circle", { r: 18, fill: "url(@iris)" }], ["circle", { r: 9, fill: "#1d100c" }],
      ["circle", { cx: -6, cy: -8, r: 5.6, fill: "#fff" }], ["circle", { cx: 7, cy: 7, r: 2.6, fill: "#fff", opacity: 0.75 }]],
    mirrored(side, path("M-34 -34H34V2C24 -13 10 -17 -2 -17C-16 -15 -26 -6 -34 8Z", SHADE, { opacity: 0.5, transform: "translate(0 -1)" }),
      ["g", { part: `lid${side}` }, path("M-40 -70H40V-6C26 -22 10 -27 -4 -25C-18 -23 -28 -10 -40 6Z", SKIN)])],
  mirrored(side,
    ["g", { part: `lash${side}` }, path("M-38 1C-31 -21 -8 -31 12 -26C25 -22 32 -11 32 1C25 -12 15 -19 4 -20C-10 -21 -22 -11 -29 7Z", INK)],
    line("M-16 22C-6 25 8 25 18 19", "#d9a184", 2),
    line("M-30 -20C-20 -34 2 -40 20 -32", "#e6b698", 2))];

const brow = (side, x) => at(x, 296, ["g", { part: `brow${side}` },
  mirrored(side, path("M-34 10C-27 -5 -8 -13 13 -9C22 -7 28 -2 31 4C21 -2 10 -4 -3 -3.5C-17 -3 -27 3 -34 10Z", "#5d443d"))]);

/** A hand that lies flat or is held open, the wrist at the origin, fingers to the right. */
const hand = [
  path("M-14 -25C6 -34 32 -36 56 -29C82 -25 108 -20 121 -12C130 -6 127 3 118 3C124 9 119 16 109 15C112 22 104 27 94 24C92 30 80 32 70 29C48 33 14 33 -14 25Z", SKIN),
  path("M18 -28C30 -46 50 -57 62 -53C71 -49 68 -40 58 -34C50 -29 48 -23 46 -18Z", SKIN),
  line("M118 3C106 4 92 2 80 -1M109 15C98 15 86 13 75 10M94 24C86 24 78 22 70 20", "#dfa685", 2.2),
  line("M60 -34C51 -29 47 -22 46 -16", "#dfa685", 2.2),
];

/** The forearm, elbow at the origin, pointing right: sleeve, white cuff, hand. */
const forearm = (side, ...more) => ["g", { part: `forearm${side}` },
  at(196, 0, ["g", { part: `hand${side}` }, ...hand]),
  line("M186 0H196", "#ffffff", 58, { "stroke-linecap": "butt" }),
  path("M-42 -2C-42 -32 -22 -46 6 -44L176 -36C184 -35 188 -30 188 -22V22C188 30 184 35 176 36L6 44C-24 46 -42 30 -42 -2Z", "url(@sleeve)"),
  line("M176 -35V35", "#f0a35c", 4, { "stroke-linecap": "butt" }),
  line("M2 -20C16 -14 26 -2 30 12", "#0a5357", 3, { opacity: 0.5 }),
  ...more];

const torso = group("torso",
  path("M336 520C300 546 232 560 200 596C170 636 196 780 200 940H600C604 780 630 636 600 596C568 560 500 546 464 520Z", JACKET),
  path("M352 505C352 546 366 590 400 640C434 590 448 546 448 505Z", "#fff"),
  // neck with the shadow of the chin on it
  path("M356 440H444V516C444 548 424 566 400 566C376 566 356 548 356 516Z", "#f3c6a8"),
  path("M356 452C372 500 428 500 444 452V482C432 520 368 520 356 482Z", "#e3aa88", { opacity: 0.75 }),
  // shirt collar, scarf
  path("M352 500C340 512 333 524 330 540L372 604L400 566C376 552 360 530 352 500Z", "#fff"),
  path("M448 500C460 512 467 524 470 540L428 604L400 566C424 552 440 530 448 500Z", "#fff"),
  line("M330 540L372 604L400 566L428 604L470 540", "#d5e3df", 2.5),
  path("M400 560L376 598L392 618L372 700C384 722 394 730 400 734C406 730 416 722 428 700L408 618L424 598Z", "url(@scarf)"),
  path("M379 570C390 562 410 562 421 570L427 596C416 612 384 612 373 596Z", "#f19160"),
  line("M388 640L384 694M412 640L416 694", "#f6a67d", 3, { opacity: 0.8 }),
  // lapels and closing of the jacket
  path("M336 520C318 534 306 546 302 560L320 626L300 640L384 800L400 828V734C372 700 346 636 336 520Z", "#0f6c6d"),
  path("M464 520C482 534 494 546 498 560L480 626L500 640L416 800L400 828V734C428 700 454 636 464 520Z", "#0f6c6d"),
  line("M336 520C346 636 372 700 400 734C428 700 454 636 464 520", "#f0a35c", 3),
  line("M302 560L320 626L300 640L384 800M498 560L480 626L500 640L416 800", "#0a5357", 2.5, { opacity: 0.7 }),
  line("M400 828V900", "#08464a", 3),
  ["circle", { cx: 400, cy: 852, r: 7, fill: "#f0a35c" }],
  // name plate and the tick of the hall
  ["rect", { x: 478, y: 700, width: 66, height: 32, rx: 6, fill: "#fff" }],
  ["rect", { x: 478, y: 700, width: 66, height: 32, rx: 6, fill: "none", stroke: "#f0a35c", "stroke-width": 3 }],
  ["text", { x: 511, y: 723, "text-anchor": "middle", "font-size": 20, "font-weight": 700, fill: "#0b5d5e", "font-family": "var(--sans, sans-serif)" }, "办到"],
  ["circle", { cx: 292, cy: 702, r: 19, fill: "#fff" }], ["circle", { cx: 292, cy: 702, r: 19, fill: "none", stroke: "#f0a35c", "stroke-width": 3 }],
  line("M283 702L290 710L303 694", "#d8602e", 5),
);

const head = group("head",
  group("hairBack",
    path("M400 116C292 116 248 194 250 306C251 372 238 420 250 462C258 490 286 506 318 500C338 496 350 482 356 462H444C450 482 462 496 482 500C514 506 542 490 550 462C562 420 549 372 550 306C552 194 508 116 400 116Z", "url(@hair)")),
  group("skull",
    ["ellipse", { cx: 284, cy: 362, rx: 17, ry: 29, fill: SHADE }], ["ellipse", { cx: 516, cy: 362, rx: 17, ry: 29, fill: SHADE }],
    group("chin", path("M292 372C296 428 334 482 400 482C466 482 504 428 508 372L480 330H320Z", "#f9d3b8")),
    path("M284 316C282 220 330 176 400 176C470 176 518 220 516 316C516 378 498 432 400 450C302 432 284 378 284 316Z", "url(@face)"),
    path("M290 372C292 402 302 428 330 446H470C498 428 508 402 510 372Z", "#f9d3b8")),
  group("features",
    ["ellipse", { cx: 322, cy: 404, rx: 36, ry: 24, fill: "url(@blush)" }], ["ellipse", { cx: 478, cy: 404, rx: 36, ry: 24, fill: "url(@blush)" }],
    eye("L", 346), eye("R", 454), brow("L", 344), brow("R", 456),
    line("M402 372C396 386 390 396 394 401C398 405 406 404 410 400", "#dc9f7f", 3),
    at(400, 436, ["g", { part: "mouth" },
      path("", "#7b2a30", { part: "inside" }),
      ["g", { "clip-path": "url(@inside)" },
        ["g", { part: "tongue" }, ["ellipse", { rx: 24, ry: 15, fill: "#e58180" }], line("M0 -10V6", "#cf6a6c", 2)],
        ["g", { part: "below" }, ["rect", { x: -26, y: 0, width: 52, height: 14, rx: 6, fill: "#f6efe9" }]],
        ["g", { part: "teeth" }, ["rect", { x: -38, y: -10, width: 76, height: 22, rx: 8, fill: "#fffdfa" }]]],
      path("", "#df7d6e", { part: "lower" }), path("", "#d0665b", { part: "upper" })])),
  group("fringe",
    path("M452 176C440 240 376 276 314 288C300 306 290 330 291 366C290 392 284 412 274 428C262 396 252 344 254 296C258 188 314 120 404 120C492 120 546 182 547 290C549 344 540 396 528 428C517 410 511 392 510 366C509 330 504 300 490 268C476 240 460 212 452 176Z", "url(@hair)"),
    path("M300 214C336 176 384 160 428 158C392 190 346 214 290 240C292 230 295 222 300 214Z", "#8a675b", { opacity: 0.38 }),
    line("M436 168C412 220 356 252 300 268M424 142C380 158 332 186 300 226", "#241818", 2.5, { opacity: 0.35 }),
    path("M466 170C496 196 514 232 520 280C508 246 488 212 466 170Z", "#8a675b", { opacity: 0.35 }),
    line("M272 300C266 340 268 384 274 416M530 300C534 340 532 384 528 416", "#241818", 2.5, { opacity: 0.35 })),
);

const counter = group("counter",
  path("M-2000 880H2800V1000H-2000Z", "url(@front)"),
  ["rect", { x: -2010, y: 858, width: 4820, height: 30, rx: 8, fill: "url(@desk)" }],
  line("M-2000 890H2800", "#06393c", 4, { opacity: 0.35 }),
  ["circle", { cx: 290, cy: 944, r: 24, fill: "#fffaf2" }], line("M279 944L287 953L303 934", "#d8602e", 6),
  ["text", { x: 328, y: 959, "font-size": 42, "font-weight": 700, "letter-spacing": 8, fill: "#fffaf2", "font-family": "var(--sans, sans-serif)" }, "综合窗口"]);

/** What stands on the counter: a little plant. */
const plant = ["g", { transform: "translate(64 858) scale(0.92)" },
  path("M-4 -40C-10 -90 -52 -104 -66 -96C-64 -66 -36 -48 -4 -40Z", "#4fa07a"), path("M2 -42C0 -108 34 -142 54 -140C62 -104 36 -64 2 -42Z", "#3b8a68"),
  path("M0 -40C-22 -86 -18 -140 -2 -158C18 -138 18 -86 4 -40Z", "#67b58c"), path("M4 -38C30 -70 62 -74 76 -62C66 -42 34 -32 4 -38Z", "#58aa83"),
  line("M0 -44C0 -84 -2 -116 -2 -136M0 -44C18 -80 34 -104 44 -118M-4 -44C-24 -64 -42 -80 -54 -86", "#2f7557", 2, { opacity: 0.5 }),
  path("M-36 -44H36L27 2H-27Z", "#f4e3cc"), path("M-40 -50H40V-38H-40Z", "#fff3e2"), path("M-33 -30L-27 2H27L33 -30Z", "#e5cfb2", { opacity: 0.5 })];

export const DRAWING = [
  defs,
  group("body",
    torso,
    group("armL", path("M214 588C176 604 160 650 150 716L132 800C126 840 150 862 182 858C214 854 228 836 234 806L254 660C258 620 240 590 214 588Z", "url(@sleeve)")),
    group("armR", path("M586 588C624 604 640 650 650 716L668 800C674 840 650 862 618 858C586 854 572 836 566 806L546 660C542 620 560 590 586 588Z", "url(@sleeve)")),
    head),
  counter,
  plant,
  group("hands",
    ["g", { transform: "translate(180 816)" }, forearm("L")],
    ["g", { transform: "translate(620 816) scale(-1 1)" }, forearm("R")]),
];
