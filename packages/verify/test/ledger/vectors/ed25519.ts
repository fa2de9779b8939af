// SPDX-License-Identifier: Apache-2.0
import { encodeHex, utf8 } from "@countermark/formats";
import { toyKey } from "../toy-ledger.ts";

const ZEROS = "00".repeat(32);
const ONE = `01${"00".repeat(31)}`;
const MINUS_ONE = `ec${"ff".repeat(30)}7f`;
const MINUS_ZERO = `${"00".repeat(31)}80`;

/**
 * For every point of small order as a key, a message and a signature that its owner never made: each satisfies the equation
 * of RFC 8032, and anybody finds one.
 */
const SMALL_ORDER = [
  [1, ONE, "message 0", ONE],
  [2, MINUS_ONE, "message 1", MINUS_ONE],
  [4, ZEROS, "message 0", ONE],
  [4, MINUS_ZERO, "message 0", ONE],
  [8, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "message 1", MINUS_ONE],
  [8, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", "message 0", MINUS_ZERO],
  [8, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "message 0", MINUS_ZERO],
  [8, "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", "message 1", MINUS_ONE],
] as const;

/** vectors/ledger/ed25519.json */
export function ed25519Vectors() {
  const key = toyKey("countersign");
  const message = "message 0";
  const signature = encodeHex(key.sign(utf8(message)));
  return [
    { claim: "a signature", key: encodeHex(key.key), message, signature, holds: true },
    ...SMALL_ORDER.map(([order, small, text, r]) => ({
      claim: `a key of order ${order}`,
      key: small,
      message: text,
      signature: r + ZEROS,
      holds: false,
    })),
  ];
}
