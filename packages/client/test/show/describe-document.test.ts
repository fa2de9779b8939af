// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { describeDocument } from "../../src/show/describe-document.ts";

const data = process.env["CONFORMANCE_DIR"] ?? "";
const skip = existsSync(data) ? false : "no conformance data: CONFORMANCE_DIR is not set";

for (const [name, ...lines] of [
  ["managed-key-happy-path", /^version 0\.3$/m, /signed by a key that its reader must know/],
  [
    "happy-path-v0.1",
    /^version 0\.1$/m,
    /^signature over a file of the SHA2_256 digest a0cf/m,
    /with a promise of 2023-/,
  ],
  [
    "rekor2-happy-path",
    /log entry hashedrekord 0\.0\.2 at index \d+, in a tree of \d+$/m,
    /^timestamp 2025-/m,
  ],
  ["rekor2-dsse-happy-path", /^statement /m, /^about "a\.txt", sha256 a0cf/m, /for "https:.*heads\/main"/],
] as const) {
  test(`describeDocument: says what is in the bundle ${name}`, { skip }, () => {
    const bytes = readFileSync(`${data}/sigstore/bundle-verify/${name}/bundle.sigstore.json`);
    const described = describeDocument(bytes);
    assert.equal(described.kind, "Sigstore bundle");
    for (const line of lines) assert.match(described.lines.join("\n"), line);
  });
}
