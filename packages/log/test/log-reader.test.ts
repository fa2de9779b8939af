// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { leafHash, utf8 } from "@countermark/formats";
import {
  appendLeaves,
  createLogReader,
  EMPTY_EDGE,
  edgeRoot,
  httpTiles,
  memoryStorage,
  nodeCrypto,
  readEdge,
  type Storage,
  serveLog,
  type TreeEdge,
} from "@countermark/log";
import { verifyConsistency, verifyInclusion } from "@countermark/verify";
import { rootOf } from "./support/toy-log.ts";

const { sha256 } = nodeCrypto;
const leaves = Array.from({ length: 66_000 }, (_, i) => utf8(`leaf ${i}`));

/** The tiles of trees of these sizes, each grown from the one before. */
async function tilesOf(...sizes: readonly number[]): Promise<{ storage: Storage; edge: TreeEdge }> {
  const storage = memoryStorage();
  let edge = EMPTY_EDGE;
  for (const size of sizes) {
    const next = appendLeaves(sha256, edge, leaves.slice(edge.size, size));
    for (const file of next.files) await storage.create(file.path, file.bytes);
    edge = next.edge;
  }
  return { storage, edge };
}

const heads = new Map<number, { size: number; root: Uint8Array }>();

function headAt(size: number): { size: number; root: Uint8Array } {
  const head = heads.get(size) ?? { size, root: rootOf(leaves.slice(0, size)) };
  heads.set(size, head);
  return head;
}

const big = await tilesOf(1, 255, 256, 257, 600, 65_536, 66_000);
const bigHead = headAt(66_000);

test("appendLeaves: the same root and the same edge however the leaves are batched", async () => {
  assert.deepEqual(edgeRoot(sha256, big.edge), bigHead.root);
  const other = await tilesOf(600, 66_000);
  assert.deepEqual(other.edge, big.edge);
  for (const path of await other.storage.list("")) {
    assert.deepEqual(await big.storage.read(path), await other.storage.read(path));
  }
});

test("appendLeaves: has the tiles that the specification's example of partial tiles has", async () => {
  const paths = (await big.storage.list("")).filter((path) => !path.includes("entries"));
  const at66000 = ["tile/0/257.p/208", "tile/1/000", "tile/1/001.p/1", "tile/2/000.p/1"];
  for (const path of at66000) assert.ok(paths.includes(path), path);
  assert.ok(!paths.includes("tile/0/256.p/0") && !paths.some((path) => path.startsWith("tile/3")));
});

for (const size of [0, 1, 255, 256, 257, 600, 65_536, 66_000]) {
  test(`readEdge: the edge at ${size} is checked against its root`, async () => {
    const edge = await readEdge(big.storage, headAt(size), sha256);
    assert.deepEqual(edgeRoot(sha256, edge), headAt(size).root);
    assert.equal(edge.entries.length, size % 256);
    const wrong = { size, root: new Uint8Array(32) };
    await assert.rejects(readEdge(big.storage, wrong, sha256), { code: "not-authentic" });
  });
}

test("LogReader.inclusionProof: verifies, at the head and at earlier sizes", async () => {
  const reader = createLogReader(big.storage, bigHead, sha256);
  for (const size of [1, 7, 256, 600, 65_537, 66_000]) {
    const { root } = headAt(size);
    assert.deepEqual(await reader.rootAt(size), root);
    for (const index of [0, Math.floor(size / 2), size - 1]) {
      const proof = await reader.inclusionProof(index, size);
      const hash = leafHash(sha256, leaves[index] ?? utf8(""));
      verifyInclusion({ leafHash: hash, index, size, root, proof }, sha256);
    }
  }
});

test("LogReader.consistencyProof: verifies between any two sizes", async () => {
  const reader = createLogReader(big.storage, bigHead, sha256);
  const sizes = [0, 1, 255, 256, 300, 65_536, 65_999, 66_000];
  for (const from of sizes) {
    for (const to of sizes.filter((size) => size >= from)) {
      const proof = await reader.consistencyProof(from, to);
      verifyConsistency({ from: headAt(from), to: headAt(to), proof }, sha256);
    }
  }
});

test("LogReader.readEntries: any stretch, across bundles", async () => {
  const reader = createLogReader(big.storage, bigHead, sha256);
  for (const [from, to] of [
    [0, 0],
    [0, 1],
    [250, 520],
    [65_990, 66_000],
    [256, 512],
  ] as const) {
    assert.deepEqual(await reader.readEntries(from, to), leaves.slice(from, to));
  }
});

test("LogReader: what is beyond the head is our mistake", async () => {
  const reader = createLogReader(big.storage, headAt(600), sha256);
  await assert.rejects(async () => await reader.readEntries(0, 601), TypeError);
  await assert.rejects(async () => await reader.readEntries(5, 4), TypeError);
  await assert.rejects(async () => await reader.inclusionProof(0, 601), TypeError);
  await assert.rejects(async () => await reader.consistencyProof(0, 601), TypeError);
  await assert.rejects(async () => await reader.rootAt(601), TypeError);
});

