// Sets light or dark before the first paint. Loaded in <head>, not as a module.
// <html data-theme="system|light|dark"> is the person's own choice, kept by the server;
// the signed-out have the last one of this browser.
(function () {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  function saved() {
    try {
      return localStorage.getItem("rh-theme");
    } catch {
      return null; // storage is switched off
    }
  }
  function keep(theme) {
    try {
      if (theme === "system") localStorage.removeItem("rh-theme");
      else localStorage.setItem("rh-theme", theme);
    } catch {
      // The choice then lasts for this page.
    }
  }
  function show() {
    const chosen = root.dataset.theme || saved() || "system";
    const dark = chosen === "system" ? system.matches : chosen === "dark";
    root.dataset.bsTheme = dark ? "dark" : "light";
  }
  if (root.dataset.theme) keep(root.dataset.theme);
  show();
  system.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    keep(next);
    if (root.dataset.themeUrl) {
      root.dataset.theme = next;
      const token = document.querySelector("meta[name=csrf-token]").content;
      const headers = { "X-CSRFToken": token };
      const body = new URLSearchParams({ theme: next });
      fetch(root.dataset.themeUrl, { method: "POST", headers, body, keepalive: true });
    }
    root.dataset.bsTheme = next;
    document.dispatchEvent(new Event("rh:theme"));
  });
})();
