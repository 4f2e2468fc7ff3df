/** Every viseme and every state beside each other, to be looked at; the last one moves. */
import { Figure } from "./avatar/figure.js";
import { VISEMES } from "./avatar/mouth.js";
import { POSES } from "./avatar/poses.js";

const grid = document.getElementById("grid");

function cell(name, kind) {
  const box = document.createElement("figure");
  box.className = `cell ${kind}`;
  box.dataset.name = name;
  const words = document.createElement("figcaption");
  words.textContent = name;
  grid.append(box);
  const figure = new Figure(box, { still: kind !== "live" });
  box.append(words);
  return figure;
}

for (const name of Object.keys(VISEMES)) {
  const figure = cell(name, "viseme");
  figure.viseme(name, 1);
  figure.frame(performance.now(), true);
}
for (const name of Object.keys(POSES)) {
  const figure = cell(name, "state");
  figure.state(name);
  figure.frame(performance.now(), true);
}

const live = cell("·", "live");
const names = Object.keys(VISEMES);
live.state("speaking");
live.start();
let at = 0;
setInterval(() => {
  live.hush();
  live.viseme(names[at % names.length], 1);
  at += 1;
}, 140);
/** For measuring: the times between pictures while she speaks. */
window.frames60 = (ms) => new Promise((resolve) => {
  const found = [];
  let last = null;
  const begun = performance.now();
  const tick = (now) => {
    if (last !== null) found.push(now - last);
    last = now;
    if (now - begun < ms) requestAnimationFrame(tick);
    else resolve(found);
  };
  requestAnimationFrame(tick);
});
