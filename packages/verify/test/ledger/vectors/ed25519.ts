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

/** What implementations differ in, made by the holder of the key from the seed 07...07: only one of them is a signature. */
const HARD = [
  {
    claim: "S and the order of the group",
    key: "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
    message: "message 0",
    signature:
      "757a8730ffb88046bdb66ed23b50ce5388cb4c3b862e754cb628c81996c785ccd3c8ccc6875fbae5617bbcdad27e28d5eced9aeaabece57cb62fa6c331de351b",
    holds: false,
  },
  {
    claim: "R of order 1, and the equation holds",
    key: "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
    message: "message 0",
    signature:
      "0100000000000000000000000000000000000000000000000000000000000000a7a1b07f5c69361d8c3f14e96393f88ec9f868a5c05a7eb6a1a9b77bc2b99e02",
    holds: false,
  },
  {
    claim: "R of order 1 in another spelling, and the equation holds",
    key: "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
    message: "message 0",
    signature:
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7fd6004a23d7450c08f93a15dd338e6ccc49d9ad90a5cefbee52618c179461c009",
    holds: false,
  },
  {
    claim: "a key of order 1 in another spelling",
    key: "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    message: "message 0",
    signature:
      "01000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    holds: false,
  },
  {
    claim: "a key that is no point",
    key: "0200000000000000000000000000000000000000000000000000000000000000",
    message: "message 0",
    signature:
      "01000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    holds: false,
  },
  {
    claim: "a key with a part of order 8, and the equation holds only times eight",
    key: "fbb3211d177bccefd763d01a88f6473e43e5cf0a0740e44ab5c64460eefd4675",
    message: "message 0",
    signature:
      "ef4f62f8479733ad879cfaced3c89a9c39dd4fc795ef2efa1c3eafe4d729a08101bade09d3a2b66935f8a272dde32f998680d2e8d6b52c54ca7960799524a506",
    holds: false,
  },
  {
    claim: "a key with a part of order 8, and the equation holds",
    key: "fbb3211d177bccefd763d01a88f6473e43e5cf0a0740e44ab5c64460eefd4675",
    message: "message 7",
    signature:
      "ef4f62f8479733ad879cfaced3c89a9c39dd4fc795ef2efa1c3eafe4d729a0819b8a3cd3737b790faa5f4bac8e7510d2489ca0a9302daaec7a8ae1a4283e0a07",
    holds: true,
  },
  {
    claim: "R with a part of order 8: the equation holds only times eight",
    key: "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
    message: "message 0",
    signature:
      "cdbc161be64c4302f56443ff29ccf36a2075be1a1fa67ff126b56315f5681c3878e5fa87a9819e093f54035f85b6d69cf800ce7bf6dee8e8272ac7ef9f13b503",
    holds: false,
  },
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
    ...HARD,
  ];
}
