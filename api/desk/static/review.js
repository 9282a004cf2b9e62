// @ts-check
/**
 * The review by keyboard: places one after the other, the player at each, a box drawn on the
 * picture. Every deed is a form of the page; this presses its button.
 */

import { press as pressPlayer, second as secondShown, seek } from "/static/player.js";
import { toggle } from "/static/preview.js";
import { pictureIn } from "/static/stage.js";
import { enter } from "/static/timeline.js";

const LEAST = 0.005;
const video = /** @type {HTMLVideoElement | null} */ (document.querySelector(".stage video"));
const stage = /** @type {HTMLElement | null} */ (document.querySelector(".stage"));
const frame = /** @type {HTMLElement | null} */ (document.querySelector(".drawn"));
const drawForms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form[data-draw]")]);
const places = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-place]")]);
const keys = /** @type {HTMLDialogElement | null} */ (document.querySelector("#keys"));
let here = -1;
/** @type {{x: number, y: number} | null} */
let corner = null;

for (const [index, place] of places.entries()) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Go there";
  button.addEventListener("click", () => go(index));
  (place.querySelector(".inline") ?? place).prepend(button);
}
if (drawForms.length && stage && video) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Draw on the picture";
  button.addEventListener("click", startDrawing);
  document.querySelector("[data-draw-hint]")?.replaceChildren(button);
}

if (keys) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Keys (?)";
  button.addEventListener("click", () => keys.showModal());
  document.querySelector("[data-bar]")?.append(button);
}

document.addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || keys?.open) return;
  if (target.closest("input:not([type=checkbox]), select, textarea, video")) return;
  if (event.key === " " && target.closest("button, a, summary, input")) return;
  if (press(event.key)) event.preventDefault();
});
stage?.addEventListener("pointerdown", (event) => {
  if (!stage.classList.contains("drawing")) return;
  corner = at(event);
  stage.setPointerCapture(event.pointerId);
});
stage?.addEventListener("pointermove", (event) => corner && show(box(corner, at(event))));
stage?.addEventListener("pointerup", (event) => {
  if (corner) finish(box(corner, at(event)));
  corner = null;
});

/**
 * @param {string} key
 * @returns {boolean} whether it meant something
 */
function press(key) {
  if (key === "?") keys?.showModal();
  else if (key === "j" || key === "k") go(here + (key === "j" ? 1 : -1));
  else if (key === "a" || key === "e" || key === "f") button(places[here], key)?.click();
  else if (key === "u" || key === "r") button(document, key)?.click();
  else if (key === "d") startDrawing();
  else if (key === "p") toggle();
  else if (key === "t") enter();
  else return pressPlayer(key);
  return true;
}

/**
 * @param {ParentNode | undefined} inside
 * @param {string} key
 * @returns {HTMLButtonElement | null}
 */
function button(inside, key) {
  return inside ? inside.querySelector(`button[data-key="${key}"]`) : null;
}

/** @param {number} index */
function go(index) {
  if (index < 0 || index >= places.length) return;
  places[here]?.classList.remove("here");
  here = index;
  const place = places[here];
  place.classList.add("here");
  place.querySelector("button")?.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
  if (!video) return;
  seek(Number(place.dataset.second));
  if (place.dataset.box) show(place.dataset.box.split(" ").map(Number));
  else if (frame) frame.hidden = true;
}

function startDrawing() {
  if (!stage || !video || !drawForms.length) return;
  video.pause();
  stage.classList.add("drawing");
  stage.scrollIntoView({ block: "nearest" });
}

/** @param {PointerEvent} event */
function at(event) {
  const seen = pictureIn(/** @type {HTMLVideoElement} */ (video));
  const x = (event.clientX - seen.whole.left - seen.left) / seen.width;
  const y = (event.clientY - seen.whole.top - seen.top) / seen.height;
  return { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
}

/**
 * @param {{x: number, y: number}} a
 * @param {{x: number, y: number}} b
 * @returns {number[]} left, top, right, bottom
 */
function box(a, b) {
  return [Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y)];
}

/** @param {number[]} sides */
function show([left, top, right, bottom]) {
  if (!frame || !video) return;
  const seen = pictureIn(video);
  frame.hidden = false;
  frame.style.left = `${seen.left + left * seen.width}px`;
  frame.style.top = `${seen.top + top * seen.height}px`;
  frame.style.width = `${(right - left) * seen.width}px`;
  frame.style.height = `${(bottom - top) * seen.height}px`;
}

/** @param {number[]} sides */
function finish(sides) {
  if (!stage || !video) return;
  stage.classList.remove("drawing");
  if (sides[2] - sides[0] < LEAST || sides[3] - sides[1] < LEAST) return;
  const here = secondShown();
  const values = { first: Math.max(0, here - 0.5), last: here + 0.5, at: here };
  ["left", "top", "right", "bottom"].forEach((name, side) => fill(name, sides[side].toFixed(4)));
  for (const [name, value] of Object.entries(values)) fill(name, String(Number(value.toFixed(6))));
  /** @type {HTMLElement | null} */ (drawForms[0]?.querySelector("select"))?.focus();
}

/**
 * @param {string} name
 * @param {string} value
 */
function fill(name, value) {
  for (const form of drawForms) {
    const field = /** @type {HTMLInputElement | null} */ (form.querySelector(`input[name="${name}"]`));
    if (field) field.value = value;
  }
}
