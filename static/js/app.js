"use strict";
// Times, ages and the live stream. Without this file every page still reads and every form works.

const room = document.querySelector("[data-stream]");
const LOST_AFTER_S = 9;

// The server's clock, which is the database's: what it said last, and when we heard it.
const clock = { at: Date.now(), heard: performance.now(), looked: 0 };
const serverNow = () => clock.at + performance.now() - clock.heard;
let lastWord = 0;

function spell(milliseconds) {
  const s = Math.max(0, Math.floor(milliseconds / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${String(s % 60).padStart(2, "0")} s`;
  if (s < 172800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const hours = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const timeOnly = new Intl.DateTimeFormat(undefined, hours);
const withDay = new Intl.DateTimeFormat(undefined, { ...hours, day: "numeric", month: "short" });

function local(at) {
  const today = new Date(at).toDateString() === new Date(serverNow()).toDateString();
  return (today ? timeOnly : withDay).format(at);
}

function tell(time) {
  const at = Date.parse(time.dateTime);
  if (!time.title) time.title = time.textContent;
  let text = local(at);
  if ("since" in time.dataset) text = `${spell(serverNow() - at)} ago`;
  if ("until" in time.dataset) text = at > serverNow() ? `in ${spell(at - serverNow())}` : "now";
  if (time.textContent !== text) time.textContent = text;
}

function say(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}

function tick() {
  document.querySelectorAll("time").forEach(tell);
  if (room) watch();
}

// Stale: no word from the server, or a server that has not seen its database. Go waits; Roll back never.
function watch() {
  const now = serverNow();
  say("clock", `${timeOnly.format(now)} · ${new Date(now).toISOString().slice(11, 19)} UTC`);
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
}

// What a person typed, opened or scrolled to stays when it is drawn anew.
function memory(scope, forget) {
  const typed = [...scope.querySelectorAll("input[id], select[id]")].filter((e) => !forget?.contains(e));
  const values = typed.map((e) => [e.id, e.value, e.checked]);
  const open = [...scope.querySelectorAll("details[id][open]")].filter((e) => !forget || !e.contains(forget)).map((e) => e.id);
  const scrolled = scope.querySelector(".entries")?.scrollTop;
  return () => {
    for (const [id, value, checked] of values) {
      const input = document.getElementById(id);
      if (input) Object.assign(input, input.type === "checkbox" ? { checked } : { value });
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (scrolled) scope.querySelector(".entries").scrollTop = scrolled;
    tick();
  };
}

function redraw(name, html) {
  const region = document.getElementById(name);
  if (name === "turn") return turn(region, html);
  const recall = memory(region);
  htmx.swap(region, html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 });
  recall();
}

// What anybody may do has changed: what I may do is asked for anew.
function turn(region, key) {
  if (region.textContent === key) return;
  region.textContent = key;
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

function follow() {
  let recall;
  const on = (name, work) => document.body.addEventListener(`htmx:${name}`, (event) => work(event.detail));
  on("configRequest", ({ formData }) => {
    const seen = document.querySelector("[data-evaluation]").dataset.evaluation;
    if (formData.has("evaluation")) formData.set("evaluation", seen);
  });
  on("beforeSwap", ({ xhr, requestConfig }) => {
    const sent = requestConfig.verb === "post" && xhr.status < 400 ? requestConfig.elt : undefined;
    recall = memory(room, sent);
  });
  on("afterSettle", ({ requestConfig }) => {
    recall?.();
    recall = undefined;
    if (requestConfig?.verb === "post" && document.activeElement === document.body) document.getElementById("mine").focus();
  });
  on("sendError", () => say("refusal", "The server could not be reached. Nothing is known to have happened; try again."));
  on("responseError", ({ xhr }) => say("refusal", `The server failed (${xhr.status}). Look at the timeline, then try again.`));
  document.addEventListener("visibilitychange", tick);
  connect(room.dataset.scene);
}

tick();
setInterval(tick, 1000);
if (room) follow();
