// @ts-check
/**
 * When each picture of a recording is shown. Pictures are known by their PTS, integers in ticks of
 * the original's time base, as plans name them; a player counts seconds from the tick `origin`.
 */

/**
 * @typedef {object} Told what `/v1/recordings/{id}/pictures` says
 * @property {[number, number]} time_base seconds a tick, as numerator and denominator
 * @property {number} origin
 * @property {number} first_pts
 * @property {number[]} steps step, count, step, count
 * @property {number} last_lasts
 * @property {number} count
 */

const ROUNDED_SECONDS = 0.0005; // seconds that people and pages name have three places

export class PictureTimes {
  /** @param {Told} told */
  constructor(told) {
    this.told = told;
    this.tick = told.time_base[0] / told.time_base[1];
    this.pts = new Float64Array(told.count);
    let at = told.first_pts;
    let number = 0;
    this.pts[number] = at;
    for (let run = 0; run < told.steps.length; run += 2) {
      for (let left = told.steps[run + 1]; left > 0; left -= 1) {
        at += told.steps[run];
        number += 1;
        this.pts[number] = at;
      }
    }
  }

  get count() {
    return this.told.count;
  }

  /**
   * The picture shown when the player's clock says so, from 0.
   * @param {number} playerSecond
   */
  at(playerSecond) {
    const ticks = Math.floor(playerSecond / this.tick + this.told.origin + 0.5);
    let low = 0;
    let high = this.pts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pts[middle] <= ticks) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  /**
   * The picture at a second since the first picture, as pages name moments.
   * @param {number} second
   */
  since(second) {
    return this.at(this.playerSecond(this.told.first_pts) + second + ROUNDED_SECONDS);
  }

  /** @param {number} number */
  clamp(number) {
    return Math.min(Math.max(number, 0), this.count - 1);
  }

  /**
   * The player's second in the middle of a picture's time: there every browser shows that picture.
   * @param {number} number
   */
  middle(number) {
    const start = this.pts[number];
    const end = number + 1 < this.count ? this.pts[number + 1] : start + this.told.last_lasts;
    return this.playerSecond((start + end) / 2);
  }

  /** @param {number} pts */
  playerSecond(pts) {
    return (pts - this.told.origin) * this.tick;
  }

  /**
   * Seconds since the first picture.
   * @param {number} number
   */
  second(number) {
    return (this.pts[number] - this.told.first_pts) * this.tick;
  }

  /**
   * A picture for people: its number, its time, and that time exactly.
   * @param {number} number
   */
  words(number) {
    const [numerator, denominator] = this.told.time_base;
    const ticks = (this.pts[number] - this.told.first_pts) * numerator;
    return `Picture ${number + 1} of ${this.count} · ${clock(this.second(number))} · ${ticks}/${denominator} s`;
  }
}

/** @param {number} seconds */
export function clock(seconds) {
  const whole = Math.floor(seconds / 60);
  return `${whole}:${(seconds - whole * 60).toFixed(3).padStart(6, "0")}`;
}
