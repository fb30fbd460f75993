"use strict";
// What every page shares: times in the viewer's zone and by the server's clock, and the dark scheme.
// Without this file every page still reads and every form works.

// The server's clock, which is the database's: what it said last, and when we heard it.
const clock = { at: Date.now(), heard: performance.now(), looked: 0 };
const serverNow = () => clock.at + performance.now() - clock.heard;

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
const dayOnly = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", year: "numeric" });
const inUTC = new Intl.DateTimeFormat(undefined, { ...hours, day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function local(at) {
  const today = new Date(at).toDateString() === new Date(serverNow()).toDateString();
  return (today ? timeOnly : withDay).format(at);
}

// The hour loses its zone where the clock above shows it; date, zone and UTC are in the title.
function tell(time) {
  const at = Date.parse(time.dateTime);
  if (!time.title) time.title = `${withDay.format(at)} · ${inUTC.format(at)}`;
  let text = local(at);
  if ("day" in time.dataset) text = dayOnly.format(at);
  if ("since" in time.dataset) text = `${spell(serverNow() - at)} ago`;
  if ("late" in time.dataset) text = `+${spell(serverNow() - at)}`;
  if ("until" in time.dataset) text = at > serverNow() ? `in ${spell(at - serverNow())}` : "now";
  if (time.textContent !== text) time.textContent = text;
}

function say(id, text) {
  const element = document.getElementById(id);
  if (element && element.textContent !== text) element.textContent = text;
}

function progress(bar) {
  const [from, to] = [Date.parse(bar.dataset.from), Date.parse(bar.dataset.to)];
  bar.value = to > from ? Math.min(1, Math.max(0, (serverNow() - from) / (to - from))) : 1;
}

const ticking = [];

function tick() {
  document.querySelectorAll("time").forEach(tell);
  document.querySelectorAll("progress[data-to]").forEach(progress);
  for (const work of ticking) work();
}

// Light by default, dark by choice: the choice is a cookie, so that pages arrive in it.
function dress() {
  const button = document.getElementById("theme");
  if (!button) return;
  const root = document.documentElement;
  const label = () => { button.textContent = root.dataset.theme === "dark" ? "Light" : "Dark"; };
  button.addEventListener("click", () => {
    if (root.dataset.theme === "dark") delete root.dataset.theme;
    else root.dataset.theme = "dark";
    document.cookie = `theme=${root.dataset.theme ?? "light"}; path=/; max-age=31536000; samesite=lax`;
    label();
  });
  label();
  button.hidden = false;
}

dress();
tick();
setInterval(tick, 1000);
