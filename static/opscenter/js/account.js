// Passkeys: when the browser gives none, the page says so in words; everything else is the library's.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const failed = document.querySelector("[data-passkey-failed]");
  if (!failed) return;
  failed.hidden = false;
  failed.focus();
});
