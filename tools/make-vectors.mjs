// SPDX-License-Identifier: Apache-2.0
// Writes vectors/**/*.json again: node --conditions=source tools/make-vectors.mjs
// Keys come from fixed seeds and every signature is deterministic, so a file only changes when its format or its cases do.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { vectorFiles } from "../packages/verify/test/make-vectors.ts";
import { ROOT } from "./source.mjs";

for (const [path, content] of await vectorFiles()) {
  const file = join(ROOT, "vectors", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(`vectors/${path}: ${content.length} bytes`);
}
