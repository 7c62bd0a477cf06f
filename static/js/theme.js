// Sets light or dark before the first paint. Loaded in <head>, not as a module.
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
  function show() {
    root.dataset.bsTheme = saved() || (system.matches ? "dark" : "light");
  }
  show();
  system.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("rh-theme", next);
    } catch {
      // The choice then lasts for this page.
    }
    root.dataset.bsTheme = next;
    document.dispatchEvent(new Event("rh:theme"));
  });
})();
