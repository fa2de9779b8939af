// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { matchMetadata, parseCoreMetadata } from "../../src/upload/core-metadata.ts";

const GOOD =
  "Metadata-Version: 2.1\r\nName: Toy.Box\r\nVersion: 1.0\r\nRequires-Python: >=3.8\r\nLicense: a\r\n\tb\r\n\r\nName: body\r\n";
const FORM = { normalizedName: "toy-box", canonicalVersion: "1.0", requiresPython: ">=3.8" };

test("parseCoreMetadata: reads headers, with any line end, up to the body", () => {
  assert.deepEqual(parseCoreMetadata(utf8(GOOD)), {
    name: "Toy.Box",
    version: "1.0",
    requiresPython: ">=3.8",
  });
});

for (const [claim, bytes] of [
  ["no version", utf8("Metadata-Version: 2.1\nName: a\n\n")],
  ["no metadata version", utf8("Name: a\nVersion: 1\n\n")],
  ["two names", utf8("Metadata-Version: 2.1\nName: a\nName: b\nVersion: 1\n\n")],
  ["two versions in other letter case", utf8("Metadata-Version: 2.1\nName: a\nVersion: 1\nversion: 2\n\n")],
  ["a line that is no header", utf8("Metadata-Version: 2.1\nnonsense\n\n")],
  ["a carriage return alone", utf8("Metadata-Version: 2.1\nName: a\rName: b\nVersion: 1\n\n")],
  ["bytes that are not UTF-8", new Uint8Array([0xff, 0xfe])],
] as const) {
  test(`parseCoreMetadata: ${claim} is refused`, () => {
    assert.throws(() => parseCoreMetadata(bytes), { code: "metadata-missing" });
  });
}

test("matchMetadata: names and versions agree in their normal forms", () => {
  matchMetadata(parseCoreMetadata(utf8(GOOD)), FORM);
});

for (const [claim, form] of [
  ["another name", { ...FORM, normalizedName: "toy-boy" }],
  ["another version", { ...FORM, canonicalVersion: "1.0.1" }],
  ["another Requires-Python", { ...FORM, requiresPython: ">=3.9" }],
  ["no Requires-Python", { ...FORM, requiresPython: null }],
] as const) {
  test(`matchMetadata: ${claim} in the form is refused`, () => {
    assert.throws(() => matchMetadata(parseCoreMetadata(utf8(GOOD)), form), { code: "metadata-mismatch" });
  });
}
