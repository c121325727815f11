// The upload form: a zip may be dropped on it, and it shows how far the upload is. Without this script it is a form.

import { announce, showPage } from "./page.js";

/** Let a form take dropped files and show its progress. */
function prepare(form) {
  const input = form.querySelector('input[type="file"]');
  form.querySelector("[data-drop-hint]").hidden = false;
  for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, () => form.classList.add("over"));
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => take(form, input, event.dataTransfer.files));
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return; // the server says what is missing
    event.preventDefault();
    if (file.size > Number(form.dataset.mostBytes)) {
      refuse(form, form.dataset.tooLarge);
    } else {
      send(form);
    }
  });
}

/** Put a dropped file where a chosen one would be. */
function take(form, input, files) {
  if (files.length === 1) {
    input.files = files;
    refuse(form, "");
    announce(`${files[0].name} is chosen.`);
  } else {
    refuse(form, `Expected one zip, found ${files.length} files.`);
  }
}

/** Send the form, and go where the server sends it, or show what it answers. */
function send(form) {
  const request = new XMLHttpRequest();
  request.upload.addEventListener("progress", (event) => showProgress(form, event.loaded / event.total));
  request.addEventListener("load", () => {
    if (request.responseURL !== form.action) {
      location.assign(request.responseURL);
      return;
    }
    showPage(request.responseText);
    start();
    (document.querySelector("main [aria-invalid]") ?? document.querySelector("main")).focus();
  });
  request.addEventListener("error", () => {
    showProgress(form, null);
    refuse(form, form.dataset.brokeOff);
  });
  request.open("POST", form.action);
  refuse(form, "");
  showProgress(form, 0);
  announce("The upload begins.");
  request.send(new FormData(form));
}

/** Show which share of the zip is sent; null: none is being sent. */
function showProgress(form, share) {
  const progress = form.querySelector("[data-progress]");
  progress.hidden = share === null;
  progress.querySelector("progress").value = share ?? 0;
  progress.querySelector("span").textContent = share === 1 ? "Sent" : `${Math.floor(100 * share)} %`;
  form.querySelector('[type="submit"]').disabled = share !== null;
}

/** Say what is wrong, or nothing. */
function refuse(form, words) {
  const fault = form.querySelector("[data-fault]");
  fault.textContent = words;
  fault.hidden = !words;
}

/** Prepare the form that is on the page now. */
function start() {
  const form = document.querySelector("form[data-upload]");
  if (form) prepare(form);
}

// A file that misses the form would be opened in place of the page.
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
start();
