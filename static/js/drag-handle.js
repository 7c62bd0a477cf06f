// data-drag-handle: an item full of fields is dragged by its grip only, so that text
// in the fields can be selected with the mouse.
document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.("[data-drag-handle]");
  if (item) item.draggable = Boolean(event.target.closest(".sa-grip"));
});
