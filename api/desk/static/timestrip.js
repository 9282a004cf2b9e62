// @ts-check
/**
 * A strip of time to drag stretches on: any element with `data-timestrip` and `data-seconds`.
 *
 * A drag writes its two ends into the fields `first` and `last` of the form that `data-form` names. What
 * stands in the strip with `data-first` and `data-last` is laid out by time; where it names a form of its
 * own, dragging one of its ends changes that one. Whatever else lies in the strip stays as it is.
 */

const LEAST_SECONDS = 0.1;
const END_PX = 10;

/** @typedef {{form: string, fixed: number, mark: HTMLElement, from: number}} Drag */

for (const strip of document.querySelectorAll("[data-timestrip]")) {
  attach(/** @type {HTMLElement} */ (strip));
}

/** @param {HTMLElement} strip */
export function attach(strip) {
  const seconds = Number(strip.dataset.seconds) || 0;
  if (seconds <= 0) return;
  strip.hidden = false;
  for (const one of stretches(strip)) {
    place(one, Number(one.dataset.first), Number(one.dataset.last), seconds);
  }
  /** @type {Drag | null} */
  let drag = null;
  strip.addEventListener("pointerdown", (event) => {
    drag = begin(strip, event, seconds);
    if (!drag) return;
    strip.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  strip.addEventListener("pointermove", (event) => {
    if (drag) follow(drag, at(strip, event, seconds), seconds);
  });
  strip.addEventListener("pointerup", (event) => {
    if (drag) finish(drag, at(strip, event, seconds));
    drag = null;
  });
  strip.addEventListener("pointercancel", () => {
    drag = null;
  });
}

/**
 * @param {HTMLElement} strip
 * @returns {HTMLElement[]}
 */
function stretches(strip) {
  return [...strip.querySelectorAll("[data-first]")].map((one) => /** @type {HTMLElement} */ (one));
}

/**
 * @param {HTMLElement} strip
 * @param {PointerEvent} event
 * @param {number} seconds
 * @returns {number}
 */
function at(strip, event, seconds) {
  const whole = strip.getBoundingClientRect();
  const share = (event.clientX - whole.left) / Math.max(1, whole.width);
  return Math.min(1, Math.max(0, share)) * seconds;
}

/**
 * @param {HTMLElement} strip
 * @param {PointerEvent} event
 * @param {number} seconds
 * @returns {Drag | null}
 */
function begin(strip, event, seconds) {
  const from = at(strip, event, seconds);
  for (const one of stretches(strip)) {
    if (!one.dataset.form) continue;
    const box = one.getBoundingClientRect();
    const [first, last] = [Number(one.dataset.first), Number(one.dataset.last)];
    const toFirst = Math.abs(event.clientX - box.left);
    const toLast = Math.abs(event.clientX - box.right);
    if (Math.min(toFirst, toLast) > END_PX) continue;
    return { form: one.dataset.form, fixed: toFirst < toLast ? last : first, mark: one, from };
  }
  if (!strip.dataset.form) return null;
  return { form: strip.dataset.form, fixed: from, mark: drawn(strip), from };
}

/**
 * The mark of a stretch that is being drawn: one for a strip.
 * @param {HTMLElement} strip
 * @returns {HTMLElement}
 */
function drawn(strip) {
  const known = /** @type {HTMLElement | null} */ (strip.querySelector("[data-new]"));
  const mark = known ?? document.createElement("span");
  mark.dataset.new = "";
  strip.append(mark);
  return mark;
}

/**
 * @param {Drag} drag
 * @param {number} now
 * @param {number} seconds
 */
function follow(drag, now, seconds) {
  place(drag.mark, Math.min(drag.fixed, now), Math.max(drag.fixed, now), seconds);
}

/**
 * @param {Drag} drag
 * @param {number} now
 */
function finish(drag, now) {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector(drag.form));
  if (!form || Math.abs(now - drag.fixed) < LEAST_SECONDS) return;
  write(form, "first", Math.min(drag.fixed, now));
  write(form, "last", Math.max(drag.fixed, now));
  const inside = form.closest("details");
  if (inside) inside.open = true;
  /** @type {HTMLElement | null} */ (form.querySelector("select, input[name=reason]"))?.focus();
}

/**
 * @param {HTMLElement} mark
 * @param {number} first
 * @param {number} last
 * @param {number} seconds
 */
function place(mark, first, last, seconds) {
  mark.style.left = `${(100 * first) / seconds}%`;
  mark.style.width = `${(100 * Math.max(0, Math.min(last, seconds) - first)) / seconds}%`;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {number} value
 */
function write(form, name, value) {
  const field = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}"]`));
  if (field) field.value = value.toFixed(3);
}
