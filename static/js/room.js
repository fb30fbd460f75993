"use strict";
// The live room: one stream, regions drawn as they come, keys, and what must survive a redraw.

const room = document.querySelector("[data-stream]");
const LOST_AFTER_S = 9;
const SAID_FOR_MS = 20000;
let lastWord = 0;

// Stale: no word from the server, or a server that has not seen its database. Go waits; Roll back never.
function watch() {
  const now = serverNow();
  const [here, utc] = [timeOnly.format(now), `${new Date(now).toISOString().slice(11, 19)} UTC`];
  say("clock", here === utc ? utc : `${here} · ${utc}`);
  document.getElementById("clock").title = `${withDay.format(now)} · ${inUTC.format(now)}`;
  const silence = Math.max(performance.now() - lastWord, clock.looked ? now - clock.looked : 0);
  const stale = silence > LOST_AFTER_S * 1000;
  document.body.classList.toggle("stale", stale);
  document.body.classList.toggle("live", !stale && lastWord > 0);
  say("link", stale ? "STALE: what you see is old. Roll back still works." : lastWord ? "connected" : "connecting");
  say("age", lastWord ? `${spell(silence)} ago` : "");
  for (const button of document.querySelectorAll("[data-forward]")) {
    if (stale && !button.disabled) button.disabled = button.dataset.waits = true;
    else if (!stale && button.dataset.waits) { button.disabled = false; delete button.dataset.waits; }
  }
  announce(stale);
}

// Title and favicon carry the state to somebody who is looking at another tab.
function announce(stale) {
  const { title, icon } = document.querySelector("[data-title]").dataset;
  const wanted = `${stale ? "✖ STALE · " : ""}${title} · Warroom`;
  if (document.title !== wanted) document.title = wanted;
  const link = document.getElementById("icon");
  const address = stale ? icon.replace(/\w+\.svg$/, "stale.svg") : icon;
  if (link.getAttribute("href") !== address) link.setAttribute("href", address);
}

// What a person typed, opened, scrolled to or stands on stays when it is drawn anew.
function memory(scope, forget) {
  const typed = [...scope.querySelectorAll("input[id], select[id], textarea[id]")].filter((e) => !forget?.contains(e));
  const values = typed.map((e) => [e.id, e.value, e.checked]);
  const open = [...scope.querySelectorAll("details[id][open]")].filter((e) => !forget || !e.contains(forget)).map((e) => e.id);
  const scrolled = scope.querySelector(".entries")?.scrollTop;
  const active = scope.contains(document.activeElement) && !forget?.contains(document.activeElement) ? document.activeElement : null;
  const caret = active?.id && active.selectionStart != null ? [active.selectionStart, active.selectionEnd] : null;
  return () => {
    for (const [id, value, checked] of values) {
      const input = document.getElementById(id);
      if (input) Object.assign(input, input.type === "checkbox" ? { checked } : { value });
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (scrolled) scope.querySelector(".entries").scrollTop = scrolled;
    stand(active, caret);
    tick();
  };
}

function stand(active, caret) {
  if (!active?.id || active.isConnected) return;
  const again = document.getElementById(active.id);
  again?.focus({ preventScroll: true });
  if (caret && again?.setSelectionRange) again.setSelectionRange(...caret);
}

function redraw(name, html) {
  const region = document.getElementById(name);
  if (name === "turn") return turn(region, html);
  const recall = memory(region);
  htmx.swap(region, html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
  recall();
}

// While a click is under way its form stays: htmx places an answer by the element that asked, and loses
// it when that element is gone. The answer brings everything fresh anyway.
let posting = 0;

// What anybody may do has changed: what I may do is asked for anew.
function turn(region, key) {
  if (region.textContent === key) return;
  region.textContent = key;
  if (!posting) ask();
}

function ask() {
  if (room.dataset.mine) htmx.ajax("GET", room.dataset.mine, { target: "#mine", swap: "innerHTML" });
}

function connect(scene) {
  let last = scene;
  const source = new EventSource(`${room.dataset.stream}?seen=${encodeURIComponent(last)}`);
  const on = (name, work) => source.addEventListener(name, (event) => {
    lastWord = performance.now();
    last = event.lastEventId || last;
    work(event.data);
    tick();
  });
  for (const name of room.dataset.regions.split(" ")) on(name, (html) => { clock.looked = serverNow(); redraw(name, html); });
  on("beat", (data) => {
    const beat = JSON.parse(data);
    Object.assign(clock, { at: Date.parse(beat.now), heard: performance.now(), looked: Date.parse(beat.looked) });
  });
  on("closed", (why) => { source.close(); say("refusal", why); });
  // Where the browser gives up for good (an error page instead of a stream) we do not.
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000 + 3000 * Math.random(), last); };
}

// What was said of a click is read once; the room itself says where things stand.
function fade() {
  const said = document.getElementById("said");
  let timer;
  new MutationObserver(() => {
    clearTimeout(timer);
    if (said.textContent) timer = setTimeout(() => { said.textContent = ""; }, SAID_FOR_MS);
  }).observe(said, { childList: true });
}

function follow() {
  let recall;
  const on = (name, work) => document.body.addEventListener(`htmx:${name}`, (event) => work(event.detail));
  on("configRequest", ({ formData }) => {
    const seen = document.querySelector("[data-evaluation]").dataset.evaluation;
    if (formData.has("evaluation")) formData.set("evaluation", seen);
  });
  const counted = (step) => ({ requestConfig }) => { if (requestConfig.verb === "post") posting += step; };
  on("beforeRequest", counted(1));
  on("afterRequest", counted(-1));
  on("beforeSwap", (detail) => {
    const { xhr, requestConfig, target } = detail;
    if (posting && requestConfig.verb === "get" && target.id === "mine") { detail.shouldSwap = false; return; }
    const sent = requestConfig.verb === "post" && xhr.status < 400 ? requestConfig.elt : undefined;
    recall = memory(room, sent);
  });
  on("afterSettle", ({ requestConfig }) => {
    recall?.();
    recall = undefined;
    if (requestConfig?.verb === "post" && document.activeElement === document.body) document.getElementById("mine").focus();
  });
  on("sendError", () => { say("refusal", "The server could not be reached. Nothing is known to have happened; try again."); ask(); });
  on("responseError", ({ xhr, requestConfig }) => {
    say("refusal", `The server failed (${xhr.status}). Look at the timeline, then try again.`);
    if (requestConfig.verb === "post") ask();
  });
  document.addEventListener("visibilitychange", tick);
  connect(room.dataset.scene);
}

// A key only moves the focus; nothing happens before Enter.
const KEYS = {
  g: () => reach("#gate"),
  o: () => reach("#do-go:not(:disabled)", "#mine button:not(:disabled)", "#mine"),
  n: () => { document.getElementById("open-no-go")?.setAttribute("open", ""); reach("#no-go-reason"); },
  r: () => reach("#back-typed", "#do-roll-back"),
  t: () => reach("#timeline"),
  "/": () => reach("#note-reason"),
  "?": () => document.getElementById("keys")?.showModal(),
};

function reach(...selectors) {
  const found = selectors.map((one) => document.querySelector(one)).find(Boolean);
  if (!found) return;
  if (!found.matches("a, button, input, select, summary")) found.tabIndex = -1;
  found.focus();
  found.scrollIntoView({ block: "nearest" });
}

function press(event) {
  const typing = event.target.closest("input, select, textarea, dialog[open]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  event.preventDefault();
  KEYS[event.key]();
}

ticking.push(watch);
document.addEventListener("keydown", press);
fade();
follow();
tick();
