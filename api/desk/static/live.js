// @ts-check
/**
 * Live progress of jobs: numbers change in place; when a job begins, ends or changes its state, the
 * list is fetched again from the page it stands on. Without this script the page reloads itself.
 */

/** @typedef {{id: string, state: string, percent: number, stage: string, why: string}} JobEvent */

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-live]"));

if (list) {
  const events = new EventSource("/jobs/events?refresh");
  events.addEventListener("message", (message) => show(list, JSON.parse(message.data)));
  addEventListener("pagehide", () => events.close());
}

/**
 * @param {HTMLElement} list
 * @param {JobEvent[]} jobs
 */
function show(list, jobs) {
  const isWhole = list.dataset.live === "/jobs";
  let isStale = false;
  for (const job of jobs) {
    const row = /** @type {HTMLElement | null} */ (list.querySelector(`[data-job="${job.id}"]`));
    if (!row) {
      isStale ||= isWhole;
      continue;
    }
    isStale ||= row.querySelector("[data-state]")?.textContent?.trim() !== job.state;
    write(row, "[data-percent]", `${job.percent} %`);
    write(row, "[data-stage]", job.stage);
    write(row, "[data-why]", job.why);
    const bar = row.querySelector("progress");
    if (bar) bar.value = job.percent;
  }
  if (isStale && !list.contains(document.activeElement)) void renew(list);
}

/**
 * @param {HTMLElement} row
 * @param {string} selector
 * @param {string} text
 */
function write(row, selector, text) {
  const place = row.querySelector(selector);
  if (place && place.textContent !== text) place.textContent = text;
}

/** @param {HTMLElement} list */
async function renew(list) {
  const answer = await fetch(`${list.dataset.live}?refresh`, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (fresh) list.replaceChildren(...fresh.children);
}
