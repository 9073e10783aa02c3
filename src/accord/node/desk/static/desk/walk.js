// The walk's panel is drawn anew only when it says something else, and never under a hand or a key.
"use strict";
document.addEventListener("htmx:beforeSwap", (event) => {
  const panel = document.getElementById("walk");
  if (!panel || event.detail.target !== panel) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = event.detail.xhr.responseText;
  const words = (node) => node.textContent.replace(/\s+/g, " ").trim();
  const isHeld = panel.contains(document.activeElement) || panel.matches(":hover");
  if (event.detail.xhr.status !== 200 || isHeld || words(fresh.content) === words(panel)) event.detail.shouldSwap = false;
});
