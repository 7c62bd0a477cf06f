// Short news at the foot of the page. Sources: the page itself, the event `toasts`
// that the server sends with an htmx answer, and `rh:toast` from other scripts.
const SECONDS = { normal: 10, error: 20 };
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");

function arm(toast) {
  const seconds = toast.dataset.level === "error" ? SECONDS.error : SECONDS.normal;
  let left = setTimeout(() => toast.remove(), seconds * 1000);
  const hold = () => clearTimeout(left);
  const go = () => (left = setTimeout(() => toast.remove(), seconds * 500));
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, go);
}

function show({ text, level = "success", undo = "", again = null }) {
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.level = level;
  toast.querySelector("[data-text]").textContent = text;
  for (const icon of toast.querySelectorAll("[data-level-icon]"))
    if (icon.dataset.levelIcon !== level) icon.remove();
  const form = toast.querySelector("form");
  if (undo) {
    form.action = undo;
    form.elements.next.value = location.pathname + location.search;
  } else form.remove();
  const retry = toast.querySelector(".btn-again");
  if (again)
    retry.addEventListener("click", () => {
      toast.remove();
      again();
    });
  else retry.remove();
  // One at a time is enough, errors aside: the newest is what just happened.
  for (const old of region.querySelectorAll(".rh-toast"))
    if (old.dataset.level !== "error" || level === "error") old.remove();
  raise();
  region.append(toast);
  arm(toast);
}

// While a dialog is open nothing outside it can be clicked, so the news goes inside.
function raise() {
  const dialogs = document.querySelectorAll("dialog[open]");
  const home = dialogs[dialogs.length - 1] ?? document.body;
  if (region.parentElement !== home) home.append(region);
}

document.addEventListener("close", () => setTimeout(raise), true);

if (region && template) {
  for (const toast of region.querySelectorAll(".rh-toast")) {
    const next = toast.querySelector("form")?.elements.next;
    if (next) next.value = location.pathname + location.search;
    arm(toast);
  }
  document.addEventListener("rh:toast", (event) => show(event.detail));
  document.addEventListener("toasts", (event) => event.detail.toasts.forEach(show));
  region.addEventListener("click", (event) =>
    event.target.closest("[data-toast-close]")?.closest(".rh-toast").remove(),
  );
}
