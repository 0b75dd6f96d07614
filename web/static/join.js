// Lets the chat take the place of this page in the browser's history, so that leaving the chat in
// a hurry leaves no way back to it. Without a script the form works as it is.
"use strict";

(() => {
  const form = document.querySelector("form.enter");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    if (button.disabled) return;
    button.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (answer.ok && new URL(answer.url).pathname === "/chat") {
        location.replace("/chat");
        return;
      }
    } catch {
      // The page itself tries, and says what is wrong.
    }
    button.disabled = false;
    form.submit(); // the same form again: it has one effect
  });
})();
