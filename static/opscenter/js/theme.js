// Sets light or dark before the first paint; loaded in <head> and blocking on purpose.
(() => {
  const KEY = "oc-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  const read = () => {
    try {
      return localStorage.getItem(KEY) || "auto";
    } catch {
      return "auto"; // storage may be switched off
    }
  };
  const apply = () => {
    const choice = read();
    root.dataset.bsTheme = choice === "auto" ? (system.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme]")) {
      button.setAttribute("aria-pressed", String(button.dataset.theme === choice));
    }
    dispatchEvent(new Event("oc:theme"));
  };

  root.classList.add("has-script");
  apply();
  addEventListener("DOMContentLoaded", apply);
  addEventListener("storage", (event) => event.key === KEY && apply());
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme]");
    if (!button) return;
    try {
      localStorage.setItem(KEY, button.dataset.theme);
    } catch {
      return;
    }
    apply();
  });
})();
