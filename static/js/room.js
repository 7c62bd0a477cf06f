// The room: its bar follows the block's clock, and says calmly when its time is over.
// The clock itself counts in controls.js, from what the server said.
function follow() {
  for (const box of document.querySelectorAll(".rm-clock")) {
    const seconds = Number(box.querySelector("[data-countup]").dataset.countup);
    const limit = Number(box.dataset.limit);
    box.querySelector("progress").value = seconds;
    const over = box.querySelector(".rm-over");
    box.classList.toggle("is-over", seconds > limit);
    if (seconds > limit && !over.textContent) over.textContent = over.dataset.over;
  }
}

follow();
setInterval(follow, 1000);
document.addEventListener("htmx:afterSettle", follow);
