// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { METADATA_BYTES_MAX, parseMetadataHeaders, utf8 } from "@countermark/formats";

test("parseMetadataHeaders: reads fields up to the first empty line, whatever the line ends", () => {
  const headers = parseMetadataHeaders(
    utf8(
      "Name: a\r\nLicense: x\r\n\ty: z\nCLASSIFIER: one\nClassifier: two\n\r\nName: body\rwith anything\n",
    ),
  );
  assert.deepEqual(
    [...headers],
    [
      ["name", ["a"]],
      ["license", ["x\ny: z"]],
      ["classifier", ["one", "two"]],
    ],
  );
});

test("parseMetadataHeaders: a value is all that follows the first colon", () => {
  assert.deepEqual(parseMetadataHeaders(utf8("Name: sampleproject:evil\n")).get("name"), [
    "sampleproject:evil",
  ]);
});

for (const [claim, bytes, code] of [
  ["a carriage return alone", utf8("X: a\rName: evil\nName: good\n\n"), "malformed"],
  ["a carriage return before a line end", utf8("Name: a\r\r\n\n"), "malformed"],
  ["a carriage return for an empty line", utf8("Name: a\n\rName: b\n\n"), "malformed"],
  ["a line without a colon", utf8("Name: a\nnonsense\n\n"), "malformed"],
  ["a field without a name", utf8(": a\n\n"), "malformed"],
  ["a name with a space, which ends the headers for Python", utf8("Name : a\n\n"), "malformed"],
  ["a name that is not ASCII", utf8("N\u00e4me: a\n\n"), "malformed"],
  ["a continuation of nothing", utf8(" a: b\n\n"), "malformed"],
  ["bytes that are not UTF-8", new Uint8Array([0xff]), "not-utf8"],
  ["more than the limit", new Uint8Array(METADATA_BYTES_MAX + 1), "too-large"],
] as const) {
  test(`parseMetadataHeaders: ${claim} is refused`, () => {
    assert.throws(() => parseMetadataHeaders(bytes), { name: "ParseError", code });
  });
}
