// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeAddCheckpoint,
  encodeCosignatureLines,
  encodeTreeSize,
  parseAddCheckpoint,
  parseCosignatureLines,
  parseTreeSize,
  utf8,
  WITNESS_REQUEST_BYTES_MAX,
} from "@countermark/formats";
import { latin1 } from "./support.ts";

const HASH = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=";
const CHECKPOINT = `example.com/log\n9\n${HASH}\n\n— example.com/log AAAAAAEC\n`;
const TEXT = `old 7\n${HASH}\n${HASH}\n\n${CHECKPOINT}`;

test("parseAddCheckpoint: old size, proof and checkpoint", () => {
  const request = parseAddCheckpoint(utf8(TEXT));
  assert.equal(request.oldSize, 7);
  assert.equal(request.proof.length, 2);
  assert.equal(latin1(request.checkpoint), CHECKPOINT);
  assert.equal(latin1(encodeAddCheckpoint(request)), TEXT);
});

for (const [claim, text, code] of [
  ["no old line is refused", `${HASH}\n\n${CHECKPOINT}`, "malformed"],
  ["no empty line is refused", TEXT.replaceAll("\n\n", "\n"), "malformed"],
  ["an old size with a leading zero is refused", TEXT.replace("old 7", "old 07"), "not-canonical"],
  ["an old size above 2^53-1 is refused", TEXT.replace("old 7", "old 9007199254740992"), "out-of-range"],
  ["64 proof lines are refused", TEXT.replace(`${HASH}\n`, `${HASH}\n`.repeat(63)), "too-many"],
  ["a proof line that is no hash is refused", TEXT.replace(HASH, "AAAA"), "out-of-range"],
  ["a proof line that is not base64 is refused", TEXT.replace(HASH, "*ash"), "not-base64"],
  ["a request above the limit is refused", TEXT.padEnd(WITNESS_REQUEST_BYTES_MAX + 1, "x"), "too-large"],
] as const) {
  test(`parseAddCheckpoint: ${claim}`, () => {
    assert.throws(() => parseAddCheckpoint(utf8(text)), { code });
  });
}

test("parseCosignatureLines: gives the lines that encodeCosignatureLines wrote", () => {
  const text = "— w1.example AAAAAAEC\n— w2.example AAAAAQEC\n";
  assert.equal(latin1(encodeCosignatureLines(parseCosignatureLines(utf8(text)))), text);
});

for (const [claim, text, code] of [
  ["an empty answer is refused", "", "malformed"],
  ["a line without its newline is refused", "— w1.example AAAAAAEC", "malformed"],
  ["an empty line is refused", "— w1.example AAAAAAEC\n\n", "malformed"],
  ["an answer above the limit is refused", "x".repeat(WITNESS_REQUEST_BYTES_MAX + 1), "too-large"],
] as const) {
  test(`parseCosignatureLines: ${claim}`, () => {
    assert.throws(() => parseCosignatureLines(utf8(text)), { code });
  });
}

test("parseTreeSize: gives what encodeTreeSize wrote", () => {
  assert.equal(parseTreeSize(encodeTreeSize(20_852_014)), 20_852_014);
});

for (const [claim, text, code] of [
  ["no newline is refused", "7", "malformed"],
  ["a word is refused", "seven\n", "not-canonical"],
] as const) {
  test(`parseTreeSize: ${claim}`, () => {
    assert.throws(() => parseTreeSize(utf8(text)), { code });
  });
}
