// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeSimplePageHtml,
  encodeSimplePageJson,
  parseSimplePage,
  type SimpleFile,
  type SimplePage,
} from "../../src/packaging/simple-page.ts";
import { utf8 } from "../../src/text/bytes.ts";

const SHA256 = "ab".repeat(32);

const file: SimpleFile = {
  filename: "sampleproject-4.0.0-py3-none-any.whl",
  url: "../../files/sampleproject/sampleproject-4.0.0-py3-none-any.whl",
  sha256: SHA256,
  requiresPython: ">=3.9",
  size: 18211,
  uploadTime: "2026-11-22T10:00:00.000Z",
  yanked: null,
  coreMetadata: { sha256: "cd".repeat(32) },
  provenance: null,
};
const page: SimplePage = { name: "sampleproject", status: "active", versions: ["4.0.0"], files: [file] };

const parse = (value: unknown) => parseSimplePage(utf8(JSON.stringify(value)));
const minimal = (changes: object = {}) => ({
  meta: { "api-version": "1.1" },
  name: "sampleproject",
  files: [{ filename: "a.whl", url: "a.whl", hashes: { sha256: SHA256 }, ...changes }],
});

test("parseSimplePage: reads what encodeSimplePageJson writes", () => {
  for (const changes of [
    {},
    { yanked: "" },
    { yanked: "broken" },
    { size: null, uploadTime: null },
    { coreMetadata: false },
  ] as const) {
    const changed = { ...page, files: [{ ...file, ...changes }] };
    assert.deepEqual(parseSimplePage(encodeSimplePageJson(changed)), changed);
  }
});

test("parseSimplePage: members of later versions are ignored", () => {
  const parsed = parse({ ...minimal({ "gpg-sig": false }), _later: 1 });
  assert.equal(parsed.files[0]?.sha256, SHA256);
  assert.equal(parsed.status, "active");
  assert.deepEqual(parsed.versions, []);
});

test("parseSimplePage: core-metadata is read under its newer name first, and may be a bare true", () => {
  const both = parse(minimal({ "core-metadata": { sha256: SHA256 }, "data-dist-info-metadata": false }));
  assert.deepEqual(both.files[0]?.coreMetadata, { sha256: SHA256 });
  assert.deepEqual(parse(minimal({ "core-metadata": true })).files[0]?.coreMetadata, { sha256: null });
  assert.deepEqual(parse(minimal({ "data-dist-info-metadata": { sha256: SHA256 } })).files[0]?.coreMetadata, {
    sha256: SHA256,
  });
  assert.equal(parse(minimal()).files[0]?.coreMetadata, false);
});

test("parseSimplePage: yanked is false, true, or a reason", () => {
  assert.equal(parse(minimal({ yanked: false })).files[0]?.yanked, null);
  assert.equal(parse(minimal({ yanked: true })).files[0]?.yanked, "");
  assert.equal(parse(minimal({ yanked: "broken" })).files[0]?.yanked, "broken");
});

for (const [claim, value, code] of [
  ["another major version is refused", { ...minimal(), meta: { "api-version": "2.0" } }, "unsupported"],
  ["a page without files is refused", { meta: { "api-version": "1.0" }, name: "x" }, "missing-field"],
  ["a digest in capitals is refused", minimal({ hashes: { sha256: SHA256.toUpperCase() } }), "malformed"],
  [
    "a status that does not exist is refused",
    { ...minimal(), "project-status": { status: "frozen" } },
    "unsupported",
  ],
  ["a size that is no integer is refused", minimal({ size: 1.5 }), "wrong-type"],
] as const) {
  test(`parseSimplePage: ${claim}`, () => {
    assert.throws(() => parse(value), { code });
  });
}

test("encodeSimplePageJson: an unknown size or time is left out, never null", () => {
  const text = new TextDecoder().decode(
    encodeSimplePageJson({ ...page, files: [{ ...file, size: null, uploadTime: null }] }),
  );
  assert.ok(!text.includes('"size"') && !text.includes('"upload-time"'));
});

test("encodeSimplePageHtml: has the attributes that installers read", () => {
  const html = new TextDecoder().decode(
    encodeSimplePageHtml({ ...page, files: [{ ...file, yanked: "broken" }] }),
  );
  assert.match(html, new RegExp(`href="[^"]+#sha256=${SHA256}"`));
  assert.match(html, /data-requires-python="&gt;=3\.9"/);
  assert.match(html, /data-yanked="broken"/);
  assert.match(html, /data-core-metadata="sha256=(cd){32}"/);
});

test("encodeSimplePageHtml: a stranger's text stays text", () => {
  const evil = { ...file, filename: '"><script>', requiresPython: '"><script>' };
  const html = new TextDecoder().decode(encodeSimplePageHtml({ ...page, files: [evil] }));
  assert.ok(!html.includes("<script>"));
});
