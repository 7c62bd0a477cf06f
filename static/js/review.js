// Review mode: what htmx and HTML leave open. The server says where the review is;
// this keeps the queue's mark, the phone's tabs, and every unsaved word.
const grid = document.querySelector(".rv-grid");
const words = document.getElementById("rv-words")?.dataset ?? {};
const TYPED = "textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select";

function toast(text, level = "info") {
  document.dispatchEvent(new CustomEvent("rh:toast", { detail: { text, level } }));
}

// -- phone: queue, deal, coach -------------------------------------------------------
function show(tab) {
  grid.dataset.tab = tab;
  for (const each of document.querySelectorAll("[data-rv-tab]"))
    each.toggleAttribute("aria-current", false);
  document.querySelector(`[data-rv-tab="${tab}"]`)?.setAttribute("aria-current", "true");
}

document.addEventListener("click", (event) => {
  const tab = event.target.closest?.("[data-rv-tab]");
  if (!tab) return;
  event.preventDefault();
  show(tab.dataset.rvTab);
  scrollTo(0, 0);
});
if (grid) show(grid.dataset.tab);

// A hidden part of the phone's page is opened by the key that wants it.
document.addEventListener("focusin", (event) => {
  if (event.target.closest?.("#coach")) show("coach");
});

// -- keys that are no single letter, and Space on links that act as buttons ----------
document.addEventListener("keydown", (event) => {
  if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey) return;
  if (event.target.closest?.(TYPED) || document.querySelector("dialog[open]")) return;
  if (event.key === " " && event.target.matches?.("a[role=button]")) {
    event.preventDefault();
    event.target.click();
    return;
  }
  if (document.documentElement.dataset.keys === "off") return;
  const key = { ArrowRight: "j", ArrowLeft: "k" }[event.key];
  if (!key || event.target.closest?.("[role=tablist], .rh-seg")) return;
  const step = [...document.querySelectorAll(`[data-key="${key}"]`)].find((each) =>
    each.checkVisibility(),
  );
  if (!step) return;
  event.preventDefault();
  step.click();
});

// -- after a deal arrived --------------------------------------------------------------
let shown = document.querySelector(".rv-deal")?.dataset.item;

function arrived() {
  const item = document.querySelector(".rv-deal")?.dataset.item;
  for (const each of document.querySelectorAll(".rv-q")) {
    const isHere = each.dataset.item === item;
    if (isHere) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  if (item === shown) return;
  shown = item;
  const row = document.querySelector(".rv-q[aria-current]");
  row?.scrollIntoView({ block: "nearest" });
  for (const each of document.querySelectorAll(".rv-main, .rv-coach-b")) each.scrollTop = 0;
  if (grid.dataset.tab !== "deal" && !document.activeElement?.closest("#coach")) show("deal");
  scrollTo(0, 0);
  const live = document.getElementById("rv-live");
  const name = document.getElementById("deal-h")?.textContent;
  if (live && name) live.textContent = `${name}, ${row?.querySelector(".rv-q-mark")?.textContent.trim() ?? ""}`;
}

document.addEventListener("htmx:afterSettle", () => {
  arrived();
  restore();
});
document.addEventListener("htmx:afterRequest", () => requestAnimationFrame(arrived));

// Open the field that a decision, an edit or a renewal asks for.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.target.closest?.("#decide, #rv-next, #rv-past, .rv-miles li");
  const form = part?.querySelector(".rv-form, .rv-inline, .rv-conflict");
  if (!form || form.contains(document.activeElement)) return;
  const wanted = [".is-invalid", "[data-focus]", TYPED, "button"];
  wanted.map((each) => form.querySelector(each)).find((each) => each)?.focus();
});

// -- following along never takes a field away ------------------------------------------
function isTyping() {
  const field = document.activeElement;
  if (field?.matches?.(TYPED) && field.closest(".rv-grid")) return true;
  return !!document.querySelector(".rv-grid .rv-form, .rv-grid .rv-inline, dialog[open], .rh-menu[open]");
}

// Requests that people made and that are under way.
const underway = new Set();
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt.id !== "rv-pulse") underway.add(detail.xhr);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => underway.delete(detail.xhr));

let said = false;

function guard(event) {
  const { elt } = event.detail.requestConfig;
  // What asked is gone, another deal stands there: the answer comes too late.
  if (!elt.isConnected) {
    event.detail.shouldSwap = false;
    return;
  }
  if (elt.id !== "rv-pulse") return;
  if (!isTyping() && !underway.size) {
    said = false;
    return;
  }
  event.detail.shouldSwap = false; // asked again in three seconds
  const there = event.detail.xhr.getResponseHeader("Review-Item");
  if (there && there !== shown && !said) {
    toast(words.moved);
    said = true;
  }
}

// On the target itself: an event on what is not in the page any more does not bubble.
document.addEventListener("htmx:beforeRequest", ({ detail }) =>
  detail.target.addEventListener("htmx:beforeSwap", guard, { once: true }),
);

// Before a poll: nothing to ask while the page is hidden.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt?.id === "rv-pulse" && document.hidden) event.preventDefault();
});

// -- unsaved words survive a reload and a lost connection ------------------------------
// They are one person's own: the next one to sign in here neither sees nor saves them.
const own = `rv:${grid?.dataset.viewer ?? ""}:`;

function place(field) {
  return `${own}${location.pathname.split("/").slice(0, 3).join("/")}:${field.dataset.draft}`;
}

function store(act) {
  try {
    return act(sessionStorage);
  } catch {
    return null; // storage is switched off
  }
}

document.addEventListener("input", ({ target }) => {
  if (target.dataset?.draft) store((drafts) => drafts.setItem(place(target), target.value));
});

store((drafts) => {
  for (const key of Object.keys(drafts))
    if (key.startsWith("rv:") && !key.startsWith(own)) drafts.removeItem(key);
});

function restore() {
  for (const field of document.querySelectorAll("[data-draft]")) {
    if (field === document.activeElement) continue;
    const draft = store((drafts) => drafts.getItem(place(field)));
    if (draft === null || draft === field.value) continue;
    field.value = draft;
    toast(words.unsaved);
    if (field.closest("[data-autosave]"))
      field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Saved: what was sent is no draft any more, unless more was typed meanwhile. Known before
// the answer is shown, or it would be put back there; the second event also comes for a
// form that is gone from the page by now.
function saved({ detail: { xhr, requestConfig } }) {
  if (xhr.status < 200 || xhr.status >= 400 || requestConfig.verb === "get") return;
  const form = requestConfig.elt.closest?.("form");
  const field = form?.querySelector("[data-draft]");
  if (!field) return;
  const sent = requestConfig.parameters?.[field.name];
  const draft = store((drafts) => drafts.getItem(place(field)));
  if (draft === sent || draft === null) store((drafts) => drafts.removeItem(place(field)));
}
document.addEventListener("htmx:beforeOnLoad", saved);
document.addEventListener("htmx:afterRequest", saved);

// htmx listens from DOMContentLoaded on; what is put back before would not be saved.
addEventListener("load", () => setTimeout(restore));
