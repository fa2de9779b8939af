// SPDX-License-Identifier: Apache-2.0
// node packages/web/build.mjs [folder]: bundles the pages into packages/web/dist, or the given folder. Nothing in them is inline, so
// that they work under "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'".

import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(HERE, "dist");

mkdirSync(target, { recursive: true });
for (const name of ["project.html", "file.html", "style.css"]) {
  copyFileSync(join(HERE, "pages", name), join(target, name));
}
await build({
  entryPoints: [join(HERE, "src/app.ts"), join(HERE, "src/software.ts")],
  outdir: target,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  conditions: ["source"],
  legalComments: "none",
  logLevel: "warning",
});
