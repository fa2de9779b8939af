// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import { MAP_BUCKET_KEYS_MAX } from "../limits.ts";
import type { Bytes, Sha256 } from "../text/bytes.ts";
import type { Digest } from "./ids.ts";
import {
  bucketHash,
  keyBit,
  type MapItem,
  type MapProof,
  mapCommitment,
  mapDepth,
  mapNodeHash,
} from "./map.ts";

type Entry<V> = { readonly key: Digest; readonly value: V };

/** A subtree. `hash` is filled in when first asked for; everything else never changes. */
type Node<V> =
  | { readonly kind: "bucket"; readonly entries: readonly Entry<V>[]; hash: Bytes | null }
  | { readonly kind: "node"; readonly left: Node<V>; readonly right: Node<V>; hash: Bytes | null };

/**
 * A persistent map from digests to values that commits to its content: every update gives a new map and shares what did
 * not change, so an old state stays usable. Hashes are computed only when a commitment or a proof is asked for.
 *
 * @spec specs/map.md
 */
export class MerkleMap<V> {
  readonly count: number;
  readonly #sha256: Sha256;
  readonly #digestOf: (value: V) => Digest;
  readonly #root: Node<V>;

  private constructor(sha256: Sha256, digestOf: (value: V) => Digest, count: number, root: Node<V>) {
    this.#sha256 = sha256;
    this.#digestOf = digestOf;
    this.count = count;
    this.#root = root;
  }

  /** @param digestOf the digest that stands for a value in the map; called when hashes are computed. */
  static empty<V>(sha256: Sha256, digestOf: (value: V) => Digest): MerkleMap<V> {
    return new MerkleMap(sha256, digestOf, 0, bucket([]));
  }

  /**
   * The map of entries that come from outside, built at once: in time linear in their number, whatever their keys are.
   *
   * @param entries ascending and unique by key; anything else is a caller's mistake.
   * @throws ParseError `too-many` for keys that crowd one bucket, before anything is hashed
   */
  static from<V>(
    sha256: Sha256,
    digestOf: (value: V) => Digest,
    entries: readonly (readonly [Digest, V])[],
  ): MerkleMap<V> {
    const items = entries.map(([key, value]) => ({ key, value }));
    if (!items.every((item, i) => i === 0 || (items[i - 1]?.key ?? "") < item.key)) {
      throw new TypeError("Cannot build a map of entries that are not ascending and unique by key");
    }
    const root = build(items, { from: 0, to: items.length }, 0, mapDepth(items.length));
    requireRoom(root);
    return new MerkleMap(sha256, digestOf, items.length, root);
  }

  get depth(): number {
    return mapDepth(this.count);
  }

