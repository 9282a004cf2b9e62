// @ts-check
/** Where things lie on the picture of a player. */

/**
 * The picture itself within its player, without the bars beside it, in CSS pixels.
 * @param {HTMLVideoElement} video
 */
export function pictureIn(video) {
  const whole = video.getBoundingClientRect();
  const ratio = (video.videoWidth || 16) / (video.videoHeight || 9);
  const width = Math.min(whole.width, whole.height * ratio);
  const height = width / ratio;
  return { whole, left: (whole.width - width) / 2, top: (whole.height - height) / 2, width, height };
}
