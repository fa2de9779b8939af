// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { MAP_BUCKET_KEYS_MAX } from "../limits.ts";
import { ByteReader, type Bytes, concat, type Sha256, u8, u32, u64, utf8 } from "../text/bytes.ts";
import { encodeHex } from "../text/hex.ts";
import { isAscending } from "./config-record.ts";
import { type Digest, digestBytes } from "./ids.ts";

/** A key with the digest of its value, as buckets and proofs hold them. */
export type MapItem = { readonly key: Digest; readonly value: Digest };

/**
 * Depth of a map of `count` keys: the number of bits of `count`. A function of the content only, so a map has one form
 * whatever the order of its updates.
 *
 * @spec specs/map.md#depth
 */
export function mapDepth(count: number): number {
  let depth = 0;
  for (let rest = count; rest >= 1; rest = Math.floor(rest / 2)) depth++;
  return depth;
}

/** `SHA-256(0x10 || u8 d || u32 n || (key || value)*)`. */
export function bucketHash(sha256: Sha256, depth: number, items: readonly MapItem[]): Bytes {
  return own(sha256(concat(u8(0x10), u8(depth), u32(items.length), ...items.map(encodeItem))));
}

/** `SHA-256(0x11 || left || right)`. */
export function mapNodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Bytes {
  return own(sha256(concat(u8(0x11), left, right)));
}

/** `SHA-256("countermark.dev/map/v1\0" || u8 d || u64 count || root)`. */
export function mapCommitment(sha256: Sha256, count: number, root: Uint8Array): Digest {
  const tag = utf8("countermark.dev/map/v1\0");
  return encodeHex(sha256(concat(tag, u8(mapDepth(count)), u64(count), root)));
}

/** Bit `index` of `key`, from its most significant one: the side on which the key lies below a node at that depth. */
export function keyBit(key: Digest, index: number): 0 | 1 {
  const digit = Number.parseInt(key.charAt(index >> 2), 16);
  return ((digit >> (3 - (index & 3))) & 1) === 1 ? 1 : 0;
}

/**
 * What a map says about one key: the bucket where it is or would be, and the way from there to the root.
 *
 * @spec specs/map.md#proof
 */
export interface MapProof {
  readonly count: number;
  readonly bucket: readonly MapItem[];
  /** `mapDepth(count)` hashes, from the bucket upwards. */
  readonly siblings: readonly Uint8Array[];
}

/** `u8 1 || u8 d || u64 count || u32 n || n*64 || d*32`. @throws ParseError */
export function parseMapProof(bytes: Uint8Array): MapProof {
  const reader = new ByteReader(bytes, "map proof");
  const version = reader.u8();
  if (version !== 1) throw new ParseError("unsupported", `Cannot read map proof: version ${version}`);
  const depth = reader.u8();
  const count = reader.u64();
  if (depth !== mapDepth(count)) {
    throw new ParseError("not-canonical", `Cannot read map proof: depth ${depth} with ${count} keys`);
  }
  const bucketCount = reader.u32();
  if (bucketCount > MAP_BUCKET_KEYS_MAX || bucketCount > count) {
    throw new ParseError("too-many", `Cannot read map proof: ${bucketCount} keys in a bucket`);
  }
  const bucket: MapItem[] = [];
  for (let i = 0; i < bucketCount; i++) {
    bucket.push({ key: encodeHex(reader.take(32)), value: encodeHex(reader.take(32)) });
  }
  if (!isAscending(bucket.map((item) => item.key))) {
    throw new ParseError("not-canonical", "Cannot read map proof: keys are not ascending and unique");
  }
  const siblings: Uint8Array[] = [];
  for (let i = 0; i < depth; i++) siblings.push(reader.take(32));
  reader.end();
  return { count, bucket, siblings };
}

export function encodeMapProof(proof: MapProof): Bytes {
  const { count, bucket, siblings } = proof;
  const depth = mapDepth(count);
  if (siblings.length !== depth)
    throw new TypeError("Cannot encode a map proof of another depth than its count's");
  return concat(u8(1), u8(depth), u64(count), u32(bucket.length), ...bucket.map(encodeItem), ...siblings);
}

function encodeItem(item: MapItem): Bytes {
  return concat(digestBytes(item.key), digestBytes(item.value));
}

function own(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}
