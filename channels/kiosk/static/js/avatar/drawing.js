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

/** In the units of the drawing, so that parts which overlap have one light. */
const lit = (id, top, bottom, ...stops) => ["linearGradient", { id, gradientUnits: "userSpaceOnUse", x1: 0, y1: top, x2: 0, y2: bottom }, ...stops];

const defs = ["defs", {},
  down("jacket", stop(0, "#15797a"), stop(1, "#0a5357")),
  down("sleeve", stop(0, "#178081"), stop(1, "#0b5a5d")),
  lit("face", 180, 480, stop(0, "#fdebdc"), stop(0.55, "#fbdfca"), stop(1, "#f5caae")),
  lit("hair", 116, 500, stop(0, "#5a433b"), stop(0.3, "#41302c"), stop(1, "#2b1f1e")),
  lit("gloss", 150, 300, stop(0, "#a98270", 0), stop(0.45, "#a98270", 0.55), stop(1, "#a98270", 0)),
  lit("brow", 190, 330, stop(0, "#c98f6e", 0.5), stop(1, "#c98f6e", 0)),
  down("iris", stop(0, "#2e1a14"), stop(0.55, "#5f3a28"), stop(1, "#9a6544")),
  down("scarf", stop(0, "#ee8350"), stop(1, "#d8602e")),
  down("desk", stop(0, "#fffaf2"), stop(1, "#ecdfcb")),
  down("front", stop(0, "#0e6566"), stop(1, "#084649")),
  ["radialGradient", { id: "blush" }, stop(0, "#f28d77", 0.42), stop(1, "#f28d77", 0)],
  ["clipPath", { id: "eyeL" }, ["path", { d: EYE }]],
  ["clipPath", { id: "eyeR" }, ["path", { d: EYE, transform: "scale(-1 1)" }]],
  ["clipPath", { id: "inside" }, ["path", { part: "mouthClip" }]],
];

const eye = (side, x) => ["g", { transform: `translate(${x} 352) scale(0.98)` },
  mirrored(side, path(EYE, "#fffdfb")),
  ["g", { "clip-path": `url(@eye${side})` },
    ["g", { part: `iris${side}` },
      ["circle", { r: 18.5, fill: "#2b1812" }], ["circle", { r: 17, fill: "url(@iris)" }], ["circle", { r: 8, fill: "#1d100c" }],
      ["circle", { cx: -5.5, cy: -7.5, r: 4.8, fill: "#fff" }], ["circle", { cx: 6, cy: 7, r: 2.2, fill: "#fff", opacity: 0.6 }]],
    mirrored(side, path("M-34 -34H34V2C24 -13 10 -17 -2 -17C-16 -15 -26 -6 -34 8Z", SHADE, { opacity: 0.5, transform: "translate(0 -1)" }),
      ["g", { part: `lid${side}` }, path("M-40 -70H40V-6C26 -22 10 -27 -4 -25C-18 -23 -28 -10 -40 6Z", SKIN)])],
  mirrored(side,
    ["g", { part: `lash${side}` }, path("M-38 1C-31 -21 -8 -31 12 -26C25 -22 32 -11 32 1C25 -12 15 -19 4 -20C-10 -21 -22 -11 -29 7Z", INK)],
    line("M-15 22C-6 25 7 25 16 20", "#dfae93", 1.6, { opacity: 0.8 }),
    line("M-29 -17C-19 -30 2 -35 21 -26", "#d9a483", 1.8, { opacity: 0.55 }))];

const brow = (side, x) => at(x, 296, ["g", { part: `brow${side}` },
  mirrored(side, path("M-33 8C-26 -4 -9 -11 12 -8C21 -6 28 -2 32 4C22 0 10 -1.5 -3 -1C-16 -0.5 -26 3 -33 8Z", "#5b433b", { opacity: 0.92 }))]);

