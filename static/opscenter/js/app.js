// Menus, the search key and what htmx answers mean. Pages work without it.
(() => {
  const menus = () => document.querySelectorAll("details.oc-menu[open]");
  const notices = () => document.getElementById("notices");

  document.addEventListener("click", (event) => {
    for (const menu of menus()) {
      const inside = menu.contains(event.target);
      if (!inside || event.target.closest("[data-theme]")) menu.open = false;
    }
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of menus()) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of menus()) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    const search = document.querySelector("[data-search]");
    if (search && event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      search.select();
    }
  });

  const notify = (text) => {
    const notice = document.createElement("p");
    notice.className = "oc-notice error";
    notice.setAttribute("role", "alert");
    notice.textContent = text;
    notices()?.replaceChildren(notice);
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const login = document.body.dataset.loginUrl;
    if (login && xhr.responseURL && new URL(xhr.responseURL).pathname === login) {
      // The sign-in has run out: open the sign-in page itself, not inside the fragment.
      event.detail.shouldSwap = false;
      location.assign(`${login}?next=${encodeURIComponent(location.pathname + location.search)}`);
    } else if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:responseError", () => notify(notices().dataset.failed));
  document.addEventListener("htmx:sendError", () => notify(notices().dataset.offline));
})();
