// SPDX-License-Identifier: Apache-2.0
// vectors/ledger/map.json
import {
  encodeHex,
  encodeMapProof,
  MerkleMap,
  mapDepth,
  parseMapProof,
  type Sha256,
} from "@countermark/formats";
import { verifyMapProof } from "@countermark/verify";
import { bytesOf, type Cases, gives, refuses } from "../case.ts";
import type { InvalidBytes } from "./records.ts";

interface MapVector {
  readonly name: string;
  readonly entries: readonly (readonly [key: string, value: string])[];
  readonly count: number;
  readonly depth: number;
  readonly commitment: string;
  readonly proofs: readonly { readonly key: string; readonly proof: string; readonly value: string | null }[];
}

interface MapFile {
  readonly maps: readonly MapVector[];
  readonly refused: readonly (InvalidBytes & { readonly key: string; readonly commitment: string })[];
}

export const mapCases: Cases = (file, crypto) => {
  const { maps, refused } = file as MapFile;
  const sha256: Sha256 = (bytes) => crypto.sha256(bytes);
  const verify = (proof: string, key: string, commitment: string): string | null =>
    verifyMapProof(parseMapProof(bytesOf(proof)), { key, commitment }, sha256);
  return [
    ...maps.flatMap(({ name, entries, count, depth, commitment, proofs }) => {
      const build = (): MerkleMap<string> => {
        let map = MerkleMap.empty<string>(sha256, (value) => value);
        for (const [key, value] of entries) map = map.set(key, value);
        return map;
      };
      return [
        gives(`${name}: commitment`, { count, depth, commitment }, () => {
          const map = build();
          return { count: map.count, depth: mapDepth(map.count), commitment: map.commitment() };
        }),
        ...proofs.flatMap(({ key, proof, value }) => [
          gives(`${name}: proof of ${key}`, proof, () => encodeHex(encodeMapProof(build().prove(key)))),
          gives(`${name}: ${key}`, value, () => verify(proof, key, commitment)),
        ]),
      ];
    }),
    ...refused.map(({ name, hex, code, key, commitment }) =>
      refuses(name, code, () => verify(hex, key, commitment)),
    ),
  ];
};
