// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digestOf, sha256 } from "../src/sha2.ts";

for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
  test(`digestOf: ${algorithm} agrees with Node at every length around the block`, () => {
    for (let length = 0; length <= 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      const wanted = createHash(algorithm).update(bytes).digest("hex");
      assert.equal(Buffer.from(digestOf(algorithm, bytes)).toString("hex"), wanted, `length ${length}`);
    }
  });
}

test("sha256: a view into a larger buffer is hashed as what it shows", () => {
  const bytes = new Uint8Array(100).fill(7).subarray(13, 45);
  assert.deepEqual(Buffer.from(sha256(bytes)), createHash("sha256").update(bytes).digest());
});
