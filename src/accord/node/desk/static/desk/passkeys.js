// Says in the page that a passkey was not used; allauth's own script tells only the console.
"use strict";
document.addEventListener("allauth.error", (event) => {
  const told = document.getElementById("passkey-failed");
  if (!told) return;
  event.preventDefault();
  told.hidden = false;
  told.focus();
});
