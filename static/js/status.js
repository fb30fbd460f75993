"use strict";
// Times in the reader's own zone, with UTC beside them; a promise that was broken says so.

const zoned = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" };
const dated = { ...zoned, day: "numeric", month: "short" };
const sameDay = (at) => new Date(at).toDateString() === new Date().toDateString();

for (const time of document.querySelectorAll("time")) {
  const at = Date.parse(time.dateTime);
  const local = new Intl.DateTimeFormat(undefined, sameDay(at) ? zoned : dated).format(at);
  const utc = `${new Date(at).toISOString().slice(11, 16)} UTC`;
  time.title = time.textContent;
  time.textContent = local.endsWith("UTC") ? local : `${local} (${utc})`;
}

function promises() {
  for (const time of document.querySelectorAll("[data-promise]")) {
    const late = Date.parse(time.dateTime) < Date.now();
    time.parentElement.classList.toggle("over", late);
    time.parentElement.firstChild.textContent = late ? "The next update was promised by " : "Next update by ";
  }
}

// The page keeps itself fresh: asked with its ETag, the answer is nearly always "unchanged".
async function refresh() {
  if (document.hidden || document.activeElement?.matches("input")) return;
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    const mark = answer.headers.get("etag");
    if (answer.ok && mark && refresh.mark && mark !== refresh.mark) location.reload();
    if (answer.ok) refresh.mark = mark;
  } catch { /* the page stays as it is; its times say how old it is */ }
}

promises();
setInterval(promises, 1000);
setInterval(refresh, 20000);
refresh();
