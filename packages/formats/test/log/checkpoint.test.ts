// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeCheckpoint, parseCheckpoint } from "@countermark/formats";

const ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
const TEXT = `example.com/behind-the-sofa\n20852163\n${ROOT}\n`;

test("parseCheckpoint: the specification's example", () => {
  const checkpoint = parseCheckpoint(TEXT);
  assert.equal(checkpoint.origin, "example.com/behind-the-sofa");
  assert.equal(checkpoint.size, 20_852_163);
  assert.equal(checkpoint.root.length, 32);
  assert.deepEqual(checkpoint.extensions, []);
});

test("encodeCheckpoint: gives the text that was parsed, extensions included", () => {
  for (const text of [TEXT, `${TEXT}one\ntwo words\n`]) {
    assert.equal(encodeCheckpoint(parseCheckpoint(text)), text);
  }
});

for (const [claim, text, code] of [
  ["two lines are refused", "a\n1\n", "malformed"],
  ["no newline at the end is refused", TEXT.slice(0, -1), "malformed"],
  ["an extension line that no newline ends is refused", `${TEXT}extension`, "malformed"],
  ["an empty origin is refused", `\n1\n${ROOT}\n`, "malformed"],
  ["an empty extension line is refused", `${TEXT}x\n\ny\n`, "malformed"],
  ["a leading zero is refused", `a\n01\n${ROOT}\n`, "not-canonical"],
  ["a plus sign is refused", `a\n+1\n${ROOT}\n`, "not-canonical"],
  ["a negative size is refused", `a\n-1\n${ROOT}\n`, "not-canonical"],
  ["an exponent is refused", `a\n1e3\n${ROOT}\n`, "not-canonical"],
  ["a size above 2^53-1 is refused", `a\n9007199254740992\n${ROOT}\n`, "out-of-range"],
  ["a root of 31 bytes is refused", `a\n1\n${"A".repeat(40)}AA==\n`, "out-of-range"],
  ["a root in base64url is refused", `a\n1\n${ROOT.replace("/", "_")}\n`, "not-base64"],
  ["a root with unused bits set is refused", `a\n1\n${ROOT.replace("2I=", "2J=")}\n`, "not-base64"],
] as const) {
  test(`parseCheckpoint: ${claim}`, () => {
    assert.throws(() => parseCheckpoint(text), { code });
  });
}

test("encodeCheckpoint: an origin that would be two lines is refused", () => {
  const checkpoint = { ...parseCheckpoint(TEXT), origin: "a\n5" };
  assert.throws(() => encodeCheckpoint(checkpoint), { code: "malformed" });
});
