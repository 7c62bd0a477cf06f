// Small behaviours of single controls, each named by its attribute.
function toast(text, level) {
  document.dispatchEvent(new CustomEvent("rh:toast", { detail: { text, level } }));
}

// data-blocked="reason" with aria-disabled: says why, does nothing.
document.addEventListener(
  "click",
  (event) => {
    const control = event.target.closest?.("[aria-disabled=true]");
    if (!control) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (control.dataset.blocked) toast(control.dataset.blocked, "locked");
  },
  true,
);

// data-picks="id": a change of it chooses the radio button of that id, before htmx asks.
document.addEventListener(
  "change",
  (event) => {
    const radio = document.getElementById(event.target.dataset?.picks ?? "");
    if (radio) radio.checked = true;
  },
  true,
);

// data-tabs: the parts of one form or page.
function select(tab) {
  for (const each of tab.closest("[data-tabs]").querySelectorAll("[role=tab]")) {
    const isChosen = each === tab;
    each.setAttribute("aria-selected", isChosen);
    each.tabIndex = isChosen ? 0 : -1;
    document.getElementById(each.getAttribute("aria-controls"))?.toggleAttribute("hidden", !isChosen);
  }
}

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[data-tabs] [role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.closest("[data-tabs]").querySelectorAll("[role=tab]")];
  const next = tabs.at((tabs.indexOf(tab) + step) % tabs.length);
  select(next);
  next.focus();
});

// data-show="#id": shows and hides; with data-group exactly one of several.
function toggle(button) {
  const target = document.querySelector(button.dataset.show);
  const group = button.dataset.group;
  if (!group) {
    target.hidden = !target.hidden;
    button.setAttribute("aria-expanded", !target.hidden);
  } else {
    for (const each of document.querySelectorAll(`[data-group="${CSS.escape(group)}"]`)) {
      const isChosen = each === button;
      each.setAttribute("aria-pressed", isChosen);
      const panel = document.querySelector(each.dataset.show);
      if (panel) panel.hidden = panel !== target;
    }
  }
  if (!target.hidden) target.querySelector("[data-show-focus]")?.focus();
}

function copy(button) {
  const from = button.dataset.copy && document.querySelector(button.dataset.copy);
  const text = button.dataset.copyText ?? from?.value ?? from?.textContent ?? "";
  const words = document.getElementById("request-words").dataset;
  if (navigator.clipboard)
    navigator.clipboard.writeText(text.trim()).then(() => toast(words.copied));
  else if (from?.select) {
    from.select(); // plain http on another host: the browser gives no clipboard
    document.execCommand("copy");
    toast(words.copied);
  }
}

document.addEventListener("click", (event) => {
  const control = event.target.closest?.("button, a, [data-show]");
  if (!control) return;
  if (control.matches("[data-tabs] [role=tab]")) select(control);
  if (control.dataset.show) toggle(control);
  if ("copy" in control.dataset || "copyText" in control.dataset) copy(control);
  if (control.dataset.fill) {
    const field = document.querySelector(control.dataset.fill);
    field.value = control.dataset.value ?? control.textContent.trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }
  if ("print" in control.dataset) window.print();
});

document.addEventListener("change", (event) => {
  const all = event.target.dataset?.checkAll;
  if (all)
    for (const each of event.target.form.querySelectorAll(`input[name="${CSS.escape(all)}"]`))
      each.checked = event.target.checked;
  event.target.closest?.("form[data-submit-on=change]")?.requestSubmit();
});

// data-countup="seconds": a clock that runs while data-countup-running is there.
function clock(seconds) {
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

setInterval(() => {
  for (const each of document.querySelectorAll("[data-countup][data-countup-running]")) {
    each.dataset.countup = Number(each.dataset.countup) + 1;
    each.textContent = clock(Number(each.dataset.countup));
  }
}, 1000);

// data-autogrow, for browsers without `field-sizing`.
if (!CSS.supports("field-sizing", "content"))
  document.addEventListener("input", ({ target }) => {
    if (!target.matches("textarea[data-autogrow]")) return;
    target.style.height = "auto";
    target.style.height = `${target.scrollHeight}px`;
  });

// Time tables and boards open at what is current.
document.querySelectorAll("[data-scroll-here]").forEach((each) =>
  each.scrollIntoView({ block: "nearest", inline: "center" }),
);
