// Small helps that no act depends on: clocks that go on, one submission a form, progress, and a session's end said early.
"use strict";
(() => {
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const body = document.body;

  // The server's clock counts, not this computer's.
  const shift = body.dataset.now ? Date.parse(body.dataset.now) - Date.now() : 0;
  const now = () => Date.now() + shift;

  function showTimes() {
    each("time[data-zone]", (time) => {
      const place = time.querySelector(".a-capitals__time");
      if (!place) return;
      const hours = { timeZone: time.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
      place.textContent = new Intl.DateTimeFormat("en-GB", hours).format(now());
      // The words of the day are the server's; it sent those of the day after, too, and sends both anew with the bell.
      const date = new Intl.DateTimeFormat("en-CA", { timeZone: time.dataset.zone }).format(now());
      const day = time.querySelector(".a-capitals__day");
      if (day && time.dataset.next && date > time.dataset.date) day.textContent = time.dataset.next;
    });
  }

  // How long ago a peer was heard grows while the page is open; a state that was not read anew is not claimed.
  const STALE = 150 * 1000; // milliseconds: the bell asked in vain five times
  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const ages = new Intl.RelativeTimeFormat(document.documentElement.lang || "en", { numeric: "always" });
  function showLines() {
    const lines = document.getElementById("lines");
    if (!lines) return;
    const isStale = now() - Date.parse(lines.dataset.read) > STALE;
    lines.querySelectorAll(".a-line").forEach((line) => {
      line.classList.toggle("a-line--stale", isStale);
      line.querySelectorAll("[data-stale]").forEach((part) => { part.hidden = !isStale; });
      line.querySelectorAll("[data-fresh]").forEach((part) => { part.hidden = isStale; });
    });
    lines.querySelectorAll("[data-ago]").forEach((time) => {
      const seconds = Math.max(0, Math.round((now() - Date.parse(time.dateTime)) / 1000));
      const [unit, size] = UNITS.find(([, one]) => seconds >= one) || UNITS[3];
      time.textContent = ages.format(-Math.floor(seconds / size), unit);
    });
  }

  // Clock chips: the words come from the server, in the reader's language, with {} where the number stands.
  const words = document.getElementById("clock-words");
  const TIGHT = 8 * 3600; // seconds; the server draws a clock amber from here on

  function span(seconds) {
    const units = [[86400, "day"], [3600, "hour"], [60, "minute"]];
    const first = units.findIndex(([size]) => seconds >= size);
    const from = first < 0 ? 2 : first;
    const said = [];
    let rest = seconds;
    units.slice(from, from + 2).forEach(([size, name]) => {
      const count = Math.floor(rest / size);
      rest -= count * size;
      if (count || !said.length) said.push(words.dataset[count === 1 ? name : `${name}s`].replace("{}", String(count)));
    });
    return said.join(" ");
  }

  function showClocks() {
    if (!words) return;
    each(".a-clock[data-due]", (chip) => {
      const seconds = Math.floor((Date.parse(chip.dataset.due) - now()) / 1000);
      const isOver = seconds < 0;
      const text = chip.querySelector("[data-left]");
      if (!text || Number.isNaN(seconds)) return;
      text.textContent = (isOver ? words.dataset.over : words.dataset.left).replace("{}", span(Math.abs(seconds)));
      const was = chip.classList.contains("a-clock--bad");
      chip.classList.toggle("a-clock--bad", isOver);
      chip.classList.toggle("a-clock--warn", !isOver && seconds < TIGHT);
      if (isOver && !was) {
        const icon = words.content.querySelector(".a-icon");
        const old = chip.querySelector(".a-icon");
        if (icon && old) old.replaceWith(icon.cloneNode(true));
        say(`${text.textContent}`);
      }
    });
  }

  // What is said aloud and shown while something is under way.
  const progress = document.getElementById("progress");
  const SLOW = 700; // milliseconds before a request counts as slow
  let slow = 0;
  function say(text) {
    const place = document.getElementById("said");
    if (place) place.textContent = text;
  }
  function begin() {
    clearTimeout(slow);
    slow = setTimeout(() => { if (progress) progress.hidden = false; }, SLOW);
  }
  function end() {
    clearTimeout(slow);
    if (progress) progress.hidden = true;
  }
  // Polling for news is nobody's wait.
  const isAwaited = (event) => event.target.id !== "news" && !event.target.closest("[data-quiet]");
  document.addEventListener("htmx:beforeRequest", (event) => { if (isAwaited(event)) begin(); });
  document.addEventListener("htmx:afterRequest", end);

  // The CSRF token goes with every request that htmx makes.
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector("input[name=csrfmiddlewaretoken]");
    if (token) event.detail.headers["X-CSRFToken"] = token.value;
  });

  // A double click sends once; coming back with the browser's button sends again if one likes.
  const AGAIN = 10000; // milliseconds after which a form that got no answer may be sent again
  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll(".a-works").forEach((button) => {
      button.classList.remove("a-works");
      button.removeAttribute("aria-busy");
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog" || form.hasAttribute("hx-post") && !event.submitter) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    if (event.submitter) {
      event.submitter.classList.add("a-works");
      event.submitter.setAttribute("aria-busy", "true");
    }
    begin();
    setTimeout(() => { release(form); end(); }, AGAIN);
  });
  window.addEventListener("pageshow", () => { each("form", release); end(); });

  // The end of the session is said while there is time to go on.
  const ending = document.getElementById("session-ending");
  const EARLY = 5 * 60 * 1000; // milliseconds; WCAG 2.2.1 asks for at least twenty seconds
  let endsAt = ending ? Date.parse(ending.dataset.endsAt) : NaN;
  function showEnding() {
    if (!ending) return;
    const rest = endsAt - now();
    const isNear = rest < EARLY;
    if (isNear && ending.hidden) ending.hidden = false;
    if (!isNear) ending.hidden = true;
    const over = rest <= 0;
    each("[data-ending]", (part) => { part.hidden = over; });
    each("[data-ended]", (part) => { part.hidden = !over; });
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const until = event.detail.xhr && event.detail.xhr.getResponseHeader("X-Session-Ends");
    if (until) { endsAt = Date.parse(until); showEnding(); }
  });

  function tick() { showTimes(); showLines(); showClocks(); showEnding(); }
  setInterval(tick, 5000);
  // What came with the bell is brought to the present at once.
  document.addEventListener("htmx:oobAfterSwap", tick);
  tick();

  // Near a field's limit the characters are counted as one writes; nothing is cut.
  const counted = document.getElementById("count-words");
  const NEAR = 0.9; // share of the limit from which the count is shown
  const PAUSE = 400; // milliseconds, so that a screen reader is not told of every key
  function count(field) {
    const limit = Number(field.dataset.characters);
    const used = Array.from(field.value).length;
    let told = field.nextElementSibling;
    if (!told || !told.matches(".a-counted")) {
      if (!counted || used < limit * NEAR) return;
      told = document.createElement("p");
      told.className = "a-counted";
      told.setAttribute("role", "status");
      field.after(told);
    }
    const isOver = used > limit;
    const said = { n: used, limit, more: used - limit };
    const number = (_whole, name) => said[name].toLocaleString(document.documentElement.lang);
    told.classList.toggle("a-counted--over", isOver);
    clearTimeout(told.timer);
    told.timer = setTimeout(() => {
      told.textContent = used < limit * NEAR ? "" : counted.dataset[isOver ? "over" : "near"].replace(/\{(n|limit|more)\}/g, number);
    }, PAUSE);
  }
  document.addEventListener("input", (event) => { if (event.target.dataset.characters) count(event.target); });
  each("[data-characters]", count);

  // The head of a case is as tall as its title: what stays below it must know, and one that would eat the page does not stay.
  const TALLEST = 1 / 3; // of the window
  const head = document.querySelector(".a-case-head");
  function measure() {
    const height = head.offsetHeight;
    head.classList.toggle("a-case-head--tall", height > window.innerHeight * TALLEST);
    const stays = getComputedStyle(head).position === "sticky" ? height : 0;
    document.documentElement.style.setProperty("--head-height", `${stays}px`);
  }
  if (head) {
    new ResizeObserver(measure).observe(head);
    window.addEventListener("resize", measure);
  }

  // What is folded away is printed all the same, and folded again after.
  window.addEventListener("beforeprint", () => each("main details:not([open]):not(.a-help)", (part) => {
    part.open = true;
    part.dataset.printed = "1";
  }));
  window.addEventListener("afterprint", () => each("details[data-printed]", (part) => {
    part.open = false;
    delete part.dataset.printed;
  }));

  const wrong = document.querySelector("[data-focus]");
  if (wrong) wrong.focus();
})();
