// data-key="j" or data-key="g p": a key, or two in a row, that clicks a control or
// focuses a field. Off while typing, in dialogs, and with a modifier.
// <html data-keys="off"> switches single keys off (WCAG 2.1.4).
const FIELD = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
let first = "";
let forget;

function act(keys) {
  const found = [...document.querySelectorAll("[data-key]")].find(
    (each) => each.dataset.key.toLowerCase() === keys && each.checkVisibility(),
  );
  if (!found) return false;
  if (found.matches("input:not([type=checkbox]), textarea, select")) found.focus();
  else found.click();
  return true;
}

function starts(key) {
  return !!document.querySelector(`[data-key^="${CSS.escape(key)} " i]`);
}

function leave(event) {
  const field = event.target.closest(FIELD);
  if (!field || field.closest("dialog[open]")) return;
  const cancel = field.closest("form")?.querySelector("[data-cancel]");
  if (cancel) cancel.click();
  else field.blur();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Escape") return leave(event);
  if (event.metaKey || event.ctrlKey || event.altKey || event.repeat) return;
  if (document.documentElement.dataset.keys === "off") return;
  if (event.target.closest?.(FIELD) || document.querySelector("dialog[open]")) return;
  const isShifted = event.shiftKey && /^[a-z]$/i.test(event.key);
  const key = (isShifted ? "shift+" : "") + event.key.toLowerCase();
  const keys = first ? `${first} ${key}` : key;
  clearTimeout(forget);
  first = "";
  if (act(keys)) {
    event.preventDefault();
  } else if (keys === key && starts(key)) {
    first = key;
    forget = setTimeout(() => (first = ""), 1200);
  }
});
