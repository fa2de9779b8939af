// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeReceipt,
  encodeTlogProof,
  parseReceipt,
  parseTlogProof,
  TLOG_PROOF_BYTES_MAX,
  u32,
  utf8,
} from "@countermark/formats";
import { latin1 } from "./support.ts";

const HASH = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=";
const CHECKPOINT = `example.com/log\n9\n${HASH}\n\n— example.com/log AAAAAAEC\n`;
const TEXT = `c2sp.org/tlog-proof@v1\nextra AQID\nindex 7\n${HASH}\n${HASH}\n\n${CHECKPOINT}`;

test("parseTlogProof: extra, index, hashes and the checkpoint verbatim", () => {
  const proof = parseTlogProof(utf8(TEXT));
  assert.deepEqual(proof.extra, new Uint8Array([1, 2, 3]));
  assert.equal(proof.index, 7);
  assert.equal(proof.hashes.length, 2);
  assert.equal(latin1(proof.checkpoint), CHECKPOINT);
});

test("encodeTlogProof: gives the bytes that were parsed, with extra, with an empty one and without", () => {
  for (const text of [
    TEXT,
    TEXT.replace("extra AQID\n", ""),
    TEXT.replace("AQID", ""),
    TEXT.replaceAll(`${HASH}\n${HASH}\n\n`, "\n"),
  ]) {
    assert.equal(latin1(encodeTlogProof(parseTlogProof(utf8(text)))), text);
  }
});

for (const [claim, text, code] of [
  ["another version is refused", TEXT.replace("@v1", "@v2"), "malformed"],
  ["no empty line is refused", TEXT.replaceAll("\n\n", "\n"), "malformed"],
  ["no index is refused", TEXT.replace("index 7\n", ""), "malformed"],
  [
    "extra after index is refused",
    TEXT.replace("extra AQID\nindex 7\n", "index 7\nextra AQID\n"),
    "not-base64",
  ],
  ["extra twice is refused", TEXT.replace("extra AQID\n", "extra AQID\nextra AQID\n"), "malformed"],
  ["extra without padding is refused", TEXT.replace("AQID", "AQI"), "not-base64"],
  ["an index with a leading zero is refused", TEXT.replace("index 7", "index 07"), "not-canonical"],
  ["an index above 2^53-1 is refused", TEXT.replace("index 7", "index 9007199254740992"), "out-of-range"],
  ["a hash of 33 bytes is refused", TEXT.replace(HASH, "A".repeat(44)), "out-of-range"],
  ["64 hashes are refused", TEXT.replace(`${HASH}\n`, `${HASH}\n`.repeat(63)), "too-many"],
  ["a proof above the limit is refused", TEXT.padEnd(TLOG_PROOF_BYTES_MAX + 1, "x"), "too-large"],
] as const) {
  test(`parseTlogProof: ${claim}`, () => {
    assert.throws(() => parseTlogProof(utf8(text)), { code });
  });
}

test("parseTlogProof: bytes that are not UTF-8 are refused", () => {
  assert.throws(() => parseTlogProof(new Uint8Array([0xff])), { code: "not-utf8" });
});

const plain = parseTlogProof(utf8(TEXT.replace("extra AQID\n", "")));
const withExtra = (...parts: Uint8Array[]): Uint8Array =>
  encodeTlogProof({ ...plain, extra: new Uint8Array(Buffer.concat(parts)) });

test("parseReceipt: gives entry and detail that encodeReceipt wrote", () => {
  const bytes = encodeReceipt({ proof: plain, entry: utf8("entry"), detail: new Uint8Array(0) });
  const receipt = parseReceipt(bytes);
  assert.deepEqual(receipt.entry, utf8("entry"));
  assert.deepEqual(receipt.detail, new Uint8Array(0));
  assert.equal(receipt.proof.index, 7);
  assert.deepEqual(encodeReceipt(receipt), bytes);
});

for (const [claim, bytes, code] of [
  ["a proof without extra is refused", encodeTlogProof(plain), "missing-field"],
  ["no detail length is refused", withExtra(u32(1), utf8("e")), "truncated"],
  ["a detail that ends early is refused", withExtra(u32(1), utf8("e"), u32(2), utf8("d")), "truncated"],
  ["bytes after the detail are refused", withExtra(u32(1), utf8("e"), u32(0), utf8("x")), "trailing-data"],
  ["an entry of 65,536 bytes is refused", withExtra(u32(65_536), new Uint8Array(65_540)), "out-of-range"],
  ["a detail above the limit is refused", withExtra(u32(0), u32(1_048_577)), "out-of-range"],
] as const) {
  test(`parseReceipt: ${claim}`, () => {
    assert.throws(() => parseReceipt(bytes), { code });
  });
}