/** A hand that lies flat or is held open, the wrist at the origin, fingers to the right. */
const hand = [
  path("M-14 -25C6 -34 32 -36 56 -29C82 -25 108 -20 121 -12C130 -6 127 3 118 3C124 9 119 16 109 15C112 22 104 27 94 24C92 30 80 32 70 29C48 33 14 33 -14 25Z", SKIN),
  path("M18 -28C30 -46 50 -57 62 -53C71 -49 68 -40 58 -34C50 -29 48 -23 46 -18Z", SKIN),
  line("M118 3C106 4 92 2 80 -1M109 15C98 15 86 13 75 10M94 24C86 24 78 22 70 20", "#dfa685", 2.2),
  line("M60 -34C51 -29 47 -22 46 -16", "#dfa685", 2.2),
  path("M-14 25C14 33 48 33 70 29C80 32 92 30 94 24C70 28 30 26 -14 14Z", "#efbf9f", { opacity: 0.55 }),
];

/** The forearm, elbow at the origin, pointing right: sleeve, white cuff, hand. */
const forearm = (side, ...more) => ["g", { part: `forearm${side}` },
  at(196, 0, ["g", { part: `hand${side}` }, ...hand]),
  line("M186 0H196", "#ffffff", 58, { "stroke-linecap": "butt" }),
  path("M-42 -2C-42 -32 -22 -46 6 -44L176 -36C184 -35 188 -30 188 -22V22C188 30 184 35 176 36L6 44C-24 46 -42 30 -42 -2Z", "url(@sleeve)"),
  line("M176 -35V35", "#f0a35c", 4, { "stroke-linecap": "butt" }),
  line("M2 -20C16 -14 26 -2 30 12", "#0a5357", 3, { opacity: 0.5 }),
  ...more];

const torso = [
  path("M340 522C302 546 232 560 200 596C170 636 196 780 200 940H600C604 780 630 636 600 596C568 560 498 546 460 522Z", JACKET),
  path("M352 505C352 546 366 590 400 640C434 590 448 546 448 505Z", "#fff"),
  // neck with the shadow of the chin on it
  path("M356 440H444V516C444 548 424 566 400 566C376 566 356 548 356 516Z", "#f3c6a8"),
  path("M356 452C372 500 428 500 444 452V482C432 520 368 520 356 482Z", "#e3aa88", { opacity: 0.75 }),
  // shirt collar, scarf
  path("M355 508C345 516 337 526 331 541L371 602L400 567C378 553 363 534 355 508Z", "#fff"),
  path("M445 508C455 516 463 526 469 541L429 602L400 567C422 553 437 534 445 508Z", "#fff"),
  path("M355 508C363 534 378 553 400 567L395 573C372 560 355 540 349 514Z", "#dbe6e3", { opacity: 0.8 }),
  path("M445 508C437 534 422 553 400 567L405 573C428 560 445 540 451 514Z", "#dbe6e3", { opacity: 0.8 }),
  line("M331 541L371 602L400 567L429 602L469 541", "#d5e3df", 2.5),
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
];

