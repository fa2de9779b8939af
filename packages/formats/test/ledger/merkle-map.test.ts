// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  bucketHash,
  encodeMapProof,
  keyBit,
  MerkleMap,
  mapCommitment,
  mapDepth,
  mapNodeHash,
  parseMapProof,
} from "@countermark/formats";
import fc from "fast-check";

const sha256 = (bytes: Uint8Array): Uint8Array => createHash("sha256").update(bytes).digest();
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const empty = MerkleMap.empty<string>(sha256, (value) => value);

/** Few keys, half of which share their first bits: so that updates meet. */
const key = fc
  .integer({ min: 0, max: 40 })
  .map((i) => (i % 2 === 0 ? digest(`${i}`) : `00${digest(`${i}`).slice(2)}`));
const update = fc.record({
  key,
  value: fc.option(fc.integer({ min: 0, max: 3 }).map((i) => digest(`value ${i}`))),
});

/** The commitment by the words of specs/map.md: every bucket of the whole tree. */
function commitmentBySpec(content: ReadonlyMap<string, string>): string {
  const depth = mapDepth(content.size);
  const items = [...content]
    .map(([itemKey, value]) => ({ key: itemKey, value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  let level: Uint8Array[] = Array.from({ length: 2 ** depth }, (_, place) => {
    const bits = Array.from({ length: depth }, (_bit, bit) => (place >> (depth - 1 - bit)) & 1);
    return bucketHash(
      sha256,
      depth,
      items.filter((item) => bits.every((side, bit) => keyBit(item.key, bit) === side)),
    );
  });
  while (level.length > 1) {
    level = Array.from({ length: level.length / 2 }, (_, i) =>
      mapNodeHash(sha256, level[2 * i] ?? new Uint8Array(), level[2 * i + 1] ?? new Uint8Array()),
    );
  }
  return mapCommitment(sha256, content.size, level[0] ?? new Uint8Array());
}

test("MerkleMap: holds what a map holds, and commits to nothing but that", () => {
  fc.assert(
    fc.property(fc.array(update, { maxLength: 60 }), (updates) => {
      const content = new Map<string, string>();
      let map = empty;
      for (const { key: updated, value } of updates) {
        if (value === null) content.delete(updated);
        else content.set(updated, value);
        map = value === null ? map.delete(updated) : map.set(updated, value);
        // Hashes are kept between updates only if they are asked for between them.
        if (updated < "4") map.commitment();
      }
      assert.deepEqual(new Map(map.entries()), content);
      assert.equal(map.count, content.size);
      assert.equal(map.commitment(), commitmentBySpec(content));
      const whole = MerkleMap.from(sha256, (value) => value, [...map.entries()]);
      assert.deepEqual([whole.count, whole.commitment()], [map.count, map.commitment()]);
    }),
    { numRuns: 60 },
  );
});

test("MerkleMap: an older map keeps its content and its commitment", () => {
  fc.assert(
    fc.property(fc.array(update, { minLength: 1, maxLength: 30 }), (updates) => {
      const states = [{ map: empty, commitment: empty.commitment(), content: [...empty.entries()] }];
      for (const { key: updated, value } of updates) {
        const last = states.at(-1)?.map ?? empty;
        const map = value === null ? last.delete(updated) : last.set(updated, value);
        states.push({ map, commitment: map.commitment(), content: [...map.entries()] });
      }
      for (const { map, commitment, content } of states) {
        assert.equal(map.commitment(), commitment);
        assert.deepEqual([...map.entries()], content);
      }
    }),
    { numRuns: 40 },
  );
});

test("parseMapProof: encodes to the bytes it was read from", () => {
  fc.assert(
    fc.property(fc.uniqueArray(key, { maxLength: 30 }), key, (keys, asked) => {
      let map = empty;
      for (const each of keys) map = map.set(each, digest(each));
      const bytes = encodeMapProof(map.prove(asked));
      assert.deepEqual(encodeMapProof(parseMapProof(bytes)), bytes);
    }),
    { numRuns: 40 },
  );
});

test("parseMapProof: no change of one byte is read as the same proof", () => {
  let map = empty;
  for (let i = 0; i < 9; i++) map = map.set(digest(`${i}`), digest("value"));
  const bytes = encodeMapProof(map.prove(digest("3")));
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.with(i, (bytes[i] ?? 0) ^ 1);
    let again: Uint8Array | null = null;
    try {
      again = encodeMapProof(parseMapProof(changed));
    } catch {
      // Refused: as good as different.
    }
    if (again !== null) assert.deepEqual(again, changed);
  }
});

/** `count` keys that share their first 192 bits. */
function crowd(count: number): (readonly [string, string])[] {
  return Array.from({ length: count }, (_, i) => [
    "00".repeat(24) + i.toString(16).padStart(16, "0"),
    digest("value"),
  ]);
}

test("MerkleMap.from: keys that crowd one bucket are refused before anything is hashed", () => {
  const never = (): Uint8Array => assert.fail("hashed");
  assert.throws(() => MerkleMap.from(never, (value) => value, crowd(4_097)), { code: "too-many" });
  assert.equal(MerkleMap.from(sha256, (value) => value, crowd(4_096)).bucketCount("00".repeat(32)), 4_096);
});

test("MerkleMap.from: entries out of order, or one twice, are a caller's mistake", () => {
  const [a = ["", ""], b = ["", ""]] = crowd(2);
  for (const entries of [
    [b, a],
    [a, a],
  ]) {
    assert.throws(() => MerkleMap.from(sha256, (value) => value, entries), TypeError);
  }
});

test("MerkleMap.from: hashes each bucket and each node once", () => {
  for (const count of [1_000, 16_000]) {
    let hashed = 0;
    const counting = (bytes: Uint8Array): Uint8Array => {
      hashed++;
      return sha256(bytes);
    };
    const entries = Array.from({ length: count }, (_, i) => [digest(`${i}`), digest("value")] as const);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    MerkleMap.from(counting, (value) => value, entries).commitment();
    assert.equal(hashed, 2 ** (mapDepth(count) + 1));
  }
});

test("MerkleMap: deleting what is not there changes nothing", () => {
  const map = empty.set(digest("a"), digest("b"));
  assert.equal(map.delete(digest("c")), map);
  assert.equal(map.get(digest("c")), null);
});

test("mapDepth: is the number of bits of the count", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 7, 8, 1_000_000, 2 ** 40].map(mapDepth), [0, 1, 2, 2, 3, 3, 4, 20, 41]);
});

test("parseMapProof: keys of a bucket that are not ascending, or there twice, are refused", () => {
  const [a, b] = [`00${digest("a").slice(2)}`, `01${digest("b").slice(2)}`];
  const value = digest("value");
  const proofOf = (...keys: readonly string[]): Uint8Array =>
    encodeMapProof({
      count: 2,
      bucket: keys.map((key) => ({ key, value })),
      siblings: [new Uint8Array(32), new Uint8Array(32)],
    });
  assert.equal(parseMapProof(proofOf(a, b)).bucket.length, 2);
  assert.throws(() => parseMapProof(proofOf(b, a)), { code: "not-canonical" });
  assert.throws(() => parseMapProof(proofOf(a, a)), { code: "not-canonical" });
});
