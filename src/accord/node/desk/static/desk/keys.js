// Keys: j and k go through rows, g and a letter to an area, / to the search, ? opens the list of keys.
"use strict";
(() => {
  const places = { d: "/desk/", c: "/desk/cases/", a: "/desk/approvals/", l: "/desk/law/", h: "/desk/help/" };
  const dialog = document.getElementById("keys-dialog");
  const WAIT = 1500; // how long a "g" waits for its letter, in milliseconds
  let waiting = 0;

  function move(step) {
    const rows = Array.from(document.querySelectorAll("[data-row]"));
    if (!rows.length) return;
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    const link = next.querySelector("[data-open]") || next.querySelector("a, button");
    if (link) link.focus();
  }

  function search() {
    const field = document.querySelector("[data-search]");
    if (!field) { location.assign("/desk/search#search"); return; }
    field.focus();
    if (field.select) field.select();
  }

  const isWriting = (target) =>
    target.isContentEditable || Boolean(target.closest && target.closest("input, textarea, select, dialog[open]"));

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isWriting(event.target)) return;
    const isSecond = Date.now() - waiting < WAIT;
    waiting = 0;
    if (isSecond && Object.hasOwn(places, event.key)) { location.assign(places[event.key]); return; }
    if (event.key === "g") waiting = Date.now();
    else if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") { event.preventDefault(); search(); }
    else if (event.key === "?" && dialog) { event.preventDefault(); dialog.showModal(); }
  });

  document.addEventListener("click", (event) => {
    if (!dialog || !event.target.closest("[data-keys]")) return;
    event.preventDefault();
    dialog.showModal();
  });

  if (location.hash === "#search") search();
})();
