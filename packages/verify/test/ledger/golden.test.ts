// SPDX-License-Identifier: Apache-2.0
// What each version of the rules says of every kind and code, pinned to the byte.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { LEDGER_KINDS, ParseError, parseEntry, parseHex } from "@countermark/formats";
import { findRules, RULES_VERSION, VOID_CODES } from "@countermark/verify";

const FOLDER = new URL("../../../../vectors/ledger/golden/", import.meta.url);

/** Version of the rules -> SHA-256 of its file. A row is added, and never changed. */
const GOLDEN: Readonly<Record<number, string>> = {
  1: "6e40c28581a162f20a721027937d9ec03a5c1837f048e361a1199b10417104d6",
};

const WHAT_TO_DO = (version: number): string =>
  `vectors/ledger/golden/rules-${version}.json is not what it was. Logs were made by rules ${version}, and are judged by them for ever: put the ` +
  `file back, and the rules too. What shall be judged otherwise is rules ${RULES_VERSION + 1}, a new row of verify/src/ledger/rulesets.ts with a new ` +
  `file beside this one (node tools/make-golden.mjs ${RULES_VERSION + 1}); a ledger goes over to it by rules-changed`;

interface Step {
  readonly leaf: string;
  readonly outcome: string;
}

interface Golden {
  readonly rules: number;
  readonly transcripts: readonly { readonly steps: readonly Step[] }[];
  readonly altered: { readonly rules: readonly { readonly steps: readonly Step[] }[] };
}

function bytesOf(version: number): Buffer {
  return readFileSync(new URL(`rules-${version}.json`, FOLDER));
}

test("golden: every version of the rules has its file, and there is no other", () => {
  const known = Object.keys(GOLDEN).map((version) => `rules-${version}.json`);
  assert.deepEqual(globSync("*", { cwd: FOLDER }).sort(), known.sort());
  for (let version = 1; version <= RULES_VERSION; version++) {
    assert.notEqual(findRules(version), null, `rules ${version} are kept for ever`);
    assert.ok(Object.hasOwn(GOLDEN, version), `rules ${version} have a golden file`);
  }
  assert.equal(findRules(RULES_VERSION + 1), null);
});

for (const [version, digest] of Object.entries(GOLDEN)) {
  test(`golden: what rules ${version} say never changes`, () => {
    const found = createHash("sha256")
      .update(bytesOf(Number(version)))
      .digest("hex");
    assert.equal(found, digest, WHAT_TO_DO(Number(version)));
  });

  test(`golden: rules ${version} show every kind at work, and every code`, () => {
    const golden = JSON.parse(bytesOf(Number(version)).toString()) as Golden; // its digest is pinned
    assert.equal(golden.rules, Number(version));
    const steps = [...golden.transcripts, ...golden.altered.rules].flatMap((transcript) => transcript.steps);
    const outcomes = new Set(steps.map(({ outcome }) => outcome));
    const wanted = [...Object.keys(VOID_CODES), "legal", "state", "unjudged"];
    assert.deepEqual(
      wanted.filter((outcome) => !outcomes.has(outcome)),
      [],
    );
    const legal = new Set(steps.filter(({ outcome }) => outcome === "legal").map(({ leaf }) => kindOf(leaf)));
    assert.deepEqual(
      LEDGER_KINDS.filter((kind) => !legal.has(kind)),
      [],
    );
  });
}

function kindOf(leaf: string): string {
  try {
    return parseEntry(parseHex(leaf, leaf.length / 2, "leaf")).statement.kind;
  } catch (error) {
    if (error instanceof ParseError) return "no entry";
    throw error;
  }
}
