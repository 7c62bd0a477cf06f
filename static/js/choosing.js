// Rows ticked in a table: Shift ticks all between two, the head's tick all on the page.
const one = 'input[name="deal"]';
let last = null;

function boxes() {
  return [...document.querySelectorAll(one)];
}

function tell() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked).length;
  const every = document.querySelector("[data-choose-every]:checked");
  for (const words of document.querySelectorAll("[data-chosen]")) {
    words.textContent = words.dataset.chosen.replace("#", every?.dataset.chooseEvery ?? chosen);
  }
  for (const head of document.querySelectorAll("[data-choose-all]")) {
    head.hidden = false;
    const box = head.querySelector("input");
    box.checked = chosen > 0 && chosen === all.length;
    box.indeterminate = chosen > 0 && chosen < all.length;
  }
}

document.addEventListener("click", (event) => {
  const box = event.target;
  if (!box.matches?.(one)) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const each of all.slice(from, to + 1)) each.checked = box.checked;
  }
  last = box;
  tell();
});

document.addEventListener("change", (event) => {
  const head = event.target.closest?.("[data-choose-all]");
  if (head) for (const box of boxes()) box.checked = event.target.checked;
  if (head || event.target.matches?.("[data-choose-every]")) tell();
});

document.addEventListener("htmx:afterSettle", tell);
window.addEventListener("pageshow", tell);
tell();
