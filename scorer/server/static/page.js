// What scripts do to a page as a whole: put another page's content into it, and tell listeners of it.

import { showLocalTimes } from "./times.js";

const announcer = document.createElement("p");
announcer.className = "unseen";
announcer.setAttribute("role", "status");
document.body.append(announcer);

/** Say something to whoever listens to the page instead of looking at it. */
export function announce(words) {
  announcer.textContent = words;
}

/** Show the content of a page of this server in place of the present one. Scripts in it do not run. */
export function showPage(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = document.querySelector("main");
  main.replaceChildren(...page.querySelector("main").childNodes);
  document.title = page.title;
  showLocalTimes(main);
}
