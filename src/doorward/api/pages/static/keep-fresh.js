// Asks for a page again from time to time, and puts the fresh part in place of the one that is shown. Whoever wants to
// read in peace unticks the box; who asked their system for less motion finds it unticked.

function fetchPage(address) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", reject);
    request.open("GET", address);
    request.responseType = "document";
    request.send();
  });
}

function keepFresh(holder) {
  const box = holder.querySelector("input");
  const id = holder.dataset.fresh;

  async function ask() {
    const shown = document.getElementById(id);
    if (!box.checked || document.hidden || shown?.contains(document.activeElement)) {
      return;
    }
    try {
      const { status, response, responseURL } = await fetchPage(location.href);
      const fresh = response?.getElementById(id);
      if (status !== 200 || !fresh || new URL(responseURL).pathname !== location.pathname) {
        box.checked = false; // signed out, or refused: what is shown stays, and loading the page again says why
        return;
      }
      const next = document.importNode(fresh, true);
      for (const opened of shown.querySelectorAll("details[open][id]")) {
        next.querySelector(`#${CSS.escape(opened.id)}`)?.setAttribute("open", "");
      }
      shown.replaceWith(next);
      document.dispatchEvent(new Event("doorward:fresh"));
    } catch {
      // The server is away for a moment; the next question finds it.
    }
  }

  box.checked = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  holder.hidden = false;
  setInterval(ask, Number(holder.dataset.seconds) * 1000);
}

for (const holder of document.querySelectorAll("[data-fresh]")) {
  keepFresh(holder);
}
