// @ts-check
/**
 * What the video page gains from script: lines of the transcript seek without a new page, the line
 * that is said now is marked, and a press on a covered place says on which ground it is covered.
 * All of it can be read without: each line is a link, and every hidden place stands in a list.
 */

/** @typedef {[number, number, number, number, number]} Key pts, x0, y0, x1, y1 */
/** @typedef {{kind: string, exemption: string, keys: Key[]}} Track */
/** @typedef {{start: [number, number], end: [number, number], exemption: string}} Cut */
/** @typedef {{width: number, height: number, rotation?: number, time_base: [number, number]}} Picture */
/** @typedef {{original: Picture, tracks: Track[], sound: Cut[]}} Plan */
/** @typedef {{kind: string, exemption: string}} Hidden */

const CONTROLS_PX = 64; // the browser's own controls lie there
const video = /** @type {HTMLVideoElement | null} */ (document.querySelector(".stage video"));
const stage = /** @type {HTMLElement | null} */ (document.querySelector(".stage"));
const law = /** @type {HTMLElement | null} */ (document.querySelector("[data-law]"));

if (video && stage) {
  for (const link of document.querySelectorAll("a[data-seek]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      video.currentTime = Number(/** @type {HTMLElement} */ (link).dataset.seek);
      stage.scrollIntoView({ block: "nearest" });
    });
  }
  video.addEventListener("timeupdate", () => mark(video.currentTime));
  if (law && stage.dataset.plan) explainMasks(video, law, stage.dataset.plan);
}

/** @param {number} now */
function mark(now) {
  for (const link of document.querySelectorAll("[data-transcript] a")) {
    const { seek, end } = /** @type {HTMLElement} */ (link).dataset;
    if (Number(seek) <= now && now < Number(end)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/**
 * @param {HTMLVideoElement} player
 * @param {HTMLElement} place
 * @param {string} address
 */
function explainMasks(player, place, address) {
  /** @type {Promise<Plan> | undefined} */
  let fetched;
  const plan = () => (fetched ??= fetch(address).then((answer) => answer.json()));
  place.hidden = false;
  void plan();
  place.querySelector("[data-ask]")?.addEventListener("click", async () => {
    player.pause();
    tell(place, hiddenAt(await plan(), player.currentTime, null));
  });
  player.addEventListener("click", async (event) => {
    if (event.offsetY > player.clientHeight - CONTROLS_PX) return;
    const point = { x: event.offsetX, y: event.offsetY };
    const known = await plan();
    const found = hiddenAt(known, player.currentTime, onPicture(player, known.original, point));
    if (found.length) {
      player.pause();
      tell(place, found);
    }
  });
}

/**
 * The point of the stored picture under a point of the player, which shows it turned by `rotation`
 * (degrees, counter-clockwise) and fitted.
 *
 * @param {HTMLVideoElement} player
 * @param {Picture} picture
 * @param {{x: number, y: number}} point
 */
function onPicture(player, picture, point) {
  const shown = { width: player.videoWidth, height: player.videoHeight };
  const scale = Math.min(player.clientWidth / shown.width, player.clientHeight / shown.height);
  const x = (point.x - (player.clientWidth - shown.width * scale) / 2) / (shown.width * scale);
  const y = (point.y - (player.clientHeight - shown.height * scale) / 2) / (shown.height * scale);
  const turned = { 0: [x, y], 90: [1 - y, x], 180: [1 - x, 1 - y], 270: [y, 1 - x] };
  const angle = /** @type {0 | 90 | 180 | 270} */ ((((picture.rotation ?? 0) % 360) + 360) % 360);
  const [u, v] = turned[angle] ?? [x, y];
  return { x: u * picture.width, y: v * picture.height };
}

/**
 * @param {Plan} plan
 * @param {number} now in seconds
 * @param {{x: number, y: number} | null} point of the stored picture; null: anywhere, sound too
 * @returns {Hidden[]}
 */
function hiddenAt(plan, now, point) {
  const [numerator, denominator] = plan.original.time_base;
  const pts = (now * denominator) / numerator;
  const seen = plan.tracks.filter((track) => covers(track.keys, pts, point));
  const heard = plan.sound.filter(
    (cut) => cut.start[0] / cut.start[1] <= now && now < cut.end[0] / cut.end[1],
  );
  const silent = heard.map((cut) => ({ kind: "sound", exemption: cut.exemption }));
  return point ? seen : [...seen, ...silent];
}

/**
 * @param {Key[]} keys
 * @param {number} pts
 * @param {{x: number, y: number} | null} point
 */
function covers(keys, pts, point) {
  const last = keys[keys.length - 1];
  if (pts < keys[0][0] || pts > last[0]) return false;
  if (!point) return true;
  const at = Math.max(0, keys.findIndex((key) => key[0] > pts) - 1);
  const left = pts === last[0] ? last : keys[at];
  const right = keys[Math.min(keys.indexOf(left) + 1, keys.length - 1)];
  const way = right[0] > left[0] ? (pts - left[0]) / (right[0] - left[0]) : 0;
  const [x0, y0, x1, y1] = [1, 2, 3, 4].map((n) => left[n] + way * (right[n] - left[n]));
  return x0 <= point.x && point.x <= x1 && y0 <= point.y && point.y <= y1;
}

/**
 * @param {HTMLElement} place
 * @param {Hidden[]} found
 */
function tell(place, found) {
  const answer = place.querySelector("[data-answer]");
  if (!answer) return;
  const list = document.createElement("ul");
  for (const { kind, exemption } of distinct(found)) {
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = `#code-${exemption}`;
    link.textContent = exemption.replaceAll(/[-_]/g, " ");
    line.append(`Hidden here: ${kind}. Reason: `, link);
    const laws = lawsOf(kind, exemption);
    if (laws.length) line.append(". The law: ", ...laws);
    list.append(line);
  }
  const nothing = document.createElement("p");
  nothing.textContent = "Nothing is hidden at this moment.";
  answer.replaceChildren(found.length ? list : nothing);
}

/** @param {Hidden[]} found */
function distinct(found) {
  return [...new Map(found.map((one) => [`${one.kind} ${one.exemption}`, one])).values()];
}

/**
 * What the page says is the law for one kind under one code, links included.
 *
 * @param {string} kind
 * @param {string} exemption
 */
function lawsOf(kind, exemption) {
  const places = [...document.querySelectorAll("[data-law-of]")];
  const place = places.find((one) => {
    const { kind: ofKind, code } = /** @type {HTMLElement} */ (one).dataset;
    return ofKind === kind && code === exemption;
  });
  const cited = [...(place?.querySelectorAll("a, span[title]") ?? [])];
  return cited.flatMap((one, at) => (at ? ["; ", one.cloneNode(true)] : [one.cloneNode(true)]));
}
