// SPDX-License-Identifier: Apache-2.0
import { concat, derNull, derOid, encodeMlDsa44Spki, utf8 } from "@countermark/formats";
import { sha512 } from "@noble/hashes/sha2.js";
import { ml_dsa44 } from "@noble/post-quantum/ml-dsa.js";
import { misspelled, withAlgorithm } from "./spki.ts";
import { type Row, type Signed, type Vector, vectors } from "./vector.ts";

const MESSAGE = utf8("message");
const { secretKey, publicKey } = ml_dsa44.keygen(new Uint8Array(32).fill(1));
/** `c~ (32 bytes) || z (4 x 576 bytes) || hints (80 bytes and 4 counts)`. */
const HINTS = 32 + 4 * 576;
const COUNTS = HINTS + 80;

const sign = (message: Uint8Array, options = {}) =>
  ml_dsa44.sign(message, secretKey, { extraEntropy: false, ...options });

/** vectors/crypto/ml-dsa-44.json */
export function mlDsaVectors(): readonly Vector[] {
  const spki = encodeMlDsa44Spki(publicKey);
  const signature = sign(MESSAGE);
  const sound: Signed = { scheme: { kind: "ml-dsa-44" }, spki, message: MESSAGE, digest: null, signature };
  const flipped = (offset: number): Partial<Signed> => ({
    signature: signature.with(offset, (signature[offset] ?? 0) ^ 1),
  });
  return vectors(
    sound,
    [
      ["of no bytes", { message: new Uint8Array(0), signature: sign(new Uint8Array(0)) }],
      [
        "another signature of the same message",
        { signature: sign(MESSAGE, { extraEntropy: new Uint8Array(32).fill(2) }) },
      ],
    ],
    [
      ["another message", { message: utf8("massage") }],
      ["no bytes", { signature: new Uint8Array(0) }],
      ["a byte too few", { signature: signature.subarray(0, -1) }],
      ["a byte too many", { signature: concat(signature, new Uint8Array(1)) }],
      ["zeros", { signature: new Uint8Array(signature.length) }],
      ["all bits", { signature: new Uint8Array(signature.length).fill(0xff) }],
      ["a bit of the challenge", flipped(0)],
      ["a bit of z", flipped(32)],
      ["the last bit of z", flipped(HINTS - 1)],
      [
        "a z that is too large",
        { signature: concat(signature.subarray(0, 32), new Uint8Array(576), signature.subarray(608)) },
      ],
      ...hintRows(signature),
      ["a context that is not empty", { signature: sign(MESSAGE, { context: utf8("context") }) }],
      [
        "HashML-DSA",
        { signature: ml_dsa44.prehash(sha512).sign(MESSAGE, secretKey, { extraEntropy: false }) },
      ],
      [
        "without the format of the message",
        { signature: ml_dsa44.internal.sign(MESSAGE, secretKey, { extraEntropy: false }) },
      ],
      ["another key", { spki: encodeMlDsa44Spki(ml_dsa44.keygen(new Uint8Array(32).fill(2)).publicKey) }],
      ["a bit of the key", { spki: encodeMlDsa44Spki(publicKey.with(0, (publicKey[0] ?? 0) ^ 1)) }],
      [
        "the last bit of the key",
        { spki: encodeMlDsa44Spki(publicKey.with(1_311, (publicKey[1_311] ?? 0) ^ 1)) },
      ],
      ["key: NULL for its parameters", withAlgorithm(spki, derOid("2.16.840.1.101.3.4.3.17"), derNull())],
      ["key: the name of ML-DSA-65", withAlgorithm(spki, derOid("2.16.840.1.101.3.4.3.18"))],
      ["key: the name of HashML-DSA-44", withAlgorithm(spki, derOid("2.16.840.1.101.3.4.3.32"))],
      ...misspelled(spki).map(([claim, changes]): Row => [`key: ${claim}`, changes]),
    ],
  );
}

/** Other spellings of the same hints: each is refused, for else a signature had two. @spec fips204#algorithm-21 */
function hintRows(signature: Uint8Array): readonly Row[] {
  const [first = 0, , , last = 0] = signature.subarray(COUNTS);
  const swapped = signature.with(HINTS, signature[HINTS + 1] ?? 0).with(HINTS + 1, signature[HINTS] ?? 0);
  if (first < 2 || last >= 80) throw new TypeError("the signature has too few or too many hints");
  return [
    ["two hints in another order", { signature: swapped }],
    ["a hint twice", { signature: signature.with(HINTS + 1, signature[HINTS] ?? 0) }],
    ["a hint after the last", { signature: signature.with(COUNTS - 1, 1) }],
    ["a count of hints above 80", { signature: signature.with(COUNTS + 3, 81) }],
    ["counts of hints that fall", { signature: signature.with(COUNTS, 80) }],
    ["a hint less", { signature: signature.with(COUNTS + 3, last - 1) }],
    ["no hints", { signature: concat(signature.subarray(0, HINTS), new Uint8Array(84)) }],
  ];
}
