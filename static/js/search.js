// data-find: the search of the top bar. Ctrl or Cmd with K focuses it, arrows walk
// through what was found, Esc leaves. On a phone data-find-page opens the page instead.
// What was found shows while the focus is inside (by CSS); Enter opens a page anyway.
const form = document.querySelector("[data-find]");
const field = form?.querySelector("input");
const list = form?.querySelector(".rh-find-list");

document.addEventListener("keydown", (event) => {
  const isK = event.key?.toLowerCase() === "k" && !event.shiftKey && !event.altKey;
  if (!field || !isK || !(event.ctrlKey || event.metaKey)) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (!field.checkVisibility()) return document.querySelector("[data-find-page]")?.click();
  field.focus();
  field.select();
});

form?.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target !== field) {
    event.preventDefault();
    return field.focus();
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = [field, ...list.querySelectorAll("a")];
  if (stops.length === 1) return;
  event.preventDefault();
  const at = stops.indexOf(document.activeElement);
  stops[(at + step + stops.length) % stops.length].focus();
});

// What was found for other words does not stay below an empty field.
field?.addEventListener("input", () => {
  if (!field.value.trim()) list.replaceChildren();
});
