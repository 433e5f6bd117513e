// The queue by keyboard: j/k walk, a accepts, r rejects, x ticks, o opens, ? helps. The page works without it.
(() => {
  const list = document.querySelector("[data-rows]");
  if (!list) return;
  const keys = document.querySelector("[data-keys]");
  const help = document.querySelector("[data-help]");
  const rows = () => [...list.querySelectorAll("[data-row]")];
  const here = () => document.activeElement?.closest?.("[data-row]");

  const focus = (row) => {
    if (!row) return;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = rows();
    const at = all.indexOf(here());
    focus(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  const acts = {
    j: () => step(1),
    ArrowDown: () => step(1),
    k: () => step(-1),
    ArrowUp: () => step(-1),
    a: (row) => row?.querySelector("[data-accept]")?.requestSubmit(),
    r: (row) => {
      const box = row?.querySelector("details");
      if (!box) return;
      box.open = true;
      box.querySelector("[name=reason]").focus();
    },
    x: (row) => row?.querySelector("[name=row]")?.click(),
    o: (row) => row?.querySelector(".oc-vf-open")?.click(),
    "?": () => keys.showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (typing) {
      if (event.key === "Escape" && here()) focus(here());
      return;
    }
    const act = acts[event.key];
    if (!act) return;
    const row = here();
    if (event.key.startsWith("Arrow") && !row) return;
    event.preventDefault();
    act(row);
  });

  // A decided row stays for a moment as it stands now; the next one that waits takes the focus.
  document.addEventListener("htmx:afterSettle", () => {
    const decided = [...list.querySelectorAll(".decided:not([data-done])")].pop();
    if (!decided) return;
    decided.dataset.done = "";
    const all = rows();
    const rest = all.slice(all.indexOf(decided) + 1);
    focus(rest.find((row) => !row.classList.contains("decided")) ?? decided);
  });

  const all = document.querySelector("[data-all]");
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of list.querySelectorAll("[name=row]")) box.checked = all.checked;
  });
  help.hidden = false;
  help.addEventListener("click", () => keys.showModal());
})();
