/** What is longer than its place says so, and goes on by one press: nobody has to know that a screen can be pushed. */
const NEAR_PX = 24;

/** `button` is shown while there is more below in `scroller`. */
export function moreBelow(scroller, button) {
  const look = () => { button.hidden = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX; };
  button.addEventListener("click", () => scroller.scrollBy({ top: scroller.clientHeight * 0.8 }));
  scroller.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(scroller);
  new MutationObserver(look).observe(scroller, { childList: true, subtree: true, attributes: true, attributeFilter: ["open", "hidden"] });
}
