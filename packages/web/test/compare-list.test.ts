// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FileRecord, SimpleFile, SimplePage } from "@countermark/formats";
import { compareList, showDifference } from "../src/compare-list.ts";

const DIGEST = "11".repeat(32);
const NAME = "a-1-py3-none-any.whl";

// Only the members that are compared.
const record = (state: FileRecord["state"]) => ({ state, sha256: DIGEST }) as FileRecord;
const page = (...files: readonly { filename: string; sha256: string | null }[]): SimplePage => ({
  name: "a",
  status: "active",
  versions: [],
  files: files as readonly SimpleFile[],
});
const listed = { filename: NAME, sha256: DIGEST };

for (const [claim, list, logged, kinds] of [
  ["the same files are no difference", page(listed), [[NAME, record("published")]], []],
  ["a yanked file is listed too", page(listed), [[NAME, record("yanked")]], []],
  ["a withdrawn file is not listed", page(), [[NAME, record("withdrawn")]], []],
  ["a file that the ledger does not have is named", page(listed), [], ["not-in-ledger"]],
  [
    "a withdrawn file that is listed is named",
    page(listed),
    [[NAME, record("withdrawn")]],
    ["not-in-ledger"],
  ],
  [
    "another digest is named",
    page({ ...listed, sha256: "22".repeat(32) }),
    [[NAME, record("published")]],
    ["other-digest"],
  ],
  [
    "an absent digest is named",
    page({ ...listed, sha256: null }),
    [[NAME, record("published")]],
    ["other-digest"],
  ],
  ["a published file that is not listed is named", page(), [[NAME, record("published")]], ["not-listed"]],
] as const) {
  test(`compareList: ${claim}`, () => {
    const differences = compareList(list, new Map(logged));
    assert.deepEqual(
      differences.map((difference) => difference.kind),
      kinds,
    );
    for (const difference of differences) assert.ok(showDifference(difference).includes(NAME));
  });
}
