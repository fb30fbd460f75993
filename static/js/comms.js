"use strict";
// What is typed is kept as it is typed. A text that somebody else changed is said, and both are kept.

document.documentElement.classList.add("scripted");

document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id === "compose") detail.formData.set("version", document.getElementById("version").value);
});
// Publishing keeps what is on the screen first, even if it was typed a moment ago.
document.body.addEventListener("submit", (event) => {
  const compose = document.getElementById("compose");
  if (!["publish"].includes(event.target.id) || !compose) return;
  for (const [name, value] of new FormData(compose)) {
    if (["csrfmiddlewaretoken", "key", "version"].includes(name)) continue;
    const field = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    event.target.append(field);
  }
  event.target.querySelector("[name=version]").value = document.getElementById("version").value;
});
