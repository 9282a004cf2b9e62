// @ts-check
/** Who else has this review open, asked every twenty seconds while the page is seen. */

/** @typedef {{name: string, is_now: boolean, seen_at: string}} Present */

const EVERY_MS = 20_000;
const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-presence-at]"));
const token = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="csrf"]'));

async function ask() {
  if (!place || document.hidden) return;
  const answer = await fetch(`${place.dataset.presenceAt}?refresh`, {
    method: "POST",
    headers: { "x-csrf-token": token?.value ?? "" },
  }).catch(() => null);
  if (!answer?.ok) return;
  /** @type {{others: Present[], plan_version: number | null}} */
  const found = await answer.json();
  const here = found.others.filter((one) => one.is_now).map((one) => one.name);
  const isOld = String(found.plan_version ?? 0) !== place.dataset.planVersion;
  const words = [
    here.length ? `${here.join(", ")} ${here.length > 1 ? "have" : "has"} this review open now.` : "",
    isOld ? "The plan was changed meanwhile: load the page again before you change it." : "",
  ].join(" ").trim();
  if (place.textContent?.trim() !== words) place.textContent = words;
  place.hidden = words === "";
}

if (place) {
  setInterval(() => void ask(), EVERY_MS);
  document.addEventListener("visibilitychange", () => void ask());
  void ask();
}
