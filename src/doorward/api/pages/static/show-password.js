// Adds a button to each password field that shows what was typed, and hides it again.

for (const control of document.querySelectorAll("input[type=password]")) {
  const frame = document.createElement("div");
  const button = document.createElement("button");
  const label = document.querySelector(`label[for="${control.id}"]`);
  const name = label ? label.textContent.trim().toLowerCase() : "password";

  const tell = (isShown) => {
    control.type = isShown ? "text" : "password";
    button.textContent = isShown ? "Hide" : "Show";
    button.setAttribute("aria-label", `${button.textContent} ${name}`);
  };

  frame.className = "reveal";
  button.className = "reveal-button";
  button.type = "button";
  button.setAttribute("aria-controls", control.id);
  button.addEventListener("click", () => tell(control.type === "password"));
  tell(false);

  control.replaceWith(frame);
  frame.append(control, button);
  // A shown password must not be sent as text: browsers keep what is typed into text fields.
  control.form?.addEventListener("submit", () => tell(false));
}
