// Sends a file in parts, shows how far it has come, and goes on by itself where the line broke.
"use strict";
(() => {
  const form = document.querySelector("form[data-upload]");
  if (!form || !window.crypto || !crypto.subtle || !window.fetch) return;
  const bar = form.querySelector(".a-upload");
  const progress = bar.querySelector("progress");
  const told = form.querySelector(".a-upload__words");
  const button = form.querySelector("button[value=add]");
  const input = form.querySelector("input[type=file]");
  const TYPES = {
    pdf: "application/pdf", png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", txt: "text/plain", csv: "text/csv",
    docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  };
  const WAIT_MS = 2000;
  const WAIT_MAX_MS = 30000;
  const token = () => form.querySelector("input[name=csrfmiddlewaretoken]").value;
  const rest = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });
  const digest = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hexadecimal = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

  class Refused extends Error {}

  // A broken line is waited out; a refusal has its words and ends the upload.
  async function ask(address, options) {
    for (let wait = WAIT_MS; ; wait = Math.min(WAIT_MAX_MS, wait * 2)) {
      let answer = null;
      try {
        answer = await fetch(address, { ...options, credentials: "same-origin", redirect: "error" });
      } catch {
        answer = null;
      }
      if (answer && answer.ok) return answer.json();
      if (answer && answer.status < 500) {
        const problem = await answer.json().catch(() => null);
        const refused = new Refused(problem ? `${problem.sentence} ${problem.next_step}`.trim() : `${answer.status}`);
        refused.code = problem ? problem.code : "";
        throw refused;
      }
      told.textContent = form.dataset.broken;
      await rest(wait);
    }
  }
  const post = (address, fields) => ask(address, {
    method: "POST", headers: { "X-CSRFToken": token() }, body: new URLSearchParams(fields),
  });

  // A refusal looks as any other and is told aloud; the choice stays in its field.
  function refuse(name, words, code) {
    clear();
    const box = document.createElement("div");
    box.className = "govuk-error-summary a-upload__refused";
    box.setAttribute("role", "alert");
    box.tabIndex = -1;
    const parts = [["h2", "govuk-error-summary__title", `${form.dataset.refused}: ${name}`], ["p", "", words], ["p", "a-code", code]];
    for (const [tag, look, text] of parts) {
      if (!text) continue;
      const part = document.createElement(tag);
      part.className = look;
      part.dir = "auto";
      part.textContent = text;
      box.append(part);
    }
    told.before(box);
    input.setAttribute("aria-invalid", "true");
    box.focus();
  }
  function clear() {
    form.querySelectorAll(".a-upload__refused").forEach((box) => { box.remove(); });
    input.removeAttribute("aria-invalid");
  }

  function show(received, size) {
    const share = Math.floor((100 * received) / size);
    progress.value = share;
    told.textContent = `${form.dataset.sending} ${share} %`;
  }

  async function send(file) {
    told.textContent = form.dataset.reading;
    const whole = hexadecimal(await digest(await file.arrayBuffer()));
    const extension = file.name.split(".").pop().toLowerCase();
    let upload = await post(form.dataset.begin, {
      name: file.name, size: file.size, type: file.type || TYPES[extension] || "application/octet-stream", sha256: whole,
    });
    const address = form.dataset.begin.replace(/drafts\/[^/]+\/uploads$/, `uploads/${upload.id}`);
    show(upload.received_bytes, upload.size_bytes);
    while (upload.missing.length) {
      const offset = upload.missing[0];
      const part = await file.slice(offset, offset + upload.part_bytes).arrayBuffer();
      upload = await ask(`${address}/parts/${offset}`, {
        method: "PUT", body: part,
        headers: {
          "X-CSRFToken": token(), "Content-Type": "application/octet-stream",
          "Content-Digest": `sha-256=:${base64(await digest(part))}:`,
        },
      });
      show(upload.received_bytes, upload.size_bytes);
    }
    told.textContent = form.dataset.looking;
    await post(`${address}/complete`, {});
  }

  form.addEventListener("submit", async (event) => {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    if (button.disabled) return;
    if (file.size === 0) { refuse(file.name, form.dataset.empty, ""); return; }
    if (file.size > Number(form.dataset.limit)) { refuse(file.name, form.dataset.tooLarge, ""); return; }
    clear();
    button.disabled = true;
    bar.hidden = false;
    try {
      await send(file);
      location.reload();
    } catch (error) {
      bar.hidden = true;
      told.textContent = "";
      refuse(file.name, error.message, error.code || "");
    } finally {
      button.disabled = false;
    }
  });
})();
