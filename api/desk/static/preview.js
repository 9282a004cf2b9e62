// @ts-check
/**
 * The plan in hand, drawn over the original: what would be hidden and silent, before it is rendered.
 * It stays on over a change, and the player comes back to where it was.
 */

import { drawMasks } from "/static/masks.js";
import { onShown, recording, second, seek, video } from "/static/player.js";
import { pictureIn } from "/static/stage.js";

/** @typedef {import("/static/masks.js").Masks} Masks */
/** @typedef {import("/static/pictures.js").PictureTimes} PictureTimes */

const AHEAD_SECONDS = 60; // of masks that are asked for at a time
const SOON_SECONDS = 0.05; // a silence begins this much early: a picture's time is no finer
const kept = `review ${recording}`;
const choice = /** @type {HTMLElement | null} */ (document.querySelector("[data-preview]"));
const box = choice?.querySelector("input");
const canvas = /** @type {HTMLCanvasElement | null} */ (document.querySelector("canvas.masks"));
const note = /** @type {HTMLElement | null} */ (document.querySelector("[data-preview-note]"));
const label = /** @type {HTMLElement | null} */ (document.querySelector(".previewed"));
/** @type {Masks | null} */
let masks = null;
let isAsking = false;
/** @type {{number: number, times: PictureTimes} | null} */
let here = null;
let isSilenced = false;
let wasMuted = false; // by the person at the player, who stays unasked

if (video && choice && box && canvas) {
  choice.hidden = false;
  box.addEventListener("change", turn);
  onShown((number, times) => {
    here = { number, times };
    paint();
  });
  addEventListener("resize", paint);
  addEventListener("pagehide", keep);
  recall();
}

/** Turn the preview on or off, as by its box. */
export function toggle() {
  box?.click();
}

function turn() {
  if (!canvas || !note || !label || !box) return;
  for (const one of [canvas, note, label]) one.hidden = !box.checked;
  if (!box.checked) silence(false);
  paint();
}

function paint() {
  if (!box?.checked || !canvas || !video) return;
  if (!here) return cover();
  const pts = here.times.pts[here.number];
  const now = here.times.second(here.number);
  if (!masks || pts < masks.first_pts || pts > masks.last_pts) {
    cover();
    void ask(now);
    return;
  }
  place();
  canvas.width = masks.width;
  canvas.height = masks.height;
  const brush = canvas.getContext("2d");
  if (brush) drawMasks(brush, masks, pts);
  canvas.dataset.pts = String(pts);
  silence(masks.muted.some(([first, last]) => now + SOON_SECONDS >= first && now < last));
}

/** Until it is known what is hidden, everything is. */
function cover() {
  if (!canvas) return;
  place();
  canvas.width = canvas.height = 2;
  const brush = canvas.getContext("2d");
  brush?.fillRect(0, 0, 2, 2);
  delete canvas.dataset.pts;
  silence(true);
}

function place() {
  if (!canvas || !video) return;
  const seen = pictureIn(video);
  canvas.style.left = `${seen.left}px`;
  canvas.style.top = `${seen.top}px`;
  canvas.style.width = `${seen.width}px`;
  canvas.style.height = `${seen.height}px`;
}

/** @param {boolean} isNow */
function silence(isNow) {
  if (!video || isNow === isSilenced) return;
  isSilenced = isNow;
  if (isNow) wasMuted = video.muted;
  video.muted = isNow || wasMuted;
}

/** @param {number} now seconds since the first picture */
async function ask(now) {
  if (isAsking) return;
  isAsking = true;
  const from = Math.max(0, now - 1);
  const query = `from=${from.toFixed(3)}&to=${(from + AHEAD_SECONDS).toFixed(3)}`;
  const answer = await fetch(`/v1/recordings/${recording}/plan/masks?${query}`).catch(() => null);
  isAsking = false;
  if (!answer?.ok) {
    if (note) note.textContent = "The plan cannot be read now: the preview covers everything.";
    return;
  }
  masks = await answer.json();
  paint();
}

function keep() {
  const state = { second: second(), preview: box?.checked, at: Date.now() };
  sessionStorage.setItem(kept, JSON.stringify(state));
}

/** Be where one was before the page came anew, unless its address names a moment. */
function recall() {
  const state = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (!state || !box) return;
  if (state.preview) box.click();
  const isSent = document.querySelector("[data-player]")?.hasAttribute("data-start");
  if (state.second > 0 && !isSent) seek(state.second);
}
