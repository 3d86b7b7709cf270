import { fileURLToPath } from "node:url";
import { defineConfig, loadEnv } from "vite";

const LIBRARY = fileURLToPath(new URL("../../clients/js/src/index.ts", import.meta.url));

/** Nothing but this page's own files, and no talk but with the two servers that it is for. */
function policy(...servers: (string | undefined)[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${servers.map((server) => new URL(server ?? "http://localhost").origin).join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

export default defineConfig(({ mode, command }) => {
  const { VITE_ISSUER, VITE_API } = { ...loadEnv(mode, "."), ...process.env };
  const allowed = policy(VITE_ISSUER ?? "http://localhost:8000", VITE_API ?? "http://localhost:8001");
  return {
    resolve: { alias: { doorward: LIBRARY } },
    server: { port: 5173, strictPort: true, fs: { allow: ["../.."] } },
    preview: {
      port: 5173,
      strictPort: true,
      headers: {
        "content-security-policy": `${allowed}; frame-ancestors 'none'`,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
      },
    },
    build: { target: "es2022", modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
    plugins: [
      {
        name: "policy",
        // The development server writes styles into the page, so the policy is for what is built.
        transformIndexHtml: () =>
          command === "build"
            ? [{ tag: "meta", attrs: { "http-equiv": "content-security-policy", content: allowed }, injectTo: "head-prepend" }]
            : [],
      },
    ],
  };
});
