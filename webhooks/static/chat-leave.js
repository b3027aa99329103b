// The quick exit: one press, or Escape twice, and a harmless page stands in the place of this one.

const TWICE = 1000; // milliseconds between the two

/**
 * @param button the one to press
 * @param away the address to leave for; nothing is asked of it before
 * @param forget takes away what is shown and kept
 */
export function quickExit(button, away, forget) {
  let escaped = -Infinity;

  function leave() {
    forget();
    location.replace(away); // in the place of this page: the way back does not lead here
  }

  button.addEventListener("click", leave);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.repeat || event.isComposing) return;
    if (event.timeStamp - escaped < TWICE) leave();
    escaped = event.timeStamp;
  }, { capture: true });
}
