// Builds what browsers load (`node build.mjs`), or the tests (`node build.mjs test`).
import { readdir } from "node:fs/promises";
import { build } from "esbuild";

const common = { bundle: true, format: "esm", target: "es2022", legalComments: "none", logLevel: "warning" };

if (process.argv[2] === "test") {
  const names = (await readdir("test")).filter((name) => name.endsWith(".test.ts"));
  const entryPoints = names.map((name) => `test/${name}`);
  await build({ ...common, entryPoints, outdir: "dist/test", platform: "node", sourcemap: "inline" });
} else {
  await build({ ...common, entryPoints: ["src/index.ts"], outfile: "dist/doorward.js", minify: true, sourcemap: true });
}
