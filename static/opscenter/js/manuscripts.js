// Counts the characters of a text while it is typed, as the server does; shows the rule of the chosen kind of
// author; copies the address of a link.
(() => {
  // Every visible character: no spaces, no line breaks, no controls, joiners or marks.
  const UNSEEN = /[\s\p{Cc}\p{Cf}\p{Mn}\p{Me}]/u;
  const text = document.querySelector("[data-characters]");
  const output = document.querySelector("[data-count]");
  const rules = [...document.querySelectorAll(".oc-ms-rule")];

  const chosen = () => {
    const radio = document.querySelector("[name=kind]:checked");
    const select = document.querySelector("select[name=kind]");
    return radio ? radio.value : select ? select.value : "";
  };

  const show = () => {
    const kind = chosen();
    for (const rule of rules) {
      rule.hidden = rules.length > 1 && kind !== "" && rule.dataset.kind !== kind;
    }
    if (!text || !output) return;
    const count = [...text.value].filter((one) => !UNSEEN.test(one)).length;
    const rule = rules.length === 1 ? rules[0] : rules.find((one) => one.dataset.kind === kind);
    const least = rule ? Number(rule.dataset.min || 0) : 0;
    const most = rule && rule.dataset.max ? Number(rule.dataset.max) : Infinity;
    const verdict = count && count < least ? output.dataset.short : count > most ? output.dataset.long : "";
    output.textContent = `${count} ${output.dataset.label}${verdict ? ` · ${verdict}` : ""}`;
    output.classList.toggle("off", Boolean(verdict));
    output.classList.toggle("none", !count);
  };

  if (text) text.addEventListener("input", show);
  for (const control of document.querySelectorAll("[name=kind]")) control.addEventListener("change", show);
  show();

  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const label = button.querySelector("span");
      await navigator.clipboard.writeText(button.dataset.copy);
      label.textContent = button.dataset.copied;
    });
  }
})();
