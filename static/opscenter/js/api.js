// The readable description of the API; what is tried here goes with the reader's own session.
"use strict";

// Swagger has a dark sheet of its own; it follows the theme of the site.
const paint = () => {
  const root = document.documentElement;
  root.classList.toggle("dark-mode", root.dataset.bsTheme === "dark");
};
paint();
addEventListener("oc:theme", paint);

document.addEventListener("DOMContentLoaded", () => {
  const { schema, csrf } = document.getElementById("api").dataset;
  window.SwaggerUIBundle({
    url: schema,
    dom_id: "#api",
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    validatorUrl: null,
    requestInterceptor: (request) => {
      if (new URL(request.url, window.location.href).origin === window.location.origin) {
        request.headers["X-CSRFToken"] = csrf;
      }
      return request;
    },
  });
});
