// SPDX-License-Identifier: Apache-2.0
// node tools/make-golden.mjs <version>: writes vectors/ledger/golden/rules-<version>.json from the transcripts of now, once. What is in it is
// what that version of the rules says for ever: a file that is there is never written again, and a test pins its digest.
//
// Few of the transcripts are taken: enough that every kind, in every act and way, is there with every outcome that any transcript
// shows. Outcomes that only altered states lead to come from rules.json.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { filesLike, ROOT, read } from "./source.mjs";

const version = process.argv[2] ?? "";
const path = `vectors/ledger/golden/rules-${version}.json`;
if (!/^[1-9][0-9]*$/.test(version) || existsSync(join(ROOT, path))) {
  console.error(
    `usage: node tools/make-golden.mjs <version>, of rules that have no file in vectors/ledger/golden/ yet`,
  );
  process.exit(2);
}
const transcripts = filesLike("vectors/ledger/transcripts*.json").flatMap((file) => JSON.parse(read(file)));
const { bases, rules } = JSON.parse(read("vectors/ledger/rules.json"));
const shown = new Set();
const chosen = cover(transcripts);
const altered = cover(
  rules.filter(({ steps }) => steps.some(({ leaf, outcome }) => !shown.has(rowOf(leaf, outcome)))),
);
const used = Object.fromEntries(
  Object.entries(bases).filter(([name]) => altered.some(({ base }) => base === name)),
);
const golden = { rules: Number(version), transcripts: chosen, altered: { bases: used, rules: altered } };
mkdirSync(join(ROOT, "vectors/ledger/golden"), { recursive: true });
writeFileSync(join(ROOT, path), `${JSON.stringify(golden, null, 1)}\n`);
console.log(
  `${path}: ${chosen.length} of ${transcripts.length} transcripts, ${altered.length} altered states, ${shown.size} rows`,
);

/** Each time the case that shows most that none before it did, until nothing is new. */
function cover(cases) {
  const rows = cases.map(({ steps }) => new Set(steps.map(({ leaf, outcome }) => rowOf(leaf, outcome))));
  const taken = [];
  for (;;) {
    const gains = rows.map((set) => [...set].filter((row) => !shown.has(row)).length);
    const best = Math.max(...gains);
    if (best <= 0) return cases.filter((_, i) => taken.includes(i));
    const at = gains.indexOf(best);
    taken.push(at);
    for (const row of rows[at]) shown.add(row);
  }
}

/** `kind act way: outcome`, of a leaf that is read so far. */
function rowOf(leaf, outcome) {
  const bytes = Buffer.from(leaf, "hex");
  if (bytes[0] !== 0x7b) return `leaf: ${outcome}`;
  try {
    const statement = JSON.parse(Buffer.from(JSON.parse(bytes.toString()).payload, "base64").toString());
    const { act = "", way = "", role } = statement.predicate;
    return `${role} ${statement.predicateType.split("/").at(-2)} ${act} ${way}: ${outcome}`;
  } catch {
    return `bytes: ${outcome}`;
  }
}
