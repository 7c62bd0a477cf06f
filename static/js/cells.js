// Values edited where they stand. E opens the focused cell, Tab saves and goes on.
const typing = "input, textarea, select, [contenteditable]";
let wanted = 0; // +1 or -1: the neighbour to open after the save

function cells() {
  return [...document.querySelectorAll("[data-cell], [data-cell-form]")];
}

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-cell-form]");
  if (form && event.key === "Tab" && event.target.matches(typing)) {
    event.preventDefault();
    wanted = event.shiftKey ? -1 : 1;
    form.requestSubmit();
    return;
  }
  if (document.documentElement.dataset.keys === "off") return;
  if (event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches?.(typing) || document.querySelector("dialog[open]")) return;
  const focused = document.activeElement.closest?.("[data-cell]");
  const row = document.activeElement.closest?.("tr");
  const cell = focused || row?.querySelector("[data-cell]") || document.querySelector("[data-cell]");
  if (!cell) return;
  event.preventDefault();
  cell.click();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const cell = event.target.closest?.("td");
  if (!cell) return;
  const field = cell.querySelector("[data-cell-form] input:not([type=hidden])");
  if (field) {
    wanted = 0; // it was refused, or has just been opened
    field.focus();
    field.select?.();
    return;
  }
  const here = cell.querySelector("[data-cell]");
  if (!here || !wanted) return;
  const all = cells();
  const next = all[all.indexOf(here) + wanted];
  wanted = 0;
  next?.click();
});
