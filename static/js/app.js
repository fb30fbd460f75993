"use strict";
// Times, ages and the live stream. Without this file every page still reads and every form works.

const room = document.querySelector("[data-stream]");
const link = document.getElementById("link");
const LOST_AFTER_S = 10;

// The server's clock, which is the database's: where it stood, and how long ago by ours.
const clock = { at: Date.now(), heard: performance.now() };
const serverNow = () => clock.at + (performance.now() - clock.heard);
let lastWord = performance.now();
let looked = 0;

function spell(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} m ${String(s % 60).padStart(2, "0")} s`;
  if (s < 172800) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

const dayless = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const here = new Intl.DateTimeFormat(undefined, dayless);
const dated = new Intl.DateTimeFormat(undefined, { ...dayless, day: "numeric", month: "short" });

function tell(time) {
  const at = Date.parse(time.dateTime);
  const data = time.dataset;
  data.utc ??= time.textContent;
  time.title = data.utc;
  let text = data.utc;
  if ("since" in data) text = `${spell((serverNow() - at) / 1000)} ago`;
  else if ("until" in data) text = at > serverNow() ? `in ${spell((at - serverNow()) / 1000)}` : "now";
  else if (new Date().getTimezoneOffset()) text = sameDay(at) ? here.format(at) : dated.format(at);
  if (time.textContent !== text) time.textContent = text;
}

const sameDay = (at) => new Date(at).toDateString() === new Date(serverNow()).toDateString();

function tick() {
  document.querySelectorAll("time[data-moment], time[data-since], time[data-until]").forEach(tell);
  if (!room) return;
  const now = new Date(serverNow());
  document.getElementById("clock").textContent = `${here.format(now)} · ${now.toISOString().slice(11, 19)} UTC`;
  const silence = (performance.now() - lastWord) / 1000;
  const blind = looked ? (serverNow() - looked) / 1000 : 0;
  show(Math.max(silence, blind), silence);
}

// Stale: no word from the server, or a server that has not seen the database. Go waits; the way back never.
function show(age, silence) {
  const stale = age > LOST_AFTER_S;
  link.dataset.is = stale ? "stale" : "live";
  const said = stale ? `STALE: ${spell(age)} old. Roll back still works.` : "connected";
  if (link.textContent !== said && !(stale && link.textContent.startsWith("STALE") && Math.floor(silence) % 5)) link.textContent = said;
  document.querySelectorAll("[data-forward]").forEach((button) => {
    if (stale && !button.disabled) button.dataset.waits = button.disabled = true;
    else if (!stale && button.dataset.waits) { button.disabled = false; delete button.dataset.waits; }
  });
}

// What a person typed or opened stays when its region is drawn anew.
function keeping(region, draw) {
  const typed = [...region.querySelectorAll("input[id], select[id]")].map((e) => [e.id, e.value, e.checked]);
  const open = [...region.querySelectorAll("details[id][open]")].map((e) => e.id);
  const scrolled = region.querySelector(".entries")?.scrollTop;
  draw();
  for (const [id, value, checked] of typed) {
    const input = document.getElementById(id);
    if (input && region.contains(input)) Object.assign(input, input.tagName === "SELECT" || input.type !== "checkbox" ? { value } : { checked });
  }
  open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  if (scrolled) region.querySelector(".entries").scrollTop = scrolled;
}

function redraw(name, html) {
  const region = document.getElementById(name);
  if (!region || region.innerHTML === html) return;
  if (name === "turn") return turn(region, html);
  keeping(region, () => htmx.swap(region, html, { swapStyle: "innerHTML", swapDelay: 0, settleDelay: 0 }));
}

// Somebody's turn changed: what I may do is asked for anew.
function turn(region, key) {
  if (region.textContent === key) return;
  region.textContent = key;
  if (room.dataset.mine) htmx.ajax("GET", room.dataset.mine, { target: "#mine", swap: "innerHTML" });
}

function connect(scene) {
  let last = scene;
  const source = new EventSource(`${room.dataset.stream}?seen=${encodeURIComponent(last)}`);
  const heard = (event) => { lastWord = performance.now(); last = event.lastEventId || last; };
  for (const name of room.dataset.regions.split(" ")) {
    source.addEventListener(name, (event) => { heard(event); redraw(name, event.data); tick(); });
  }
  source.addEventListener("beat", (event) => {
    heard(event);
    const beat = JSON.parse(event.data);
    Object.assign(clock, { at: Date.parse(beat.now), heard: performance.now() });
    looked = Date.parse(beat.looked);
    tick();
  });
  source.addEventListener("closed", (event) => { source.close(); document.getElementById("refusal").textContent = event.data; });
  // Where the browser gives up (an error page instead of a stream) we don't.
  source.onerror = () => { if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000 + Math.random() * 3000, last); };
}

tick();
setInterval(tick, 1000);
if (room) {
  document.body.addEventListener("htmx:configRequest", (event) => {
    const seen = document.querySelector("[data-evaluation]").dataset.evaluation;
    if ("evaluation" in event.detail.parameters) event.detail.parameters.evaluation = seen;
  });
  document.body.addEventListener("htmx:beforeSwap", () => { });
  document.body.addEventListener("htmx:afterSettle", tick);
  connect(room.dataset.scene);
}