for (const [claim, path, bytes, code] of [
  ["a full tile with a hash changed", "tile/0/001", "flip", "not-authentic"],
  ["a partial tile with a hash changed", "tile/0/002.p/88", "flip", "not-authentic"],
  ["a tile of the level above changed", "tile/1/000.p/2", "flip", "not-authentic"],
  ["an entry changed", "tile/entries/001", "flip", "not-authentic"],
  ["a tile cut short", "tile/0/001", "cut", "not-authentic"],
  ["a bundle cut short", "tile/entries/001", "cut", "not-authentic"],
  ["a tile that is gone", "tile/0/001", "remove", "not-found"],
  ["a bundle that is gone", "tile/entries/001", "remove", "not-found"],
] as const) {
  test(`LogReader.readEntries: ${claim} is ${code}`, async () => {
    const { storage } = await tilesOf(600);
    const good = (await storage.read(path)) ?? utf8("");
    if (bytes === "flip") await storage.replace(path, good.with(good.length - 1, (good.at(-1) ?? 0) ^ 1));
    if (bytes === "cut") await storage.replace(path, good.slice(0, -32));
    if (bytes === "remove") await storage.remove(path);
    const reader = createLogReader(storage, headAt(600), sha256);
    await assert.rejects(reader.readEntries(256, 512), { code });
  });
}

test("LogReader.inclusionProof: a full tile with a hash changed is not-authentic", async () => {
  const { storage } = await tilesOf(600);
  const good = (await storage.read("tile/0/001")) ?? utf8("");
  await storage.replace("tile/0/001", good.with(0, (good[0] ?? 0) ^ 1));
  const reader = createLogReader(storage, headAt(600), sha256);
  await assert.rejects(reader.inclusionProof(300, 600), { code: "not-authentic" });
  await reader.inclusionProof(0, 256);
});

test("LogReader: the full tile serves where the partial one was removed", async () => {
  const { storage } = await tilesOf(250, 600);
  await storage.remove("tile/0/000.p/250");
  await storage.remove("tile/entries/000.p/250");
  const reader = createLogReader(storage, headAt(250), sha256);
  assert.deepEqual(await reader.readEntries(0, 250), leaves.slice(0, 250));
});

test("LogReader.extend: follows the log, and keeps what it knows", async () => {
  const reads: string[] = [];
  const tiles = {
    async read(path: string) {
      reads.push(path);
      return await big.storage.read(path);
    },
  };
  const reader = createLogReader(tiles, headAt(600), sha256);
  await reader.readEntries(0, 256);
  const later = await reader.extend(bigHead);
  reads.length = 0;
  await later.readEntries(0, 256);
  assert.deepEqual(reads, ["tile/entries/000"]);
});

for (const [claim, head] of [
  ["another tree", { size: 700, root: rootOf([...leaves.slice(1, 701)]) }],
  ["a smaller tree", headAt(256)],
] as const) {
  test(`LogReader.extend: ${claim} is refused`, async () => {
    const reader = createLogReader(big.storage, headAt(600), sha256);
    await assert.rejects(reader.extend(head), { code: "not-authentic" });
  });
}

test("LogReader.extend: a fork with tiles of its own is not-authentic", async () => {
  const forked = [...leaves.slice(0, 599), utf8("forked"), ...leaves.slice(600, 700)];
  const storage = memoryStorage();
  for (const file of appendLeaves(sha256, EMPTY_EDGE, forked).files)
    await storage.create(file.path, file.bytes);
  const tiles = {
    read: async (path: string) => (await storage.read(path)) ?? (await big.storage.read(path)),
  };
  const reader = createLogReader(tiles, headAt(600), sha256);
  await assert.rejects(reader.extend({ size: 700, root: rootOf(forked) }), { code: "not-authentic" });
});

test("httpTiles: over a served log, with a head it did not make", async () => {
  const app = serveLog(big.storage);
  const tiles = httpTiles("http://log.test", async (url, init) => await app.request(url, init));
  const reader = createLogReader(tiles, bigHead, sha256);
  assert.deepEqual(await reader.readEntries(65_900, 66_000), leaves.slice(65_900, 66_000));
});

for (const [claim, respond, code] of [
  ["404 is not-found", async () => new Response("", { status: 404 }), "not-found"],
  ["500 is unavailable", async () => new Response("", { status: 500 }), "unavailable"],
  ["no answer is unavailable", async () => Promise.reject(new TypeError("fetch failed")), "unavailable"],
  ["an endless answer is answer-too-large", async () => new Response(endless()), "answer-too-large"],
] as const) {
  test(`httpTiles: ${claim}`, async () => {
    const reader = createLogReader(httpTiles("http://log.test", respond), headAt(600), sha256);
    await assert.rejects(reader.readEntries(0, 1), { code });
  });
}

test("httpTiles: a peer that does not answer in time is unavailable", async () => {
  const never = async (_url: string, init?: RequestInit): Promise<Response> =>
    await new Promise((_resolve, reject) => {
      init?.signal?.addEventListener("abort", () => reject(new Error("timed out")));
    });
  // AbortSignal.timeout alone does not keep the process running.
  const alive = setInterval(() => {}, 1_000);
  const tiles = httpTiles("http://log.test", never, { timeoutMs: 10 });
  await assert.rejects(tiles.read("tile/0/000"), { code: "unavailable" });
  clearInterval(alive);
});

test("LogReader: a peer that was out of reach is asked again", async () => {
  let down = true;
  const tiles = {
    read: async (path: string) => (down ? Promise.reject(new Error("down")) : await big.storage.read(path)),
  };
  const reader = createLogReader(tiles, headAt(600), sha256);
  await assert.rejects(reader.rootAt(600));
  down = false;
  assert.deepEqual(await reader.rootAt(600), headAt(600).root);
});

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1_048_576)) });
}
