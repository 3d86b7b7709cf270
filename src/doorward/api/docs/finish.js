// Hands the answer of the authorization endpoint to the documentation that asked for it, and closes this window.
"use strict";

const asked = globalThis.opener?.swaggerUIRedirectOauth2;
const answer = new URLSearchParams(location.search);

function refuse(message) {
  asked.errCb({ authId: asked.auth.name, source: "auth", level: "error", message });
}

if (asked) {
  if (answer.get("state") !== asked.state) {
    refuse("The answer does not belong to what was asked here.");
  } else if (answer.get("code")) {
    delete asked.state;
    asked.auth.code = answer.get("code");
    asked.callback({ auth: asked.auth, redirectUrl: asked.redirectUrl });
  } else {
    refuse(answer.get("error_description") ?? answer.get("error") ?? "No code came back.");
  }
  globalThis.close();
}
