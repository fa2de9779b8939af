// SPDX-License-Identifier: Apache-2.0
// Every attack has a row in the table of its document, and every row an attack. What a row says is written by running the attack.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { attacksIn, readTable } from "./attacks/table.mjs";
import { conclude, ROOT, read } from "./source.mjs";

/** Folder -> the document with its table, and the command that writes it. */
const TABLES = {
  attacks: { document: "docs/threats.md", command: "npm run attacks" },
  "attacks/client": { document: "docs/installers.md", command: "npm run attacks:client" },
};

const problems = [];
let count = 0;
for (const [folder, { document, command }] of Object.entries(TABLES)) {
  const files = attacksIn(folder);
  count += files.length;
  if (files.length === 0 && !existsSync(join(ROOT, document))) continue;
  const rows = readTable(read(document), document);
  for (const file of files)
    if (!rows.has(file)) problems.push(`${file}: no row in ${document}; run ${command}`);
  for (const file of rows.keys())
    if (!files.includes(file)) problems.push(`${document}: a row for ${file}, which is no attack there`);
}
conclude(problems, `attacks: ${count} attacks, each with its row`);
