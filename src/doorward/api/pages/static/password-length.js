// Says below a new password how many characters are still missing. Counts code points, as the server does.

for (const control of document.querySelectorAll("input[data-minimum]")) {
  const hint = document.getElementById(`${control.id}-hint`);
  const minimum = Number(control.dataset.minimum);
  if (!hint || !minimum) {
    continue;
  }
  const advice = hint.textContent;

  control.addEventListener("input", () => {
    const length = Array.from(control.value.normalize("NFC")).length;
    const missing = minimum - length;
    hint.dataset.enough = String(missing <= 0);
    if (length === 0) {
      hint.textContent = advice;
    } else if (missing > 0) {
      hint.textContent = `${length} of ${minimum} characters: ${missing} to go.`;
    } else {
      hint.textContent = `${length} characters: long enough.`;
    }
  });
}
