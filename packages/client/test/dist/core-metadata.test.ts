// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { METADATA_BYTES_MAX, utf8 } from "@countermark/formats";
import { formFields, parseCoreMetadata } from "../../src/dist/core-metadata.ts";

const text = [
  "Metadata-Version: 2.1",
  "Name: sampleproject",
  "Version: 4.0.0",
  "Classifier: A",
  "Classifier: B",
  "License: line one",
  "        line two",
  "",
  "# Title",
  "",
  "Text: not a field",
].join("\n");

test("parseCoreMetadata: fields, repeated fields, continued lines and the body", () => {
  const metadata = parseCoreMetadata(utf8(text), "METADATA");
  assert.deepEqual(metadata.get("classifier"), ["A", "B"]);
  assert.deepEqual(metadata.get("license"), ["line one\nline two"]);
  assert.deepEqual(metadata.get("description"), ["# Title\n\nText: not a field"]);
});

test("parseCoreMetadata: lines may end in CRLF", () => {
  const metadata = parseCoreMetadata(utf8(text.replaceAll("\n", "\r\n")), "METADATA");
  assert.deepEqual(metadata.get("version"), ["4.0.0"]);
});

test("parseCoreMetadata: a line without a name is refused", () => {
  assert.throws(() => parseCoreMetadata(utf8("no colon\n"), "METADATA"), { code: "bad-distribution" });
});

test("parseCoreMetadata: metadata above the limit is refused", () => {
  assert.throws(() => parseCoreMetadata(new Uint8Array(METADATA_BYTES_MAX + 1), "METADATA"), {
    code: "bad-distribution",
  });
});

test("formFields: metadata under the names of the upload form", () => {
  const fields = formFields(parseCoreMetadata(utf8(text), "METADATA"));
  assert.deepEqual(fields.slice(0, 3), [
    ["metadata_version", "2.1"],
    ["name", "sampleproject"],
    ["version", "4.0.0"],
  ]);
  assert.deepEqual(
    fields.filter(([name]) => name === "classifiers").map(([, value]) => value),
    ["A", "B"],
  );
});
