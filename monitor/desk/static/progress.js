// Shows how far a reading is without loading the page anew, so that nobody loses their place. Works without it too.
"use strict";

const EVERY = 3000;

async function look() {
  const message = document.getElementById("melding");
  try {
    const response = await fetch(location.href);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = page.getElementById("melding");
    if (!fresh) return location.reload();
    if (fresh.textContent !== message.textContent) {
      message.replaceChildren(...fresh.childNodes);
      message.className = fresh.className;
    }
    if (fresh.hasAttribute("data-going")) return setTimeout(look, EVERY);
    document.getElementById("bronnen").replaceWith(page.getElementById("bronnen"));
  } catch {
    setTimeout(look, EVERY);
  }
}

setTimeout(look, EVERY);
