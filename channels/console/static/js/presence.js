/** Tells the server that somebody is there while keys or the mouse are used: a session nobody uses ends. */
const EVERY_MS = 60_000;

let told = 0;

/** `tell` makes the request; a failure is for the next real action to find. */
export function wirePresence(tell) {
  const seen = () => {
    if (Date.now() - told < EVERY_MS) return;
    told = Date.now();
    tell().catch(() => {});
  };
  for (const kind of ["pointerdown", "keydown", "wheel"]) addEventListener(kind, seen, { passive: true });
}
