// data-mentions: after an @, whom it may call stands below the text. Arrows walk through
// the names, Enter or Tab takes one, Esc leaves. Without a script a name is typed out.
const CALL = /(?:^|[^\p{L}\p{N}_@.])@((?:[\p{L}\p{N}'’-]+ ?){0,3})$/u;
let last = null; // what was asked last: { text, typed, found }

function box(text) {
  const around = text.closest("[data-mentions]");
  return around && { around, text, list: around.querySelector(".cm-people") };
}

function options(list) {
  return [...list.querySelectorAll("[role=option]")];
}

function close({ text, list }) {
  list.replaceChildren();
  text.removeAttribute("aria-activedescendant");
}

function activate({ text, list }, at) {
  const all = options(list);
  all.forEach((each, index) => {
    each.id = `${list.id}-${index}`;
    each.setAttribute("aria-selected", index === at);
  });
  text.setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest" });
}

function take(parts, option) {
  const { around, text } = parts;
  const typed = text.value.slice(0, text.selectionStart).match(CALL);
  if (!typed) return close(parts);
  const from = text.selectionStart - typed[1].length;
  text.setRangeText(`${option.dataset.name} `, from, text.selectionStart, "end");
  const picked = document.createElement("input");
  Object.assign(picked, { type: "hidden", name: "picked", value: option.dataset.person });
  around.append(picked);
  close(parts);
  text.focus();
}

document.addEventListener("input", ({ target }) => {
  const parts = target.matches?.("[data-mentions] textarea") && box(target);
  if (!parts) return;
  const typed = target.value.slice(0, target.selectionStart).match(CALL);
  if (!typed) return close(parts);
  // Where nobody was found, more letters find nobody either.
  const isIdle = last?.text === target && !last.found && typed[1].startsWith(last.typed);
  if (isIdle && last.typed) return;
  last = { text: target, typed: typed[1], found: true };
  parts.around.querySelector("[data-mention-query]").value = typed[1];
  parts.list.dispatchEvent(new CustomEvent("mention"));
});

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!target.matches?.(".cm-people")) return;
  const text = target.closest("[data-mentions]").querySelector("textarea");
  if (last?.text === text) last.found = options(target).length > 0;
  if (document.activeElement !== text) return close(box(text));
  if (options(target).length) activate(box(text), 0);
});

document.addEventListener(
  "keydown",
  (event) => {
    const parts = event.target.matches?.("[data-mentions] textarea") && box(event.target);
    const all = parts ? options(parts.list) : [];
    if (!all.length || event.isComposing) return;
    const at = all.findIndex((each) => each.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) activate(parts, (at + step + all.length) % all.length);
    else if (event.key === "Escape") close(parts);
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) take(parts, all[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

// A press keeps the focus in the text.
document.addEventListener("pointerdown", (event) => {
  if (event.target.closest?.(".cm-people [role=option]")) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const option = event.target.closest?.(".cm-people [role=option]");
  if (option) take(box(option.closest("[data-mentions]").querySelector("textarea")), option);
});
document.addEventListener("focusout", ({ target }) => {
  if (!target.matches?.("[data-mentions] textarea")) return;
  setTimeout(() => {
    if (target.isConnected && document.activeElement !== target) close(box(target));
  }, 200);
});
