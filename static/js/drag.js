// Drag between and within lists. The result goes out as the form that the container
// names, so the same server code answers as for the buttons that do it without a drag.
//   <div data-drag data-drag-form="#move">
//     <ul data-drop="4"> <li draggable="true" data-item="42" data-version="3" data-url="…">
let dragged = null;
let origin = null; // where it was, to put it back if the server refuses

function container(element) {
  return element.closest("[data-drag]");
}

function remember(item) {
  return { list: item.closest("[data-drop]"), before: item.nextElementSibling };
}

function putBack(item, place) {
  if (place.list.isConnected) place.list.insertBefore(item, place.before);
}

document.addEventListener("dragstart", (event) => {
  const item = event.target.closest?.("[draggable=true][data-item]");
  if (!item || !container(item)) return;
  dragged = item;
  origin = remember(item);
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", item.dataset.item);
  requestAnimationFrame(() => item.classList.add("is-drag"));
});

document.addEventListener("dragover", (event) => {
  const list = dragged && event.target.closest?.("[data-drop]");
  if (!list || container(list) !== container(dragged)) return;
  event.preventDefault();
  for (const other of container(list).querySelectorAll(".is-over"))
    if (other !== list) other.classList.remove("is-over");
  list.classList.add("is-over");
  const over = event.target.closest("[data-item]");
  if (over === dragged) return;
  if (over && list.contains(over)) {
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  } else if (dragged.closest("[data-drop]") !== list) list.append(dragged);
});

document.addEventListener("drop", (event) => {
  if (!dragged) return;
  event.preventDefault();
  const item = dragged;
  const from = origin;
  const now = remember(item);
  origin = null;
  if (now.list !== from.list || now.before !== from.before) send(item, now.list, from);
});

document.addEventListener("dragend", () => {
  if (!dragged) return;
  if (origin) putBack(dragged, origin); // let go outside of every list
  dragged.classList.remove("is-drag");
  document.querySelectorAll(".is-over").forEach((each) => each.classList.remove("is-over"));
  dragged = origin = null;
});

function send(item, list, from) {
  const form = document.querySelector(container(item).dataset.dragForm);
  const items = [...list.querySelectorAll("[data-item]")];
  const values = {
    to: list.dataset.drop,
    item: item.dataset.item,
    version: item.dataset.version ?? "",
    before: items[items.indexOf(item) + 1]?.dataset.item ?? "",
    order: items.map((each) => each.dataset.item).join(","),
  };
  // Not form.elements[name]: that list has a method called `item`.
  for (const [name, value] of Object.entries(values)) {
    const field = form.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }
  if (item.dataset.url) {
    form.action = item.dataset.url;
    if (form.hasAttribute("hx-post")) {
      form.setAttribute("hx-post", item.dataset.url);
      window.htmx?.process(form);
    }
  }
  form.addEventListener(
    "htmx:afterRequest",
    (event) => {
      // htmx calls a 422 that it swaps a success.
      const status = event.detail.xhr?.status ?? 0;
      if (status < 200 || status >= 400) putBack(item, from);
    },
    { once: true },
  );
  form.requestSubmit();
}
