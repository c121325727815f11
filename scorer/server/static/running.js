// What code says while it runs, on the page that waits for it. Without this script the page loads itself anew.

import { announce, showPage } from "./page.js";

const PAUSE = 1_000;
const LONGEST_PAUSE = 10_000;
const MOST_CHARACTERS = 200_000;

/** Ask for what is new until the state is another one; then show the page anew, and go on if it still waits. */
async function watch(waiting) {
  let position = Number(waiting.dataset.position);
  for (let pause = PAUSE; ; ) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      const answer = await fetch(waiting.dataset.running + (position >= 0 ? `?after=${position}` : ""));
      if (answer.redirected || answer.status === 404) return; // logged out meanwhile, or no longer of the team
      if (!answer.ok) throw new Error(answer.statusText);
      const told = await answer.json();
      pause = PAUSE;
      position = told.position;
      add(told.text);
      if (told.state === waiting.dataset.state) continue;
      const page = await fetch(location.href);
      if (!page.ok) continue;
      const states = words();
      showPage(await page.text());
      if (words() !== states) announce(words());
      start();
      return;
    } catch {
      pause = Math.min(1.5 * pause, LONGEST_PAUSE); // no connection at the moment
    }
  }
}

/** What a listener hears of the page: its headings with a state. */
function words() {
  const headings = [...document.querySelectorAll("main :is(h1, h2)")].filter((one) => one.querySelector(".state"));
  return headings.map((one) => one.textContent).join(". ");
}

/** Add to the log; whoever reads its end goes on reading its end. */
function add(text) {
  const log = document.querySelector("[data-log]");
  if (!log || !text) return;
  const atEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
  log.textContent = (log.textContent + text).slice(-MOST_CHARACTERS);
  if (atEnd) log.scrollTop = log.scrollHeight;
}

/** Watch what the page waits for now. */
function start() {
  const log = document.querySelector("[data-log]");
  if (log) log.scrollTop = log.scrollHeight;
  const waiting = document.querySelector("[data-running]");
  if (waiting) watch(waiting);
}

start();
