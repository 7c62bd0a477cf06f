// What every request shares: the CSRF token, no second submit while the first runs,
// and plain words when the server cannot be reached. What was typed stays.
const words = document.getElementById("request-words")?.dataset ?? {};
const busy = new WeakMap(); // form -> true while its request runs

function toast(text, again) {
  const detail = { text, level: "error", again };
  document.dispatchEvent(new CustomEvent("rh:toast", { detail }));
}

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]")?.content;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
});

// -- one submit at a time ---------------------------------------------------------
function buttons(form) {
  return [...form.elements].filter((each) => each.matches("button:not([type=button])"));
}

function release(form) {
  busy.delete(form);
  for (const each of buttons(form)) each.removeAttribute("aria-busy");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (busy.has(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  },
  true,
);

// A button with an address of its own asks without a submit of its form.
document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.("form button[hx-post]");
    if (!button || !busy.has(button.form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "get") return;
  const byHtmx = form.matches("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]");
  if (byHtmx || event.defaultPrevented || form.method === "dialog") return;
  busy.set(form, true);
  for (const each of buttons(form)) each.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 10_000); // a download answers without leaving the page
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest?.("form");
  const isSubmit = form === event.target || event.target.matches?.("button");
  if (!form || !isSubmit || event.detail.requestConfig.verb === "get") return;
  busy.set(form, true);
  for (const each of buttons(form)) each.setAttribute("aria-busy", "true");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) release(form);
});

addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));

// -- aria-busy where the answer will go -------------------------------------------
document.addEventListener("htmx:beforeSend", (event) =>
  event.detail.target?.setAttribute?.("aria-busy", "true"),
);
document.addEventListener("htmx:afterRequest", (event) =>
  event.detail.target?.removeAttribute?.("aria-busy"),
);

// -- failures ---------------------------------------------------------------------
function failed(event) {
  const { elt, requestConfig, xhr } = event.detail;
  const status = xhr?.status ?? 0;
  const isRead = requestConfig?.verb === "get";
  if (elt?.closest?.("[data-quiet]")) {
    document.documentElement.classList.add("is-offline");
    return;
  }
  const form = elt?.closest?.("form");
  const again = form && !isRead ? () => form.requestSubmit() : null;
  const text = { 429: words.often, 413: words.large }[status];
  toast(text || (isRead ? words.notLoaded : words.notSaved), again);
}

document.addEventListener("htmx:sendError", failed);
document.addEventListener("htmx:timeout", failed);
document.addEventListener("htmx:responseError", failed);
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 500) document.documentElement.classList.remove("is-offline");
});

// -- focus after a swap -----------------------------------------------------------
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.closest?.("dialog")) return;
  event.target.querySelector?.("[data-focus]")?.focus({ preventScroll: true });
});