const head = group("head",
  group("hairBack",
    path("M400 116C292 116 248 194 250 306C251 372 238 420 250 462C258 490 286 506 318 500C338 496 350 482 356 462H444C450 482 462 496 482 500C514 506 542 490 550 462C562 420 549 372 550 306C552 194 508 116 400 116Z", "url(@hair)")),
  group("skull",
    ["ellipse", { cx: 284, cy: 362, rx: 17, ry: 29, fill: SHADE }], ["ellipse", { cx: 516, cy: 362, rx: 17, ry: 29, fill: SHADE }],
    group("chin", path("M292 372C297 426 338 482 400 482C462 482 503 426 508 372L480 330H320Z", "url(@face)")),
    path("M284 316C282 220 330 176 400 176C470 176 518 220 516 316C516 378 498 432 400 450C302 432 284 378 284 316Z", "url(@face)"),
    path("M290 372C292 402 302 428 330 446H470C498 428 508 402 510 372L500 340H300Z", "url(@face)"),
    // the hair's shadow on forehead and cheeks
    path("M452 184C440 250 376 290 306 304C296 322 292 344 292 376C288 336 286 300 296 262C330 236 420 200 452 184Z", "url(@brow)"),
    path("M292 318C288 372 294 410 312 436C303 404 299 362 292 318ZM508 318C512 372 506 410 488 436C497 404 501 362 508 318Z", "#dfa583", { opacity: 0.45 })),
  group("features",
    ["ellipse", { cx: 322, cy: 404, rx: 34, ry: 22, fill: "url(@blush)" }], ["ellipse", { cx: 478, cy: 404, rx: 36, ry: 24, fill: "url(@blush)" }],
    eye("L", 346), eye("R", 454), brow("L", 344), brow("R", 456),
    path("M398 372C394 386 388 395 391 401C396 406 405 406 410 402C402 400 399 388 398 372Z", "#eab898", { opacity: 0.55 }),
    line("M391 400C394 404.5 399 405 403 403.5C406 405 409.5 404 411 400.5", "#cf8f6f", 2.4),
    path("M404 356C407 372 409 384 408 393C405 386 403 372 404 356Z", "#fff6ee", { opacity: 0.75 }),
    at(400, 436, ["g", { part: "mouth" },
      path("", "#7b2a30", { part: "inside" }),
      ["g", { "clip-path": "url(@inside)" },
        ["g", { part: "tongue" }, ["ellipse", { rx: 24, ry: 15, fill: "#e58180" }], line("M0 -10V6", "#cf6a6c", 2)],
        ["g", { part: "below" }, ["rect", { x: -26, y: 0, width: 52, height: 14, rx: 6, fill: "#f6efe9" }]],
        ["g", { part: "teeth" }, path("M-54 -14H54V6C30 13 -30 13 -54 6Z", "#fffdfa")]],
      path("", "#dd7f72", { part: "lower" }), path("", "#f6b0a2", { part: "shine", opacity: 0.55 }), path("", "#fffdfa", { part: "bite" }),
      path("", "#cd675d", { part: "upper" })])),
  group("fringe",
    path("M452 176C440 240 376 276 314 288C300 306 290 330 291 366C290 392 284 412 274 428C262 396 252 344 254 296C258 188 314 120 404 120C492 120 546 182 547 290C549 344 540 396 528 428C517 410 511 392 510 366C509 330 504 300 490 268C476 240 460 212 452 176Z", "url(@hair)"),
    // light lies across the crown in a band, broken by strands
    path("M274 248C290 196 340 158 420 150C400 182 352 210 286 236C280 240 276 244 274 248Z", "url(@gloss)"),
    path("M462 158C500 176 524 214 530 262C516 226 494 196 462 158Z", "url(@gloss)"),
    line("M438 170C414 222 358 254 302 272M428 150C384 164 330 194 296 234M412 138C360 150 312 184 284 226M446 178C430 232 384 264 330 282", "#2a1c1b", 2, { opacity: 0.32 }),
    line("M466 172C490 206 506 244 512 292M478 160C508 186 526 226 532 276", "#2a1c1b", 2, { opacity: 0.3 }),
    line("M268 306C262 346 264 388 272 420M280 318C276 350 277 380 281 404M532 300C537 342 535 388 529 420M520 316C524 348 523 378 520 402", "#211716", 2.2, { opacity: 0.34 }),
    line("M262 430C258 452 266 476 284 488M538 430C542 452 534 476 516 488", "#6d5148", 3, { opacity: 0.4 })),
);

const counter = group("counter",
  path("M-2000 880H2800V1000H-2000Z", "url(@front)"),
  ["rect", { x: -2010, y: 858, width: 4820, height: 30, rx: 8, fill: "url(@desk)" }],
  line("M-2000 890H2800", "#06393c", 4, { opacity: 0.35 }),
  ["ellipse", { cx: 400, cy: 864, rx: 280, ry: 7, fill: "#a98f6d", opacity: 0.4 }],
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
    ["g", { part: "torso" }, ...torso,
    path("M214 588C176 604 160 650 150 716L132 800C126 840 150 862 182 858C214 854 228 836 234 806L254 660C258 620 240 590 214 588Z", "url(@sleeve)"),
    path("M586 588C624 604 640 650 650 716L668 800C674 840 650 862 618 858C586 854 572 836 566 806L546 660C542 620 560 590 586 588Z", "url(@sleeve)"),
    line("M250 664C244 716 236 770 230 812M550 664C556 716 564 770 570 812", "#0a5357", 3, { opacity: 0.45 })],
    head),
  counter,
  plant,
  group("hands",
    ["g", { transform: "translate(180 816)" }, forearm("L")],
    ["g", { transform: "translate(620 816) scale(-1 1)" }, forearm("R")]),
];
