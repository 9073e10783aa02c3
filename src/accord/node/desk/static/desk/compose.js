// Writing a draft: says what became of each save, keeps the words when it failed, and leaves the page only after a save.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const state = document.getElementById("save-state");
  const savesItself = form.hasAttribute("hx-post");
  const RETRY_MS = 5000;
  let isChanged = false;
  let isLeaving = false;
  let waiting = null;
  let retry = 0;

  function say(word, sentence, tone) {
    if (!state) return;
    const told = document.createElement("span");
    told.className = `a-saved a-saved--${tone}`;
    const first = document.createElement("b");
    first.textContent = word;
    told.append(first, sentence ? ` ${sentence}` : "");
    state.replaceChildren(told);
  }

  form.addEventListener("input", () => {
    isChanged = true;
    if (state && savesItself) say(state.dataset.unsaved, "", "open");
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged && !isLeaving) event.preventDefault();
  });

  // A field behind "further fields" opens when a link leads to it, and is fetched if it is not there yet.
  let isFetching = false;
  function fetchLater() {
    const later = document.querySelector("[data-later]");
    if (later) htmx.trigger(later, "now");
  }
  function open() {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const later = wanted.startsWith("field-own-") && document.querySelector("[data-later]");
    const target = wanted && (document.getElementById(wanted) || later);
    if (!target) return;
    if (target === later) {
      isFetching = true;
      if (document.readyState === "complete") fetchLater();
      else window.addEventListener("load", fetchLater);
    }
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    target.scrollIntoView({ block: "center" });
    if (target.matches("input, textarea, select, fieldset")) target.focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", open);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) open();
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!isFetching || document.querySelector("[data-later]")) return;
    isFetching = false;
    open();
  });
  open();
  if (!savesItself) {
    // To send the form is to save it: nobody is asked whether to leave.
    form.addEventListener("submit", () => { isLeaving = true; });
    return;
  }

  function tryAgain() {
    clearTimeout(retry);
    retry = setTimeout(() => htmx.trigger(form, "save-now"), RETRY_MS);
  }
  function noAnswer() {
    const isOffline = navigator.onLine === false;
    say(state.dataset.failed, isOffline ? state.dataset.offline : state.dataset.noAnswer, "bad");
    waiting = null;
    tryAgain();
  }
  window.addEventListener("online", () => { if (isChanged) htmx.trigger(form, "save-now"); });

  // Some events of htmx name the element that asked, others the one that is changed.
  const ours = (event) => (event.detail.requestConfig ? event.detail.requestConfig.elt : event.detail.elt) === form;
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!ours(event)) return;
    clearTimeout(retry);
    form.dataset.sentWords = words();
    say(state.dataset.saving, "", "open");
  });
  // A refusal has words of its own: they are shown, not swallowed.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!ours(event)) return;
    if (event.detail.xhr.getResponseHeader("HX-Retarget")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!ours(event)) return;
    const answer = event.detail.xhr;
    if (answer.status === 0) return;
    if (answer.status >= 400) {
      waiting = null;
      if (!answer.getResponseHeader("HX-Retarget")) noAnswer();
      return;
    }
    if (words() === form.dataset.sentWords) isChanged = false;
    const next = waiting;
    waiting = null;
    // A field that was left out is named at the top of the page that comes, with every word in its place.
    if (next) leave(next);
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, (event) => { if (ours(event)) noAnswer(); });
  }
  // After a sign-in in another tab the page gets the new token and saves once more by itself.
  document.addEventListener("htmx:afterSwap", () => {
    const renewed = state.querySelector("[data-renewed]");
    if (!renewed) return;
    const token = renewed.value;
    renewed.remove();
    document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = token; });
    htmx.trigger(form, "save-now");
  });

  function words() {
    const held = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (!["csrfmiddlewaretoken", "version", "was", "act"].includes(name)) held.append(name, value);
    }
    return held.toString();
  }
  function leave(submitter) {
    isLeaving = true;
    delete form.dataset.sent;
    form.dataset.goes = "1";
    form.requestSubmit(submitter);
    delete form.dataset.goes;
  }
  // What leaves the page is saved first, from the page: if the line is down, the words are still here.
  form.addEventListener("submit", (event) => {
    if (form.dataset.goes) return;
    const submitter = event.submitter;
    const isComparing = submitter && submitter.closest("#save-state");
    if (isComparing) { isLeaving = true; return; }
    event.preventDefault();
    event.stopPropagation();
    const stays = !submitter || (submitter.name === "act" && submitter.value === "save");
    waiting = stays ? null : submitter;
    htmx.trigger(form, "save-now");
  });
})();
