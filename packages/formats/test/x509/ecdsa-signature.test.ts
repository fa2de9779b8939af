// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { encodeEcdsaSignature, parseEcdsaSignature, parseHex } from "../../src/index.ts";

const ORDER = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const BELOW = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550";
const ZERO = "00".repeat(32);
const bytes = (hex: string) => parseHex(hex, hex.length / 2, "test");

for (const [namedCurve, curve] of [
  ["P-256", "p256"],
  ["P-384", "p384"],
  ["P-521", "p521"],
] as const) {
  test(`parseEcdsaSignature: both encodings of a ${namedCurve} signature are one pair`, () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve });
    for (let i = 0; i < 20; i++) {
      const der = new Uint8Array(sign("sha256", Uint8Array.of(i), privateKey));
      const pair = parseEcdsaSignature(der, curve, "der");
      const raw = encodeEcdsaSignature(pair, "raw");
      assert.deepEqual(parseEcdsaSignature(raw, curve, "raw"), pair);
      assert.deepEqual(encodeEcdsaSignature(pair, "der"), der);
    }
  });
}

test("parseEcdsaSignature: the largest r and s are read, however they are written", () => {
  const pair = { r: bytes(BELOW), s: bytes(BELOW) };
  assert.deepEqual(parseEcdsaSignature(bytes(BELOW + BELOW), "p256", "raw"), pair);
  assert.deepEqual(parseEcdsaSignature(bytes(`3046022100${BELOW}022100${BELOW}`), "p256", "der"), pair);
});

for (const [claim, hex, code] of [
  ["nothing", "", "truncated"],
  ["a wrong tag", "3106020101020101", "not-der"],
  ["a byte after the end", "300602010102010100", "trailing-data"],
  ["a byte after s", "300702010102010100", "trailing-data"],
  ["a long form where the short one fits", "308106020101020101", "not-der"],
  ["an indefinite length", "30800201010201010000", "not-der"],
  ["a leading zero too many", "300702020001020101", "not-der"],
  ["a negative r", "3006020180020101", "out-of-range"],
  ["a negative s", "3006020101020180", "out-of-range"],
  ["r of zero", "3006020100020101", "out-of-range"],
  ["s of zero", "3006020101020100", "out-of-range"],
  ["r of n", `3026022100${ORDER}020101`, "out-of-range"],
  ["s of n", `3026020101022100${ORDER}`, "out-of-range"],
  ["an r that is too long", `3026022101${BELOW}020101`, "out-of-range"],
  ["no s", "3003020101", "truncated"],
] as const) {
  test(`parseEcdsaSignature: ${claim} is refused`, () => {
    assert.throws(() => parseEcdsaSignature(bytes(hex), "p256", "der"), { code });
  });
}

for (const [claim, hex] of [
  ["r of zero", ZERO + BELOW],
  ["s of zero", BELOW + ZERO],
  ["r of n", ORDER + BELOW],
  ["s of n", BELOW + ORDER],
  ["a byte too many", `${BELOW}${BELOW}00`],
  ["a byte too few", (BELOW + BELOW).slice(2)],
] as const) {
  test(`parseEcdsaSignature: ${claim} is refused when it is raw`, () => {
    assert.throws(() => parseEcdsaSignature(bytes(hex), "p256", "raw"), { code: "out-of-range" });
  });
}
