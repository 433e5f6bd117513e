// The dropdown of the search field: htmx fills it, the keys walk through it. Without this the field opens a page.
(() => {
  const field = document.querySelector("[data-search]");
  const panel = document.getElementById("search-panel");
  if (!field || !panel) return;

  const links = () => [...panel.querySelectorAll("a")];
  const show = (open) => {
    panel.hidden = !open;
  };
  const move = (step) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement) + step;
    if (at < 0) field.focus();
    else all[Math.min(at, all.length - 1)].focus();
  };

  panel.addEventListener("htmx:afterSwap", () => show(field.value.trim() !== ""));
  field.addEventListener("focus", () => show(field.value.trim() !== ""));
  field.form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      show(true);
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      field.focus();
      show(false);
    }
  });
  document.addEventListener("click", (event) => {
    if (!field.form.contains(event.target)) show(false);
  });
  document.addEventListener("focusin", (event) => {
    if (!field.form.contains(event.target)) show(false);
  });
})();
