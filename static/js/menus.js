// Menus are <details class="rh-menu">: one open at a time, closed by Esc, by a click
// elsewhere and by choosing. The list is placed beside its button so that no scrolling
// box cuts it off.
function close(menu, focus = false) {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
}

function place(menu) {
  const list = menu.querySelector(".rh-menu-list");
  if (!list) return;
  const button = menu.querySelector("summary").getBoundingClientRect();
  list.style.position = "fixed";
  list.style.inset = "0 auto auto 0";
  // What is fixed in the top bar counts from there: a blurred box holds what is in it.
  const { x, y, width, height } = list.getBoundingClientRect();
  const below = button.bottom + 4;
  const fits = below + height < innerHeight - 8 || button.top < height;
  const left = menu.classList.contains("is-start") ? button.left : button.right - width;
  const top = Math.max(8, fits ? below : button.top - height - 4);
  list.style.top = `${top - y}px`;
  list.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8)) - x}px`;
}

document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("details.rh-menu") || !menu.open) return;
    for (const other of document.querySelectorAll("details.rh-menu[open]"))
      if (other !== menu) close(other);
    place(menu);
  },
  true,
);

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.rh-menu[open]")) {
    const chosen = event.target.closest(".rh-menu-item");
    if (!menu.contains(event.target) || chosen) close(menu);
  }
});

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector("details.rh-menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    event.preventDefault();
    close(menu, true);
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !menu.contains(event.target)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(".rh-menu-item")];
  const at = items.indexOf(document.activeElement);
  items.at((at + step + items.length) % items.length)?.focus();
});

addEventListener(
  "scroll",
  (event) => {
    for (const menu of document.querySelectorAll("details.rh-menu[open]"))
      if (event.target.contains?.(menu)) close(menu);
  },
  { capture: true, passive: true },
);
