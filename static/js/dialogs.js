// <dialog>: opened by data-dialog-open="id", closed by data-dialog-close, by a click
// beside it, or by the event sheet:close. What htmx swaps into one opens it.
let before = null;

// A sheet that is a page of its own is an ordinary form: its answer takes the page's
// place, not one above it. This runs before htmx reads the page.
for (const form of document.querySelectorAll("main form.rh-sheet[hx-target='#sheet']")) {
  for (const each of [form, ...form.querySelectorAll("[hx-target='#sheet']")]) {
    for (const name of ["hx-get", "hx-post", "hx-target"]) each.removeAttribute(name);
  }
}

function open(dialog) {
  if (!dialog || dialog.open) return;
  before = document.activeElement;
  dialog.showModal();
}

function focusFirst(dialog) {
  const wanted =
    dialog.querySelector("[autofocus], [data-focus]") ||
    dialog.querySelector(".is-invalid") ||
    dialog.querySelector("input:not([type=hidden]):not(:disabled), textarea, select");
  (wanted || dialog.querySelector("h2"))?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog) {
      event.preventDefault();
      open(dialog);
    }
    return;
  }
  const closer = event.target.closest("[data-dialog-close]");
  if (closer?.closest("dialog")) {
    event.preventDefault();
    closer.closest("dialog").close();
  }
});

// A press that begins and ends on the backdrop; text selected out of the box is not one.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target));
document.addEventListener("click", (event) => {
  const dialog = event.target;
  if (!dialog.matches?.("dialog[open]") || pressed !== dialog) return;
  if (!dialog.querySelector("form")) dialog.close();
});

// htmx tells each new element that it has arrived, and once more when it is as it was
// sent: until then a field of the same name is shown as it was before, without its error.
const whole = new WeakSet();
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = event.target.closest?.("dialog");
  if (!dialog || !event.target.isConnected) return;
  // A part of an open sheet, such as what a search found, leaves the focus where it is.
  const isPart = dialog.open && event.target.id !== "sheet" && !event.target.matches("form");
  if (!isPart) whole.add(event.target);
  open(dialog);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const dialog = event.target.closest?.("dialog");
  if (!dialog || !event.target.isConnected) return;
  if (whole.delete(event.target)) focusFirst(dialog);
  else event.target.querySelector("[autofocus], [data-focus]")?.focus({ preventScroll: true });
});

document.addEventListener("sheet:close", () => document.getElementById("sheet-dialog")?.close());

// Esc over something typed asks for a second Esc.
let warned = null;

function isTyped(dialog) {
  return [...dialog.querySelectorAll("input, textarea")].some((field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.type !== "hidden" && field.value !== field.defaultValue,
  );
}

document.addEventListener(
  "cancel",
  (event) => {
    const dialog = event.target;
    if (!dialog.matches?.("dialog") || warned === dialog || !isTyped(dialog)) return;
    event.preventDefault();
    warned = dialog;
    setTimeout(() => (warned = null), 5000);
    const text = document.getElementById("request-words").dataset.discard;
    document.dispatchEvent(new CustomEvent("rh:toast", { detail: { text, level: "warning" } }));
  },
  true,
);

document.addEventListener(
  "close",
  (event) => {
    if (event.target.id === "sheet-dialog") document.getElementById("sheet").replaceChildren();
    if (before?.isConnected) before.focus({ preventScroll: true });
    before = null;
  },
  true,
);
