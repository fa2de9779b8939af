// SPDX-License-Identifier: Apache-2.0
import { encodeHex, encodeMapProof, MerkleMap, mapDepth } from "@countermark/formats";
import { digestOf, sha256 } from "../toy-ledger.ts";
import { bad, set } from "./records.ts";

type ToyMap = MerkleMap<string>;

/** vectors/ledger/map.json */
export function mapVectors() {
  const maps = [
    { name: "empty", map: mapOf([]) },
    { name: "one key", map: mapOf(numbered(1)) },
    { name: "two keys", map: mapOf(numbered(2)) },
    { name: "seven keys", map: mapOf(numbered(7)) },
    { name: "eight keys: one level more", map: mapOf(numbered(8)) },
    { name: "a hundred keys", map: mapOf(numbered(100)) },
    { name: "keys that share their first bits", map: mapOf(["00", "01", "02", "03", "ff"].map(prefixed)) },
  ];
  const absent = digestOf("absent");
  return {
    maps: maps.map(({ name, map }) => ({
      name,
      entries: [...map.entries()],
      count: map.count,
      depth: mapDepth(map.count),
      commitment: map.commitment(),
      proofs: [...[...map.entries()].slice(0, 3).map(([key]) => key), absent].map((key) => ({
        key,
        proof: encodeHex(encodeMapProof(map.prove(key))),
        value: map.get(key),
      })),
    })),
    refused: refused(),
  };
}

function refused() {
  const map = mapOf(numbered(7));
  const [first, second] = [...map.entries()].map(([key]) => key);
  const key = first ?? "";
  const absent = digestOf("absent");
  const proof = encodeMapProof(map.prove(key));
  const depth = mapDepth(map.count);
  const asked = { key, commitment: map.commitment() };
  const parse = [
    bad("another version", set(proof, 0, 2), "unsupported"),
    bad("a depth that does not fit the count", set(proof, 1, depth + 1), "not-canonical"),
    bad("a count that does not fit the depth", set(proof, 9, 8), "not-canonical"),
    bad("4,097 keys in the bucket", set(set(proof, 12, 0x10), 13, 0x01), "too-many"),
    bad("a byte missing", proof.subarray(0, -1), "truncated"),
    bad("a byte too many", new Uint8Array([...proof, 0]), "trailing-data"),
  ];
  const whole = map.prove(key);
  const others = [...map.entries()].find(([other]) => other !== key && other.slice(0, 1) !== key.slice(0, 1));
  const otherKey = others?.[0] ?? second ?? "";
  return [
    ...parse.map((item) => ({ ...item, ...asked })),
    { ...bad("another value", set(proof, 14 + 32, 0), "map-commitment"), ...asked },
    {
      ...bad("another sibling", set(proof, proof.length - 1, (proof.at(-1) ?? 0) ^ 1), "map-commitment"),
      ...asked,
    },
    { ...bad("another count of the same depth", set(proof, 9, 6), "map-commitment"), ...asked },
    {
      ...bad("the key left out", encodeMapProof({ ...whole, bucket: [] }), "map-commitment"),
      ...asked,
    },
    { ...bad("the bucket of another key", encodeMapProof(map.prove(otherKey)), "map-bucket"), ...asked },
    {
      ...bad(
        "absence shown by an empty bucket",
        encodeMapProof({ ...map.prove(key), bucket: [] }),
        "map-commitment",
      ),
      key: absent,
      commitment: map.commitment(),
    },
    ...strangers(mapOf(numbered(100))),
    { ...bad("another map", proof, "map-commitment"), key, commitment: digestOf("another map") },
  ];
}

/** Keys of other buckets beside the ones that belong there: apart in one of the bits that choose the bucket. */
function strangers(map: ToyMap) {
  const [key = ""] = [...map.entries()].map(([known]) => known).filter((known) => map.bucketCount(known) > 1);
  const proof = map.prove(key);
  return Array.from({ length: mapDepth(map.count) }, (_, bit) => {
    const digit = Number.parseInt(key.charAt(bit >> 2), 16) ^ (8 >> (bit & 3));
    const stranger = key.slice(0, bit >> 2) + digit.toString(16) + key.slice((bit >> 2) + 1);
    const bucket = [...proof.bucket, { key: stranger, value: digestOf("stranger") }];
    const bytes = encodeMapProof({ ...proof, bucket: bucket.sort((a, b) => (a.key < b.key ? -1 : 1)) });
    const place = stranger < key ? "before" : "after";
    const name = `a key ${place} those of the bucket, apart in bit ${bit}`;
    return { ...bad(name, bytes, "map-bucket"), key, commitment: map.commitment() };
  });
}

function mapOf(keys: readonly string[]): ToyMap {
  let map: ToyMap = MerkleMap.empty(sha256, (value) => value);
  for (const [i, key] of keys.entries()) map = map.set(key, digestOf(`value ${i}`));
  return map;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => digestOf(`key ${i}`));
}

function prefixed(prefix: string): string {
  return prefix + digestOf("rest").slice(prefix.length);
}
