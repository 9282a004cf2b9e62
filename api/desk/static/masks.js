// @ts-check
/** What a plan hides at a picture: the very arithmetic of `bwc.redaction.keys`. */

const SLACK = 2; // pixels by which a region grows
const DEGREE = 4; // of the ellipse that leads through a box's corners (bwc.redaction.shapes)
const POINTS = 64;

/** @typedef {[number, number, number, number, number]} Key pts, x0, y0, x1, y1 */
/** @typedef {{id: number, shape: string, keys: Key[]}} Track */
/**
 * @typedef {object} Masks what `/v1/recordings/{id}/plan/masks` says
 * @property {number} plan_version
 * @property {number} width
 * @property {number} height
 * @property {number} first_pts
 * @property {number} last_pts
 * @property {Track[]} tracks
 * @property {[number, number][]} muted
 */

/**
 * The region of a track at `pts`, [x0, y0, x1, y1], or null where it does not live.
 * @param {Key[]} keys
 * @param {number} pts
 * @param {{width: number, height: number}} size
 */
export function regionAt(keys, pts, size) {
  if (pts < keys[0][0] || pts > keys[keys.length - 1][0]) return null;
  let at = 0;
  while (at + 1 < keys.length && keys[at + 1][0] <= pts) at += 1;
  const left = keys[at];
  const right = keys[Math.min(at + 1, keys.length - 1)];
  const whole = right[0] - left[0];
  const part = pts - left[0];
  /** @param {number} side */
  const low = (side) => (whole ? left[side] + Math.floor(((right[side] - left[side]) * part) / whole) : left[side]);
  /** @param {number} side */
  const high = (side) => (whole ? left[side] - Math.floor(((left[side] - right[side]) * part) / whole) : left[side]);
  const region = [
    Math.max(0, low(1) - SLACK),
    Math.max(0, low(2) - SLACK),
    Math.min(size.width, high(3) + SLACK),
    Math.min(size.height, high(4) + SLACK),
  ];
  return region[0] < region[2] && region[1] < region[3] ? region : null;
}

/**
 * Draw all that is hidden at `pts`, solid, onto a canvas as large as the plan's picture.
 * @param {CanvasRenderingContext2D} canvas
 * @param {Masks} masks
 * @param {number} pts
 */
export function drawMasks(canvas, masks, pts) {
  canvas.clearRect(0, 0, masks.width, masks.height);
  canvas.fillStyle = "#000";
  for (const track of masks.tracks) {
    const region = regionAt(track.keys, pts, masks);
    if (!region) continue;
    const [x0, y0, x1, y1] = snapped(region);
    if (track.shape === "box") canvas.fillRect(x0, y0, x1 - x0, y1 - y0);
    else fillEllipse(canvas, [x0, y0, x1, y1]);
  }
}

/** @param {number[]} region grown to even edges, as rendering grows it */
function snapped([x0, y0, x1, y1]) {
  return [x0 - (x0 % 2), y0 - (y0 % 2), x1 + (x1 % 2), y1 + (y1 % 2)];
}

/**
 * @param {CanvasRenderingContext2D} canvas
 * @param {number[]} region
 */
function fillEllipse(canvas, [x0, y0, x1, y1]) {
  const grown = 2 ** (1 / DEGREE) / 2;
  canvas.beginPath();
  for (let point = 0; point < POINTS; point += 1) {
    const angle = (2 * Math.PI * point) / POINTS;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    const across = Math.sign(x) * Math.abs(x) ** (2 / DEGREE) * (x1 - x0) * grown;
    const down = Math.sign(y) * Math.abs(y) ** (2 / DEGREE) * (y1 - y0) * grown;
    canvas.lineTo((x0 + x1) / 2 + across, (y0 + y1) / 2 + down);
  }
  canvas.fill();
}
