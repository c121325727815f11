// The verdict on a submission, on the page that waits for it. Without this script the page loads itself anew.

import { announce, showPage } from "./page.js";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Ask for the submission's state, less and less often, until it is judged; then show its page. */
async function watch(address) {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(1.5 * pause, LONGEST_PAUSE)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const answer = await fetch(address);
      if (answer.redirected || answer.status === 404) return; // logged out meanwhile, or no longer of the team
      if (!answer.ok || (await answer.json()).state === "received") continue;
      const page = await fetch(location.href);
      if (!page.ok) continue;
      showPage(await page.text());
      announce(document.querySelector("h1").textContent);
      return;
    } catch {
      // No connection at the moment.
    }
  }
}

const waiting = document.querySelector("[data-waits-at]");
if (waiting) watch(waiting.dataset.waitsAt);
