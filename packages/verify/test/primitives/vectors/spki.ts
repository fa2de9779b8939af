// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  derBitString,
  derElement,
  derNull,
  derOid,
  derSequence,
  readDer,
} from "@countermark/formats";
import type { Row } from "./vector.ts";

/** The two parts of a SubjectPublicKeyInfo. */
function partsOf(spki: Uint8Array): { readonly algorithm: Uint8Array; readonly key: Uint8Array } {
  const fields = readDer(spki, "key").sequence();
  return { algorithm: fields.any().bytes, key: fields.bitStringOctets() };
}

/** Spellings of a key that are not its one spelling, for any kind of key. */
export function misspelled(spki: Uint8Array): readonly Row[] {
  const { algorithm, key } = partsOf(spki);
  const bits = derBitString(key);
  const content = readDer(spki, "key").content(0x30);
  const fields = readDer(algorithm, "algorithm").content(0x30);
  const of = (...elements: readonly Uint8Array[]) => ({ spki: derSequence(...elements) });
  return [
    ["no key", { spki: new Uint8Array(0) }],
    ["a byte after the key", { spki: concat(spki, new Uint8Array(1)) }],
    ["a key that is cut short", { spki: spki.subarray(0, -1) }],
    ["something after the bits", of(algorithm, bits, derNull())],
    ["something after the parameters", of(derSequence(fields, derNull()), bits)],
    ["no algorithm", of(bits)],
    ["no bits", of(algorithm)],
    ["bits and algorithm in another order", of(bits, algorithm)],
    ["an empty key", of(algorithm, derBitString(new Uint8Array(0)))],
    ["a byte after the key in the bits", of(algorithm, derBitString(concat(key, new Uint8Array(1))))],
    ["a byte before the key in the bits", of(algorithm, derBitString(concat(new Uint8Array(1), key)))],
    ["unused bits", of(algorithm, derBitString(concat(key, Uint8Array.of(0x80)), 7))],
    ["unused bits that are not zero", of(algorithm, derElement(3, Uint8Array.of(1), key))],
    ["an octet string for the bits", of(algorithm, derElement(4, Uint8Array.of(0), key))],
    ["a set for the sequence", { spki: derElement(0x31, content) }],
    ["an indefinite length", { spki: concat(Uint8Array.of(0x30, 0x80), content, new Uint8Array(2)) }],
    ["a length in a longer form", { spki: concat(Uint8Array.of(0x30, 0x84), lengthOf(content), content) }],
    ["another algorithm", of(derSequence(derOid("1.2.3.4")), bits)],
    ["the key without its wrapping", { spki: key }],
  ];
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 0, length >> 8, length & 0xff);
}

/** The key under another AlgorithmIdentifier. */
export function withAlgorithm(
  spki: Uint8Array,
  ...fields: readonly Uint8Array[]
): { readonly spki: Uint8Array } {
  return { spki: derSequence(derSequence(...fields), derBitString(partsOf(spki).key)) };
}

/** Another key under the same AlgorithmIdentifier. */
export function withKey(spki: Uint8Array, key: Uint8Array): { readonly spki: Uint8Array } {
  return { spki: derSequence(partsOf(spki).algorithm, derBitString(key)) };
}
