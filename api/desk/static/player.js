// @ts-check
/**
 * The player of a review, exact to the picture: steps, jumps by number, says which picture is shown.
 * Without the times of the pictures it moves by seconds.
 */

import { PictureTimes } from "/static/pictures.js";

const BLIND_STEP_SECONDS = 1 / 25;
const FAR = 10; // pictures
const card = /** @type {HTMLElement | null} */ (document.querySelector("[data-player]"));
const moment = /** @type {HTMLOutputElement | null} */ (document.querySelector("[data-moment]"));
const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-picture-form]"));

export const recording = card?.dataset.player ?? "";
export const video = /** @type {HTMLVideoElement | null} */ (card?.querySelector("video") ?? null);

/** @type {PictureTimes | null} */
let times = null;
let isReady = false; // whether it is known if there are times
/** @type {number | null} a second that was asked for before that */
let asked = null;
/** @type {number | null} where the player was sent and has not arrived */
let wanted = null;
/** @type {number | null} the picture that is seen now */
let shown = null;
/** @type {((number: number, times: PictureTimes) => void)[]} */
const watchers = [];

/**
 * Call `watcher` with the number of each picture that comes to be seen, from 0.
 * @param {(number: number, times: PictureTimes) => void} watcher
 */
export function onShown(watcher) {
  watchers.push(watcher);
  if (times && shown !== null) watcher(shown, times);
}

/** The second since the first picture that is seen now. */
export function second() {
  if (times && shown !== null) return times.second(shown);
  return video?.currentTime ?? 0;
}

/**
 * Show the picture of a second since the first picture.
 * @param {number} wantedSecond
 */
export function seek(wantedSecond) {
  if (!isReady) asked = wantedSecond;
  else if (times) show(times.since(wantedSecond));
  else send(wantedSecond);
}

/**
 * Show the picture that lies so many pictures on.
 * @param {number} pictures
 */
export function step(pictures) {
  if (!video) return;
  if (!times) return send(Math.max(0, video.currentTime + pictures * BLIND_STEP_SECONDS));
  show((wanted ?? shown ?? times.at(video.currentTime)) + pictures);
}

/** @param {number} number from 0; what lies outside is brought inside */
function show(number) {
  if (!times || !video) return;
  wanted = times.clamp(number);
  send(times.middle(wanted));
}

/** @param {number} playerSecond */
function send(playerSecond) {
  if (!video) return;
  video.preload = "auto";
  video.pause();
  video.currentTime = playerSecond;
}

/** @param {number} playerSecond */
function seen(playerSecond) {
  if (!times) return;
  const number = times.at(playerSecond);
  if (number !== shown && moment) moment.value = times.words(number);
  shown = number;
  for (const watcher of watchers) watcher(number, times);
}

function watch() {
  video?.requestVideoFrameCallback((_now, frame) => {
    if (!video.seeking) seen(frame.mediaTime);
    watch();
  });
}

async function begin() {
  try {
    await readTimes();
  } finally {
    isReady = true;
    if (asked !== null) seek(asked);
  }
}

async function readTimes() {
  if (!video || !moment) return;
  const answer = await fetch(`/v1/recordings/${recording}/pictures`);
  if (!answer.ok) return;
  times = new PictureTimes(await answer.json());
  card?.querySelector("[data-steps]")?.removeAttribute("hidden");
  if ("requestVideoFrameCallback" in video) watch();
  else video.addEventListener("timeupdate", () => seen(video.currentTime));
  video.addEventListener("seeked", () => {
    wanted = null;
    seen(video.currentTime);
  });
  if (video.readyState > 1 && !video.seeking) seen(video.currentTime);
  card?.setAttribute("data-exact", "");
}

for (const one of card?.querySelectorAll("[data-step]") ?? []) {
  const pictures = Number(/** @type {HTMLElement} */ (one).dataset.step);
  one.addEventListener("click", () => step(pictures));
}
form?.addEventListener("submit", (event) => {
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("picture"));
  if (!times) return;
  event.preventDefault();
  show(Number(field.value) - 1);
});

/**
 * @param {string} key
 * @returns {boolean} whether it meant something here
 */
export function press(key) {
  if (!video) return false;
  if (key === "," || key === ".") step(key === "." ? 1 : -1);
  else if (key === "<" || key === ">" || key === ";" || key === ":") step(">:".includes(key) ? FAR : -FAR);
  else if (key === " ") void (video.paused ? video.play() : video.pause());
  else if (key === "g") /** @type {HTMLInputElement | null} */ (form?.querySelector("[name=picture]"))?.focus();
  else return false;
  return true;
}

void begin();
