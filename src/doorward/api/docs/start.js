// Starts Swagger UI on the document that the page names.
"use strict";

const place = document.getElementById("swagger-ui");

globalThis.ui = SwaggerUIBundle({
  url: place.dataset.document,
  dom_id: "#swagger-ui",
  deepLinking: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  tryItOutEnabled: true,
  validatorUrl: null,
  oauth2RedirectUrl: new URL(place.dataset.returnsTo, document.baseURI).href,
});
globalThis.ui.initOAuth({
  clientId: place.dataset.client,
  scopes: "openid profile email",
  usePkceWithAuthorizationCodeGrant: true,
});
