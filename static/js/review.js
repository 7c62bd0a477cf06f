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

// Open the field that a decision asks for.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "decide") return;
  const field = event.target.querySelector(`.rv-form .is-invalid, .rv-form ${TYPED}`);
  const fallback = event.target.querySelector(".rv-form button, [data-focus]");
  (field ?? fallback)?.focus();
});

// -- following along never takes a field away ------------------------------------------
function isTyping() {
  const field = document.activeElement;
  if (field?.matches?.(TYPED) && field.closest(".rv-grid")) return true;
  return !!document.querySelector(".rv-grid .rv-form, .rv-grid .rv-inline, dialog[open], .rh-menu[open]");
}

let said = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.elt?.id !== "rv-pulse" || !isTyping()) {
    said = false;
    return;
  }
  event.detail.shouldSwap = false; // asked again in three seconds
  if (!said) toast(words.moved);
  said = true;
});

// Before a poll: nothing to ask while the page is hidden.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt?.id === "rv-pulse" && document.hidden) event.preventDefault();
});

// -- unsaved words survive a reload and a lost connection ------------------------------
function place(field) {
  return `rv:${location.pathname.split("/").slice(0, 3).join("/")}:${field.dataset.draft}`;
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

// Saved: what was sent is no draft any more, unless more was typed meanwhile.
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, requestConfig } = event.detail;
  if (!successful || requestConfig?.verb === "get") return;
  const form = elt.closest?.("form");
  const field = form?.querySelector("[data-draft]");
  if (!field) return;
  const sent = requestConfig.parameters?.[field.name];
  const draft = store((drafts) => drafts.getItem(place(field)));
  if (draft === sent || draft === null) store((drafts) => drafts.removeItem(place(field)));
});

restore();
