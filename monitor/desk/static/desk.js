// Makes judging quick: keys, and decisions without a reload. Everything works without it too.
"use strict";

const list = document.querySelector(".cards");
const message = document.getElementById("melding");
const help = document.getElementById("hulp");
const removed = new Map();
let current = null;

const cards = () => [...document.querySelectorAll(".card")];

function keysAreOn() {
  try { return localStorage.getItem("radar-toetsen") !== "uit"; } catch { return true; }
}

function select(card) {
  if (!card) return;
  current = card;
  card.focus({ preventScroll: true });
  const begins = card.getBoundingClientRect().top; // one reads from the top, also what is taller than the window
  card.scrollIntoView({ block: begins < 0 || card.offsetHeight > innerHeight ? "start" : "nearest" });
}

function selected() {
  const focused = document.activeElement && document.activeElement.closest(".card");
  if (focused) current = focused;
  return current && current.isConnected ? current : null;
}

function step(by) {
  const all = cards();
  const place = all.indexOf(selected());
  const following = document.querySelector(".following a");
  if (following && by > 0 && place === all.length - 1) return location.assign(following.href);
  select(all[place < 0 ? 0 : Math.min(Math.max(place + by, 0), all.length - 1)]);
}

function isInView(card) {
  const box = card.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
}

// What a key is about. Never something out of sight: then the key only leads to what is in sight.
function aimed() {
  const card = selected() || cards()[0];
  if (!card || isInView(card)) return card;
  select(cards().find(isInView) || card);
  return null;
}

function press(selector) {
  const card = aimed();
  const button = card && card.querySelector(selector);
  if (button && !button.form.hasAttribute("aria-busy")) button.form.requestSubmit(button);
}

function write(name) {
  const card = aimed();
  const area = card?.querySelector(`[name=${name}]`) || (name === "notitie" && document.getElementById("opmerking"));
  if (!area) return;
  if (area.closest("details")) area.closest("details").open = true;
  area.focus();
}

function field(name, value) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name, value });
  return input;
}

function tell(text, undo = "", wrong = false, words = message.dataset.sayUndo) {
  const told = document.createElement("p");
  told.textContent = text;
  message.replaceChildren(told);
  message.classList.toggle("wrong", wrong);
  if (!undo) return;
  const form = document.createElement("form");
  const button = document.createElement("button");
  Object.assign(form, { method: "post", action: undo });
  button.textContent = words;
  form.append(field("van", list.dataset.back), field("vanaf", list.dataset.start), field("keuze", list.dataset.choice), button);
  message.append(form);
}

// Says why nothing was sent, and leaves the page with all that was typed on it.
function interrupt(reason) {
  const place = document.getElementById("melding") || document.createElement("div");
  Object.assign(place, { id: "melding", role: "alert" });
  place.classList.add("told", "wrong");
  if (!place.isConnected) document.querySelector("main").prepend(place);
  place.replaceChildren(document.getElementById(reason).content.cloneNode(true));
}

function count(by) {
  const shown = document.querySelector("[data-waiting]");
  if (shown) shown.textContent = Math.max(Number(shown.textContent) + by, 0);
}

function take(card, address, what) {
  const all = cards();
  const next = all[all.indexOf(card) + 1] || all[all.indexOf(card) - 1];
  removed.set(address, { card, before: card.nextElementSibling });
  card.remove();
  count(-1);
  if (next) select(next);
  else afterwards(card.id.replace("item-", ""), what);
}

// The list is done: ask for it anew, with the same choice, and tell what was done last.
function afterwards(id, what) {
  const address = new URLSearchParams(list.dataset.choice);
  address.set("na", id);
  address.set("wat", what);
  location.assign(`${location.pathname}?${address}`);
}

function putBack(address) {
  const kept = removed.get(address);
  if (!kept) return location.assign(`${location.pathname}?${list.dataset.choice}`);
  removed.delete(address);
  list.insertBefore(kept.card, kept.before && kept.before.isConnected ? kept.before : null);
  count(1);
  select(kept.card);
}

async function send(form, button) {
  const address = new URL(button.getAttribute("formaction") || form.getAttribute("action"), location.href).pathname;
  const body = new URLSearchParams(new FormData(form));
  if (button.name) body.set(button.name, button.value);
  form.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
    if (response.status === 401) return interrupt("uitgelogd");
    const told = await response.json();
    const earlier = response.ok && !told.undo ? [...removed.keys()].filter((one) => one !== address).at(-1) : "";
    tell(told.text, told.undo || earlier, !response.ok, earlier ? message.dataset.sayBack : undefined);
    if (response.ok || response.status === 409) after(address, form, response);
  } catch {
    interrupt("geen-verbinding");
  } finally {
    form.removeAttribute("aria-busy");
  }
}

function after(address, form, told) {
  const card = form.closest(".card");
  if (address.endsWith("/tekst")) {
    form.elements.was_samenvatting.value = form.elements.samenvatting.value;
    form.elements.was_waarom.value = form.elements.waarom.value;
    form.elements.notitie.value = "";
    for (const area of form.querySelectorAll("textarea")) area.defaultValue = area.value;
  } else if (address.endsWith("/oppakken")) {
    if (!told.ok) return;
    card.querySelector(".claimed")?.remove();
    const badge = document.createElement("span");
    Object.assign(badge, { className: "badge claimed", textContent: message.dataset.sayTaken });
    card.querySelector(".verdict").append(badge);
  } else if (address.endsWith("/terugleggen")) {
    document.querySelector(`#item-${address.split("/")[2]} .claimed`)?.remove();
  } else if (address.endsWith("/tekst/ongedaan")) {
    location.reload();
  } else if (card) {
    take(card, `/item/${card.id.replace("item-", "")}/ongedaan`, address.split("/").pop());
  } else {
    putBack(address);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!list || !(form.closest(".card") || form.closest("#melding"))) return;
  event.preventDefault();
  if (!form.hasAttribute("aria-busy")) send(form, event.submitter || form.querySelector("button"));
});

