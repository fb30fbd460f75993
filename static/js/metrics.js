"use strict";
// One crosshair through all charts; marking a stretch of time looks closer at it. Without this file
// the charts still show and every link works.

const charts = document.getElementById("charts");
const ACROSS = 1000;
const state = { at: undefined, marked: undefined, dragging: false };

const plots = () => [...charts.querySelectorAll("figure.check")];
const ends = () => { const { from, to } = charts.querySelector(".ruler").dataset; return [Date.parse(from), Date.parse(to)]; };
const moment = (x) => { const [from, to] = ends(); return from + (to - from) * x / ACROSS; };

// The bucket next to a place: [x, GREEN, BLUE].
function nearest(figure, x) {
  const rows = figure.rows ??= figure.dataset.readout.split("\n").filter(Boolean).map((line) => line.split("\t"));
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(rows[middle][0]) < x) low = middle + 1; else high = middle;
  }
  const before = rows[low - 1];
  return before && x - before[0] < rows[low][0] - x ? before : rows[low];
}

function cross(figure, x) {
  figure.querySelector(".cross").setAttribute("x1", x);
  figure.querySelector(".cross").setAttribute("x2", x);
  const chosen = figure.querySelector(".chosen");
  const [from, to] = state.marked === undefined ? [0, 0] : [state.marked, x].sort((a, b) => a - b);
  chosen.setAttribute("x", from);
  chosen.setAttribute("width", to - from);
  const row = x < 0 ? undefined : nearest(figure, x);
  for (const [place, side] of [[1, "green"], [2, "blue"]]) figure.querySelector(`.read .${side}`).textContent = row?.[place] ?? "";
  return row;
}

function point(x, by) {
  state.at = x;
  for (const figure of plots()) {
    const row = cross(figure, x ?? -1);
    if (figure === by && row) say("readout", `${local(moment(x))}: ${figure.dataset.name} GREEN ${row[1] || "no reading"}${row[2] ? `, BLUE ${row[2]}` : ""}`);
  }
  const what = charts.querySelector(".ruler .what");
  what.dataset.whole ??= what.innerHTML;
  if (x === undefined) what.innerHTML = what.dataset.whole;
  else what.textContent = local(moment(x));
}

function closer() {
  const [from, to] = [state.marked, state.at].sort((a, b) => a - b);
  state.marked = undefined;
  if (to - from < 4) return point(state.at);
  const stamp = (x) => new Date(moment(x)).toISOString();
  location.assign(`?from=${encodeURIComponent(stamp(from))}&to=${encodeURIComponent(stamp(to))}`);
}

const along = (drawn, event) => {
  const box = drawn.getBoundingClientRect();
  return Math.min(ACROSS, Math.max(0, ACROSS * (event.clientX - box.left) / box.width));
};
const drawing = (event) => event.target.closest?.("figure.check .drawn");

charts.addEventListener("pointermove", (event) => {
  const drawn = drawing(event) ?? (state.dragging && state.drawn);
  if (drawn) point(along(drawn, event));
});
charts.addEventListener("pointerleave", () => { if (!state.dragging) point(undefined); });
charts.addEventListener("pointerdown", (event) => {
  const drawn = drawing(event);
  if (!drawn || event.button !== 0) return;
  Object.assign(state, { dragging: true, drawn, marked: along(drawn, event) });
  if (event.pointerType === "mouse") drawn.setPointerCapture(event.pointerId);
});
charts.addEventListener("pointerup", (event) => {
  if (!state.dragging) return;
  state.dragging = false;
  if (event.pointerType === "mouse") closer(); else state.marked = undefined;
});
charts.addEventListener("pointercancel", () => { state.dragging = false; state.marked = undefined; });
charts.addEventListener("dblclick", () => location.assign(location.pathname));

charts.addEventListener("keydown", (event) => {
  const drawn = drawing(event);
  if (!drawn) return;
  const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
  const figure = drawn.closest("figure");
  if (step) {
    if (event.shiftKey) state.marked ??= state.at ?? ACROSS / 2; else state.marked = undefined;
    point(Math.min(ACROSS, Math.max(0, (state.at ?? ACROSS / 2) + step * ACROSS / 200)), figure);
  } else if (event.key === "Enter" && state.marked !== undefined) closer();
  else if (event.key === "Escape" && state.at !== undefined) { state.marked = undefined; point(undefined); }
  else return;
  event.preventDefault();
});

const hour = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const second = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

function dressed() {
  const texts = [...charts.querySelectorAll(".ticks [data-at]")].map((text) => [text, new Date(text.dataset.at)]);
  const form = texts.some(([, at]) => at.getSeconds()) ? second : hour;
  for (const [text, at] of texts) text.textContent = form.format(at);
  tick();
}

// Whoever is reading something off is not interrupted; fresh charts come when the pointer has left.
charts.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === charts && (state.at !== undefined || charts.contains(document.activeElement))) event.detail.shouldSwap = false;
});
charts.addEventListener("htmx:afterSwap", dressed);
dressed();
