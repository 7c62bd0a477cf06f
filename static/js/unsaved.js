// data-unsaved="n": a form with n edits that are not stored. Leaving the page asks first.
const unsaved = () => document.querySelector("form[data-unsaved]:not([data-unsaved='0'])");

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && "unsaved" in form.dataset) form.dataset.unsaved = "1";
});

// Saving and discarding leave on purpose. A refused save comes back with its number.
function leave() {
  document.querySelectorAll("form[data-unsaved]").forEach((each) => (each.dataset.unsaved = "0"));
}
document.addEventListener("submit", (event) => {
  if ("unsaved" in event.target.dataset) leave();
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-discard]")) leave();
});

addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});
