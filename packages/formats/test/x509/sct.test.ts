// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derOctetString,
  EXTENSION_OIDS,
  encodeExtension,
  encodeHex,
  encodeSctListExtension,
  encodeSctSignedData,
  encodeTbsCertificate,
  parseCertificate,
  parseSctList,
  precertificateTbs,
  type Sct,
} from "../../src/index.ts";
import { encodeSample, sampleFields } from "./sample.ts";

const sct: Sct = {
  logId: new Uint8Array(32).fill(1),
  timestampMilliseconds: 1_780_000_000_123,
  extensions: Uint8Array.of(0, 0, 5, 0, 0, 0, 0, 9),
  algorithm: { kind: "ecdsa", hash: "sha256" },
  signature: Uint8Array.of(1, 2, 3),
};
const { extensions } = sampleFields;
const withList = (list: Uint8Array) => {
  const extension = encodeExtension(EXTENSION_OIDS.sctList, "not-critical", list);
  return parseCertificate(encodeSample({ extensions: [...extensions, extension] }));
};

test("parseSctList: reads what was written", () => {
  const extension = encodeSctListExtension([sct, sct]);
  assert.deepEqual(parseSctList(parseCertificate(encodeSample({ extensions: [extension, ...extensions] }))), [
    sct,
    sct,
  ]);
});

test("parseSctList: a certificate without the extension has none", () => {
  assert.deepEqual(parseSctList(parseCertificate(encodeSample())), []);
});

test("precertificateTbs: is the signed part as it was before the SCTs", () => {
  const [first, ...rest] = extensions;
  assert.ok(first);
  const between = [first, encodeSctListExtension([sct]), ...rest];
  assert.deepEqual(
    precertificateTbs(parseCertificate(encodeSample({ extensions: between }))),
    encodeTbsCertificate(sampleFields),
  );
});

test("encodeSctSignedData: has the layout of RFC 6962", () => {
  const data = encodeSctSignedData(sct, new Uint8Array(32).fill(0xaa), Uint8Array.of(1, 2));
  assert.equal(encodeHex(data), `00000000019e7044887b0001${"aa".repeat(32)}000002010200080000050000000009`);
});

const encoded = [...new Uint8Array(1), ...new Uint8Array(40), 0, 0, 4, 3, 0, 0];
for (const [what, list, code] of [
  ["a list that is cut", [0, 9, 0, 7], "truncated"],
  ["a list with bytes after it", [0, 0, 0], "trailing-data"],
  ["an SCT of version 2", [0, encoded.length + 2, 0, encoded.length, 1, ...encoded.slice(1)], "unsupported"],
  [
    "an SCT with SHA-1",
    [0, encoded.length + 2, 0, encoded.length, ...encoded.slice(0, -4), 2, 3, 0, 0],
    "unsupported",
  ],
  [
    "an SCT with a byte after it",
    [0, encoded.length + 3, 0, encoded.length + 1, ...encoded, 0],
    "trailing-data",
  ],
  ["seventeen SCTs", listOf(17), "too-many"],
] as const) {
  test(`parseSctList: ${what} is refused`, () => {
    assert.throws(() => parseSctList(withList(derOctetString(Uint8Array.from(list)))), { code });
  });
}

function listOf(count: number): readonly number[] {
  const items = Array.from({ length: count }, () => [0, encoded.length, ...encoded]).flat();
  return [items.length >> 8, items.length & 0xff, ...items];
}
