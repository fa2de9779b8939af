// SPDX-License-Identifier: Apache-2.0
import {
  bucketHash,
  type Digest,
  digestBytes,
  keyBit,
  type MapProof,
  mapCommitment,
  mapDepth,
  mapNodeHash,
  type Sha256,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";

/**
 * The digest that a map holds under `key`, or null where it holds nothing: both are proved.
 *
 * @param proof as `parseMapProof` gives it: its depth fits its count and its keys are in order.
 * @throws VerifyError `map-bucket`, `map-commitment`
 * @spec specs/map.md#proof
 */
export function verifyMapProof(
  proof: MapProof,
  wanted: { readonly key: Digest; readonly commitment: Digest },
  sha256: Sha256,
): Digest | null {
  const { key, commitment } = wanted;
  digestBytes(key);
  const depth = mapDepth(proof.count);
  const bits = Array.from({ length: depth }, (_, bit) => bit);
  const stranger = proof.bucket.find((item) =>
    bits.some((bit) => keyBit(item.key, bit) !== keyBit(key, bit)),
  );
  if (stranger !== undefined) {
    throw new VerifyError(
      "map-bucket",
      `Cannot find ${key} in the map: key ${stranger.key} is of another bucket`,
    );
  }
  let hash = bucketHash(sha256, depth, proof.bucket);
  for (const [i, sibling] of proof.siblings.entries()) {
    const isRight = keyBit(key, depth - 1 - i) === 1;
    hash = isRight ? mapNodeHash(sha256, sibling, hash) : mapNodeHash(sha256, hash, sibling);
  }
  const found = mapCommitment(sha256, proof.count, hash);
  if (proof.siblings.length !== depth || found !== commitment) {
    throw new VerifyError(
      "map-commitment",
      `Cannot find ${key} in the map: the proof leads to ${found}, wanted ${commitment}`,
    );
  }
  return proof.bucket.find((item) => item.key === key)?.value ?? null;
}
