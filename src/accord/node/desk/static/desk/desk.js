// Small helps that no act depends on: clocks that go on, keys, focus on an error, one submission a form.
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  function tick() {
    each("time[data-zone]", (time) => {
      const place = time.querySelector(".a-capitals__time");
      const parts = new Intl.DateTimeFormat("en-GB", {
        timeZone: time.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
      });
      if (place) place.textContent = parts.format(new Date());
    });
  }
  setInterval(tick, 15000);

  // The CSRF token goes with every request that htmx makes.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });

  // A double click sends once; coming back with the browser's button sends again if one likes.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => { delete form.dataset.sent; }, 10000);
  });
  window.addEventListener("pageshow", () => each("form", (form) => { delete form.dataset.sent; }));

  const rows = () => Array.from(document.querySelectorAll("[data-row]"));
  function move(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, here + step))];
    const link = next.querySelector("a, button");
    if (link) link.focus();
  }
  const places = { d: "/desk/", c: "/desk/cases/", a: "/desk/approvals/", l: "/desk/law/", h: "/desk/help/" };
  let waiting = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (waiting && places[event.key]) { waiting = false; location.assign(places[event.key]); return; }
    waiting = event.key === "g";
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "/") {
      const search = document.querySelector("[data-search]");
      if (search) { search.focus(); event.preventDefault(); } else location.assign("/desk/cases/#search");
    } else if (event.key === "?") location.assign("/desk/help/#keys");
  });

  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
