/** A signature as lists of points, as the API takes it: enough for the line, no more than it accepts. */
const MOST_POINTS = 4000;
const NEAR = 1.5;

class Strokes {
  constructor() {
    /** @type {number[][][]} */
    this.lines = [];
    this.points = 0;
  }

  get empty() {
    return this.lines.every((line) => line.length < 2);
  }

  clear() {
    this.lines = [];
    this.points = 0;
  }

  /** @param {{ x: number, y: number }} touch */
  begin({ x, y }) {
    if (this.points >= MOST_POINTS) return;
    this.lines.push([[x, y]]);
    this.points += 1;
  }

  /** Points on one spot say nothing. @param {{ x: number, y: number }} touch */
  go({ x, y }) {
    const line = this.lines[this.lines.length - 1];
    if (!line || this.points >= MOST_POINTS) return;
    const [lastX, lastY] = line[line.length - 1];
    if (Math.hypot(x - lastX, y - lastY) < NEAR) return;
    line.push([x, y]);
    this.points += 1;
  }
}

module.exports = { Strokes };
