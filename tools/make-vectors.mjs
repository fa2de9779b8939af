// SPDX-License-Identifier: Apache-2.0
// Writes vectors/ledger/*.json again: node --conditions=source tools/make-vectors.mjs
// Keys come from fixed seeds and Ed25519 is deterministic, so the files only change when a format does.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ledgerVectors } from "../packages/verify/test/ledger/vectors/all.ts";
import { ROOT } from "./source.mjs";

const folder = join(ROOT, "vectors/ledger");
mkdirSync(folder, { recursive: true });
for (const [name, content] of await ledgerVectors()) {
  writeFileSync(join(folder, name), content);
  console.log(`vectors/ledger/${name}: ${content.length} bytes`);
}
