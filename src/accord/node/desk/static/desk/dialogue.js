// Puts the words that are chosen in a text between square brackets, or takes a pair away that stands around them.
"use strict";
(() => {
  let last = null;

  function bracket(field) {
    const { selectionStart: from, selectionEnd: to, value } = field;
    if (from === to) return;
    const chosen = value.slice(from, to);
    const isIn = chosen.startsWith("[") && chosen.endsWith("]");
    const words = isIn ? chosen.slice(1, -1) : `[${chosen}]`;
    field.setRangeText(words, from, to, "select");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-brackets]")) last = event.target;
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyB") return;
    if (!event.target.matches("[data-brackets]")) return;
    event.preventDefault();
    bracket(event.target);
  });
  for (const button of document.querySelectorAll("[data-bracket]")) {
    button.hidden = false;
    button.addEventListener("click", () => { if (last) bracket(last); });
  }
})();
