"use strict";
// The timeline's page: days in the viewer's zone, and a word when there is something new.
// What is being read never moves by itself, and nothing here touches what is being typed.

const entries = document.getElementById("entries");
const news = document.getElementById("news");
const EVERY_MS = 5000;
const dayName = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const zoneName = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });
const zoneOf = (at) => zoneName.formatToParts(at).find((part) => part.type === "timeZoneName").value;

function separator(at) {
  const line = document.createElement("li");
  const title = document.createElement("h2");
  const zone = document.createElement("span");
  line.className = "day";
  zone.className = "quiet";
  zone.textContent = zoneOf(at);
  title.append(`${dayName.format(at)} `, zone);
  line.append(title);
  return line;
}

// The server parts days by UTC; here they are parted where the viewer's midnight is.
function part() {
  entries.querySelectorAll(".day").forEach((one) => one.remove());
  let before = "";
  for (const entry of entries.querySelectorAll(".entry")) {
    const at = Date.parse(entry.querySelector("time").dateTime);
    const day = new Date(at).toDateString();
    if (day !== before) entry.before(separator(at));
    before = day;
  }
}

const newest = () => entries.querySelector(".entry")?.dataset.seq ?? news.dataset.last;

async function ask() {
  if (document.hidden || document.activeElement?.closest("#news")) return;
  const address = new URL(news.dataset.news, location.href);
  address.searchParams.set("after", "elsewhere" in news.dataset ? news.dataset.last : newest());
  try {
    const answer = await fetch(address, { redirect: "error" });
    if (!answer.ok) throw new Error(answer.status);
    show((await answer.text()).trim());
    document.getElementById("hitch").hidden = true;
  } catch {
    document.getElementById("hitch").hidden = false;
  }
}

function show(html) {
  if (news.dataset.shown === html) return;
  news.dataset.shown = html;
  news.innerHTML = html;
  if ("elsewhere" in news.dataset) news.querySelector("a")?.removeAttribute("hx-get");
  htmx.process(news);
}

document.body.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target === entries) {
    show("");
    part();
    entries.querySelector(".entry a")?.focus();
  }
  tick();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  document.getElementById("q").focus();
});

part();
setInterval(ask, EVERY_MS);
document.addEventListener("visibilitychange", ask);