  get(key: Digest): V | null {
    return bucketOf(this.#root, key).find((entry) => entry.key === key)?.value ?? null;
  }

  has(key: Digest): boolean {
    return bucketOf(this.#root, key).some((entry) => entry.key === key);
  }

  /** Number of keys in the bucket where `key` is or would be. */
  bucketCount(key: Digest): number {
    return bucketOf(this.#root, key).length;
  }

  set(key: Digest, value: V): MerkleMap<V> {
    const isNew = !this.has(key);
    const root = replace(this.#root, key, 0, (entries) => withEntry(entries, { key, value }));
    return this.#with(this.count + (isNew ? 1 : 0), root);
  }

  delete(key: Digest): MerkleMap<V> {
    if (!this.has(key)) return this;
    const root = replace(this.#root, key, 0, (entries) => entries.filter((entry) => entry.key !== key));
    return this.#with(this.count - 1, root);
  }

  /** All keys with their values, ascending. */
  *entries(): Generator<readonly [Digest, V]> {
    for (const entry of walk(this.#root)) yield [entry.key, entry.value];
  }

  commitment(): Digest {
    return mapCommitment(this.#sha256, this.count, this.#hash(this.#root));
  }

  /** Proves what this map holds under `key`, or that it holds nothing. */
  prove(key: Digest): MapProof {
    const siblings: Bytes[] = [];
    let node = this.#root;
    for (let depth = 0; node.kind === "node"; depth++) {
      const isRight = keyBit(key, depth) === 1;
      siblings.unshift(this.#hash(isRight ? node.left : node.right));
      node = isRight ? node.right : node.left;
    }
    return { count: this.count, bucket: node.entries.map((entry) => this.#item(entry)), siblings };
  }

  #with(count: number, root: Node<V>): MerkleMap<V> {
    const depth = mapDepth(count);
    // The depth is part of every bucket's hash: when it changes, nothing can be shared.
    const tree = depth === this.depth ? root : build([...walk(root)], { from: 0, to: count }, 0, depth);
    return new MerkleMap(this.#sha256, this.#digestOf, count, tree);
  }

  #hash(node: Node<V>): Bytes {
    node.hash ??=
      node.kind === "node"
        ? mapNodeHash(this.#sha256, this.#hash(node.left), this.#hash(node.right))
        : bucketHash(
            this.#sha256,
            this.depth,
            node.entries.map((entry) => this.#item(entry)),
          );
    return node.hash;
  }

  #item(entry: Entry<V>): MapItem {
    return { key: entry.key, value: this.#digestOf(entry.value) };
  }
}

function bucket<V>(entries: readonly Entry<V>[]): Node<V> {
  return { kind: "bucket", entries, hash: null };
}

function bucketOf<V>(root: Node<V>, key: Digest): readonly Entry<V>[] {
  let node = root;
  for (let depth = 0; node.kind === "node"; depth++) node = keyBit(key, depth) === 1 ? node.right : node.left;
  return node.entries;
}

function replace<V>(
  node: Node<V>,
  key: Digest,
  depth: number,
  update: (entries: readonly Entry<V>[]) => readonly Entry<V>[],
): Node<V> {
  if (node.kind === "bucket") return bucket(update(node.entries));
  const isRight = keyBit(key, depth) === 1;
  return {
    kind: "node",
    left: isRight ? node.left : replace(node.left, key, depth + 1, update),
    right: isRight ? replace(node.right, key, depth + 1, update) : node.right,
    hash: null,
  };
}

function withEntry<V>(entries: readonly Entry<V>[], added: Entry<V>): readonly Entry<V>[] {
  const before = entries.filter((entry) => entry.key < added.key);
  const after = entries.filter((entry) => entry.key > added.key);
  return [...before, added, ...after];
}

/** The subtree over `entries[from..to)`, which are ascending and agree in the `depth` bits before. */
function build<V>(
  entries: readonly Entry<V>[],
  { from, to }: { readonly from: number; readonly to: number },
  depth: number,
  depthMax: number,
): Node<V> {
  if (depth === depthMax) return bucket(entries.slice(from, to));
  const middle = firstOnRight(entries, from, to, depth);
  return {
    kind: "node",
    left: build(entries, { from, to: middle }, depth + 1, depthMax),
    right: build(entries, { from: middle, to }, depth + 1, depthMax),
    hash: null,
  };
}

function firstOnRight<V>(entries: readonly Entry<V>[], from: number, to: number, depth: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = entries[middle];
    if (entry !== undefined && keyBit(entry.key, depth) === 1) high = middle;
    else low = middle + 1;
  }
  return low;
}

function requireRoom<V>(node: Node<V>): void {
  if (node.kind === "node") {
    requireRoom(node.left);
    requireRoom(node.right);
  } else if (node.entries.length > MAP_BUCKET_KEYS_MAX) {
    throw new ParseError("too-many", `Cannot read map: ${node.entries.length} keys in a bucket`);
  }
}

function* walk<V>(node: Node<V>): Generator<Entry<V>> {
  if (node.kind === "bucket") {
    yield* node.entries;
    return;
  }
  yield* walk(node.left);
  yield* walk(node.right);
}