function openHelp() {
  help.showModal();
  document.getElementById("hulp-titel").focus();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press(".accept"),
  r: () => press(".reject"),
  u: () => { const button = message && message.querySelector("button"); if (button) button.form.requestSubmit(button); },
  c: () => press(".claim"),
  t: () => write("samenvatting"),
  n: () => write("notitie"),
  "/": () => { const search = document.getElementById("zoek"); if (search) { search.focus(); search.select(); } },
  o: () => { const link = aimed()?.querySelector(".original a"); if (link) window.open(link.href, "_blank", "noopener,noreferrer"); },
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest(".card :is(input, textarea, select)")) return select(event.target.closest(".card"));
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest(".card textarea")) {
    const form = event.target.form;
    if (!form.hasAttribute("aria-busy")) form.requestSubmit(form.querySelector(".accept") || form.querySelector(".keep"));
    return;
  }
  if (!help || help.open || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "?") { event.preventDefault(); openHelp(); return; }
  const action = keysAreOn() && KEYS[event.key];
  if (action) { event.preventDefault(); action(); }
});

// What somebody wrote and did not send would be gone with the page: the browser asks first.
let sent = null;
let checked = null;
const isChanged = (field) =>
  field.options ? field.selectedIndex !== Math.max([...field.options].findIndex((one) => one.defaultSelected), 0)
    : field.type === "checkbox" ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
const written = (except) => [...document.querySelectorAll("header:has(nav) ~ main form")]
  .some((form) => form.method === "post" && form !== except && [...form.elements].some(isChanged));

// Nor may it be lost because one is no longer signed in, or the radar is out of reach: we ask that before it goes.
document.addEventListener("submit", async (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || form === checked || !written()) return;
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  const answer = await fetch("/tips", { method: "HEAD", headers: { Accept: "application/json" } }).catch(() => null);
  form.removeAttribute("aria-busy");
  if (!answer || answer.status === 401) return interrupt(answer ? "uitgelogd" : "geen-verbinding");
  checked = form;
  form.requestSubmit(submitter);
  checked = null;
});
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) sent = event.target; });
window.addEventListener("beforeunload", (event) => { if (written(sent)) event.preventDefault(); });

// Tells how easy the text is to read while somebody types, a moment after the last letter.
let typing = 0;
document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.dataset.check) return;
  clearTimeout(typing);
  typing = setTimeout(async () => {
    const body = new URLSearchParams({ samenvatting: area.value });
    const response = await fetch(area.dataset.check, { method: "POST", body }).catch(() => null);
    if (response?.ok) area.parentElement.querySelector(".level").innerHTML = await response.text();
  }, 400);
});

if (help) {
  const switched = document.getElementById("toetsen-aan");
  document.querySelector(".keys").hidden = false;
  document.getElementById("hulp-open").addEventListener("click", openHelp);
  document.getElementById("hulp-dicht").addEventListener("click", () => help.close());
  switched.checked = keysAreOn();
  switched.addEventListener("change", () => {
    try { localStorage.setItem("radar-toetsen", switched.checked ? "aan" : "uit"); } catch { /* the choice then lasts this page only */ }
  });
}

// An entry of the letter can be dragged to another place or part; the buttons do the same.
const parts = [...document.querySelectorAll("[data-part]")];
const entriesOf = (part) => [...part.children].filter((entry) => entry.draggable);
let dragged = null;

// Empty parts are shown while something may be dropped there; not at once, for that would end the dragging.
const showParts = () => { for (const part of parts) part.closest(".panel").hidden = !part.children.length && !(dragged && mayDrop(part)); };
const mayDrop = (part) => dragged.parentElement === part || dragged.dataset.places.split(" ").includes(part.dataset.part);

function drop(part, entry) {
  const form = dragged.querySelector("form");
  const others = entriesOf(part).filter((one) => one !== dragged);
  const place = entry ? others.indexOf(entry) : others.length;
  form.querySelector("select")?.remove();
  form.append(field("doe", "plek"), field("plek", place), field("deel", part.dataset.part));
  form.submit();
}

for (const part of parts) {
  for (const entry of part.children) {
    entry.draggable = Boolean(entry.querySelector("form"));
    entry.addEventListener("dragstart", (event) => {
      dragged = entry;
      event.dataTransfer.effectAllowed = "move";
      entry.classList.add("dragged");
      setTimeout(showParts);
    });
    entry.addEventListener("dragend", () => { dragged = null; entry.classList.remove("dragged"); showParts(); });
  }
  const panel = part.closest(".panel");
  panel.addEventListener("dragover", (event) => {
    if (!dragged || !mayDrop(part)) return;
    event.preventDefault();
    const over = event.target.closest("li");
    for (const one of panel.querySelectorAll("li")) one.classList.toggle("above", one === over && one !== dragged);
    panel.classList.toggle("below", !over);
  });
  const leave = () => { for (const one of [panel, ...panel.querySelectorAll("li")]) one.classList.remove("above", "below"); };
  panel.addEventListener("dragleave", (event) => { if (!panel.contains(event.relatedTarget)) leave(); });
  panel.addEventListener("drop", (event) => {
    if (!dragged || !mayDrop(part)) return;
    event.preventDefault();
    leave();
    const over = event.target.closest("li");
    if (over !== dragged) drop(part, over);
  });
}
