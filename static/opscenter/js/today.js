// The daily log on a phone: steps beside a number. Pages work without it.
(() => {
  for (const field of document.querySelectorAll("[data-stepper] input[type=number]")) {
    const bar = document.createElement("div");
    bar.className = "oc-stepper";
    for (const step of [-1, 1, 5, 10]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn";
      button.textContent = step > 0 ? `+${step}` : String(step).replace("-", "−");
      button.addEventListener("click", () => {
        field.value = Math.max(0, (Number.parseInt(field.value, 10) || 0) + step);
      });
      bar.append(button);
    }
    field.after(bar);
  }
})();
