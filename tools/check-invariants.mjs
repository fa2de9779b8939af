// SPDX-License-Identifier: Apache-2.0
// Invariants that a pattern can hold: see the list in ARCHITECTURE.md.

import { conclude, filesLike, lineOf, read, withoutComments } from "./source.mjs";

const PURE = ["packages/formats/src/**/*.ts", "packages/verify/src/**/*.ts"];
const SOURCES = ["packages/*/src/**/*.ts"];
const LINES_MAX = 400;

const RULES = [
  {
    files: PURE,
    bans: /\bDate\.now\b|\bnew Date\b|\bperformance\b/g,
    why: "reads no clock: time is an argument",
  },
  {
    files: PURE,
    bans: /\bprocess\b(?=[.[])|\bBuffer\b|\bfetch\(|\bglobalThis\b/g,
    why: "runs anywhere, without a platform",
  },
  {
    files: PURE,
    bans: /\bMath\.random\b|\bgetRandomValues\b/g,
    why: "is deterministic: randomness is an argument",
  },
  {
    files: SOURCES,
    // The testkit talks to processes that it started itself.
    except: /^packages\/testkit\//,
    bans: /\bJSON\.parse\b|\.json\(\)(?=\s*as\b)/g,
    why: "bytes from outside go through parseJson of formats",
  },
  {
    files: SOURCES,
    except: /^packages\/verify\//,
    bans: /\bas Verified\b/g,
    why: "only packages/verify may believe",
  },
  {
    files: ["packages/verify/src/identity/**/*.ts"],
    bans: /\.(?:includes|match|matchAll|search|toLowerCase|toUpperCase|localeCompare)\(|\bRegExp\b/g,
    why: "identities are equal field by field: no substring, no pattern, no case folding",
  },
  {
    files: ["packages/verify/src/identity/{same-identity,cross-check}.ts"],
    bans: /\.(?:test|exec|startsWith|endsWith|indexOf|slice|split|replace)\(/g,
    why: "a comparison compares whole fields",
  },
  {
    files: ["packages/verify/src/**/*.ts"],
    except: /\/failure\.ts$/,
    bans: /[(,]\s*\w+\?\s*:/g,
    why: "absent evidence is a refusal: no optional parameters, less is asked for by a named value",
  },
];

const problems = [];
for (const { files, except, bans, why } of RULES) {
  for (const path of filesLike(...files)) {
    if (except?.test(path)) continue;
    const source = withoutComments(read(path), false);
    for (const match of source.matchAll(bans)) {
      problems.push(`${path}:${lineOf(source, match.index)}: "${match[0].trim()}" is not used here: ${why}`);
    }
  }
}
const all = filesLike(
  "packages/*/src/**/*.ts",
  "packages/*/test/**/*.ts",
  "tools/**/*.mjs",
  "{stories,attacks,bench,fuzz}/**/*.ts",
);
for (const path of all) {
  const source = read(path);
  if (!/^(?:#!.*\n)?\/\/ SPDX-License-Identifier: Apache-2\.0\n/.test(source))
    problems.push(`${path}:1: no SPDX line`);
  const lines = source.split("\n").length - 1;
  if (path.includes("/src/") && lines > LINES_MAX)
    problems.push(`${path}: ${lines} lines, at most ${LINES_MAX}: which second noun hides in it?`);
}
conclude(problems, `invariants: ${RULES.length} rules hold in ${all.length} files`);
