// Says in a toast why a passkey was not made or taken; the scripts of the login tell it.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const words = document.getElementById("passkey-words").dataset;
  const text = window.PublicKeyCredential ? words.refused : words.missing;
  document.dispatchEvent(new CustomEvent("rh:toast", { detail: { text, level: "error" } }));
});
