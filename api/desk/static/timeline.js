// @ts-check
/**
 * The timeline by mouse and keys: a press on a strip shows that moment, arrows move from where the
 * player is. Without this script the names of the lanes are links that do it.
 */

import { onShown, second, seek, video } from "/static/player.js";

const card = /** @type {HTMLElement | null} */ (document.querySelector("[data-timeline]"));
const first = Number(card?.dataset.first);
const last = Number(card?.dataset.last);
const strips = /** @type {HTMLElement[]} */ ([...(card?.querySelectorAll("[data-strip]") ?? [])]);
const lanes = /** @type {HTMLAnchorElement[]} */ ([...(card?.querySelectorAll("[data-lane]") ?? [])]);

if (card && video) {
  const hands = strips.map((strip) => {
    strip.addEventListener("click", (event) => seek(secondAt(strip, event)));
    const hand = document.createElement("span");
    hand.className = "hand";
    strip.append(hand);
    return hand;
  });
  onShown((number, times) => {
    const share = (times.second(number) - first) / (last - first);
    for (const hand of hands) {
      hand.hidden = share < 0 || share > 1;
      hand.style.left = `${share * 100}%`;
    }
  });
  for (const [index, lane] of lanes.entries()) {
    const [begins, ends] = (lane.dataset.lane ?? "").split(" ").map(Number);
    lane.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      seek(Math.max(begins, first));
    });
    lane.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = { ArrowDown: lanes[index + 1], ArrowUp: lanes[index - 1] }[event.key];
      const moment = {
        ArrowLeft: second() - 1,
        ArrowRight: second() + 1,
        Home: begins,
        End: ends,
      }[event.key];
      if (next) next.focus();
      else if (moment !== undefined) seek(Math.max(0, moment));
      else return;
      event.preventDefault();
    });
  }
}

/** Go into the timeline, to its first lane. */
export function enter() {
  lanes[0]?.focus();
}

/**
 * @param {HTMLElement} strip
 * @param {MouseEvent} event
 */
function secondAt(strip, event) {
  const place = strip.getBoundingClientRect();
  return first + ((event.clientX - place.left) / place.width) * (last - first);
}
