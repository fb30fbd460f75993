"use strict";
// Beside the phase one reads, the runbook shows its lines. Without this file the links lead there.

const code = document.getElementById("code");
const beside = window.matchMedia("(min-width: 75rem)");
const calmly = window.matchMedia("(prefers-reduced-motion: reduce)");

function show(id) {
  const wanted = document.getElementById(id);
  const shown = code.querySelector(".shown");
  if (!wanted || wanted === shown) return;
  shown?.classList.remove("shown");
  wanted.classList.add("shown");
  if (beside.matches) code.scrollTo({ top: wanted.offsetTop - code.offsetTop - 24, behavior: calmly.matches ? "auto" : "smooth" });
}

// The phase whose heading passed the upper third last is the one that is being read.
function reading() {
  const line = window.innerHeight / 3;
  let found = null;
  for (const phase of document.querySelectorAll("[data-lines]")) if (phase.getBoundingClientRect().top < line) found = phase;
  if (found) show(found.dataset.lines);
}

// A ladder too wide for the screen shows the phase that is being climbed.
function climb() {
  const ladder = document.querySelector(".climb");
  const here = ladder.querySelector("[aria-current]");
  const still = ladder.querySelector("th");
  if (here) ladder.scrollLeft = here.offsetLeft - still.offsetWidth - 16;
}

climb();
let asked = false;
addEventListener("scroll", () => {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => { asked = false; reading(); });
}, { passive: true });
