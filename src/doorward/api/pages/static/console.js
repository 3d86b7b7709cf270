// Makes the console's searches answer while one types. Without scripts each is a form with a button.

const PAUSE_MILLISECONDS = 200;

function fetchPage(address) {
  // A document that is asked for as such runs no script, and needs no text to become markup here.
  const request = new XMLHttpRequest();
  const answered = new Promise((resolve, reject) => {
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", reject);
    request.addEventListener("abort", reject);
  });
  request.open("GET", address);
  request.responseType = "document";
  request.send();
  return { request, answered };
}

function live(form) {
  const control = form.querySelector("input[type=search]");
  let timer;
  let running;

  async function ask() {
    running?.abort();
    const fields = new URLSearchParams(new FormData(form));
    const address = `${form.action}?${fields}`;
    const { request, answered } = fetchPage(address);
    running = request;
    try {
      const { status, response, responseURL } = await answered;
      const fresh = response?.getElementById(form.dataset.live);
      if (status !== 200 || !fresh || new URL(responseURL).pathname !== new URL(form.action).pathname) {
        form.submit(); // signed out, or refused: let the browser show it
        return;
      }
      document.getElementById(form.dataset.live)?.replaceWith(document.importNode(fresh, true));
      history.replaceState(null, "", address);
      document.dispatchEvent(new Event("doorward:fresh"));
    } catch {
      // Another letter was typed, or the network is away; the button is still there.
    }
  }

  control?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MILLISECONDS);
  });
}

for (const form of document.querySelectorAll("form[data-live]")) {
  if (document.getElementById(form.dataset.live)) {
    live(form);
  }
}

document.querySelector(".console-nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
