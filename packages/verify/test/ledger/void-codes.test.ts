// SPDX-License-Identifier: Apache-2.0
// One thing wrong, one code: every case fails if its check is deleted.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nextSeq, VOID_CODES } from "@countermark/verify";
import { acceptedFile, K, START } from "./toy-ledger.ts";
import { busy } from "./void-cases/build.ts";
import { COMMON_CASES } from "./void-cases/common.ts";
import { CONFIGURE_CASES } from "./void-cases/configure.ts";
import { FILE_KIND_CASES } from "./void-cases/file-kinds.ts";
import { FILES_CASES } from "./void-cases/files.ts";
import { INDEX_CASES } from "./void-cases/index-kinds.ts";
import { STATE_CASES } from "./void-cases/state.ts";

const CASES = [
  ...COMMON_CASES,
  ...CONFIGURE_CASES,
  ...FILES_CASES,
  ...FILE_KIND_CASES,
  ...INDEX_CASES,
  ...STATE_CASES,
];

for (const [code, claim, outcome] of CASES) {
  test(`apply: ${claim} is void: ${code}`, async () => {
    assert.equal(await outcome(), code);
  });
}

test("VOID_CODES: each code has a case", () => {
  const covered = new Set<string>(CASES.map(([code]) => code));
  assert.deepEqual(
    Object.keys(VOID_CODES).filter((code) => !covered.has(code)),
    [],
  );
});

test("apply: a void entry takes a place in the log and nothing else", async () => {
  const ledger = await busy();
  const before = ledger.state;
  const applied = await ledger.add(acceptedFile(START));
  assert.equal(applied.kind, "void");
  assert.deepEqual({ ...applied.state, size: before.size }, before);
  assert.equal(applied.state.size, before.size + 1);
  assert.equal(nextSeq(applied.state, K), nextSeq(before, K));
});
