// SPDX-License-Identifier: Apache-2.0
// npm run mutants [-- --only <path prefix>] [--list] [--json]
//
// Every check of packages/verify, deleted or inverted, must turn a vector of vectors/ red. Each way to do so is a mutant; the last line is
// "M mutants, M killed". Mutants that change nothing which a vector could see are listed in tools/mutants/equivalent.json with a reason: a
// listed one that is killed, or is no longer there, fails the run like one that survives.
//
//   --only <prefix>  mutants of the files below it only (packages/verify/src/log, or log); may be repeated
//   --list           prints the mutants and runs nothing
//   --json           prints one JSON object a mutant instead of words
//   --sources, --suite, --vectors, --equivalent <path>   another package than verify

import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { instrumentAll, isWanted, nameOf, readEquivalents } from "./plan.mjs";
import { judgeAll } from "./pool.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const PROGRESS_MILLISECONDS = 10_000;

// Stripping types is an experimental feature of the Node that the project brings: one version, tested with it.
process.removeAllListeners("warning");

const { values } = parseArgs({
  // npm takes the "--" away that parts its own arguments from ours; node does not.
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    only: { type: "string", multiple: true, default: [] },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    sources: { type: "string", default: join(ROOT, "packages/verify/src") },
    suite: { type: "string", default: join(ROOT, "packages/verify/test/vectors/suite.ts") },
    vectors: { type: "string", default: join(ROOT, "vectors") },
    equivalent: { type: "string", default: join(ROOT, "tools/mutants/equivalent.json") },
  },
});

const sources = resolve(values.sources);
const suite = resolve(values.suite);
const { mutants } = instrumentAll(sources);
const wanted = mutants.filter((mutant) => isWanted(mutant, values.only, sources));
if (values.list) {
  for (const mutant of wanted) console.log(values.json ? JSON.stringify(mutant) : lineOf(mutant));
  console.log(`${wanted.length} mutants`);
} else {
  process.exitCode = (await run().catch(failed)) ? 0 : 1;
}

async function run() {
  const listed = readEquivalents(resolve(values.equivalent));
  const verdicts = new Map();
  const progress = setInterval(
    () => say(`${verdicts.size} of ${wanted.length} mutants ...`),
    PROGRESS_MILLISECONDS,
  );
  const given = {
    sources,
    suite,
    suiteFolder: dirname(suite),
    vectors: resolve(values.vectors),
    crypto: join(ROOT, "packages/verify/test/support/node-crypto.ts"),
    cryptoName: "testCrypto",
  };
  const ids = wanted.map((mutant) => mutant.id);
  try {
    await judgeAll(ids, given, (verdict) => verdicts.set(verdict.id, verdict));
  } finally {
    clearInterval(progress);
  }
  return report(verdicts, listed);
}

/** Says what became of the mutants; whether all is as it must be. */
function report(verdicts, listed) {
  const problems = [];
  const counts = { killed: 0, survived: 0, listed: 0 };
  for (const mutant of wanted) {
    const { status, by, found, reached } = verdicts.get(mutant.id);
    const isListed = listed.has(nameOf(mutant));
    if (values.json) console.log(JSON.stringify({ ...mutant, status, by, found, reached, isListed }));
    if (isListed) {
      counts.listed++;
      if (status === "killed")
        problems.push(`${lineOf(mutant)}\n  is listed as equivalent, and was killed by ${by ?? found}`);
    } else {
      counts[status]++;
      if (status === "survived") {
        problems.push(
          `${lineOf(mutant)}\n  survived ${reached === 0 ? "unseen: no vector reaches it" : `${reached} vectors`}`,
        );
      }
    }
  }
  const known = new Set(mutants.map(nameOf));
  for (const name of listed.keys())
    if (!known.has(name)) problems.push(`${name}\n  is listed as equivalent, and is not there`);
  if (!values.json) for (const problem of problems) console.log(problem);
  if (counts.listed > 0) console.log(`${counts.listed} equivalent, listed`);
  console.log(`${counts.killed + counts.survived} mutants, ${counts.killed} killed`);
  return problems.length === 0 && counts.killed > 0;
}

function lineOf({ file, line, function: place, operator, text, mutated, ordinal }) {
  const path = relative(process.cwd(), join(sources, file));
  return `${path}:${line}: ${operator}${ordinal > 1 ? ` (${ordinal})` : ""} in ${place || "the module"}\n  - ${text}\n  + ${mutated}`;
}

function failed(error) {
  say(error.message);
  return false;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}
