/** The glass somebody touches: nothing on it leads out of the kiosk, and her eyes follow the finger. */
const LOOKS_MS = 1_400;

/** `place` is where the figure stands; `refused()` says why a link was not opened. */
export function wireGlass({ figure, place, refused }) {
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a")) return;
    event.preventDefault();
    refused();
  });
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("pointerdown", (event) => {
    const box = place.getBoundingClientRect();
    figure.look((event.clientX - box.x - box.width / 2) / window.innerWidth * 2, (event.clientY - box.y - box.height * 0.35) / window.innerHeight * 2);
    setTimeout(() => figure.look(0, 0), LOOKS_MS);
  });
}
