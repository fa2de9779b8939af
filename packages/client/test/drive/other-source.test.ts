// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { isOtherSource, showSource } from "../../src/drive/other-source.ts";

for (const [word, before, is] of [
  ["https://e.example/a-1.0.tar.gz", undefined, true],
  ["git+https://e.example/a", "@", true],
  ["a@git+ssh://e.example/a", undefined, true],
  ["file:///a.whl", "@", true],
  ["-e", undefined, true],
  ["-e.", undefined, true],
  ["--editable=x", undefined, true],
  ["./folder[extra]", undefined, true],
  [".", undefined, true],
  ["dist/a-1.0-py3-none-any.whl", undefined, true],
  ["a-1.0-py3-none-any.whl", undefined, true],
  ["./site", "--target", false],
  ["a[b]>=1.0", undefined, false],
  ["a==1.0", undefined, false],
  ["--extra", undefined, false],
] as const) {
  test(`isOtherSource: ${before ?? ""} ${word}: ${is}`, () => assert.equal(isOtherSource(word, before), is));
}

test("showSource: no password, no token", () => {
  assert.equal(showSource("a @ https://u:p@e.example/a.whl?token=t#x"), "a @ https://e.example/a.whl#x");
});
