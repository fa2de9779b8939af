// SPDX-License-Identifier: Apache-2.0
// Repositories that are too much: data without an end, roots without an end, and one of PyPI's size, which is not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryStorage, nodeCrypto } from "@countermark/log";
import { createTufSimulator, type TufSimulator } from "@countermark/testkit";
import { findTufTarget, TUF_LIMITS, type TufContext } from "@countermark/verify";
import { describeError } from "../../src/show/describe-error.ts";
import { driveTuf } from "../../src/trust/drive-tuf.ts";
import { initTuf, refreshTuf } from "../../src/trust/tuf-commands.ts";
import { createTufFolder } from "../../src/trust/tuf-folder.ts";
import { NOW, published } from "./toy-client.ts";

const context: TufContext = { now: NOW, mode: { kind: "online" }, limits: TUF_LIMITS, crypto: nodeCrypto };

/** A client of `repo`, on a network where what `endless` names never ends. Counts the bytes that were taken of it. */
async function clientOf(repo: TufSimulator, endless = "") {
  const taken = { bytes: 0 };
  const chunk = new Uint8Array(1_024).fill(0x20);
  const stream = () =>
    new ReadableStream({
      pull(controller) {
        taken.bytes += chunk.length;
        controller.enqueue(chunk);
      },
    });
  const ports = {
    fetch: async (url: string) =>
      new URL(url).pathname === `/metadata/${endless}`
        ? new Response(stream())
        : await repo.fetch(new Request(url)),
    metadataUrl: "https://tuf.test/metadata",
    folder: createTufFolder(memoryStorage()),
  };
  await initTuf(ports.folder, published(repo, "root", 1));
  return { ports, taken };
}

for (const [file, bytesMax] of [
  ["2.root.json", 524_288],
  ["timestamp.json", 16_384],
  ["1.snapshot.json", 400],
  ["1.targets.json", 400],
] as const) {
  test(`limits: a ${file} without an end is cut off`, async () => {
    const repo = createTufSimulator(() => NOW);
    repo.listsHashes = true;
    for (const role of ["targets", "snapshot", "timestamp"]) repo.published.delete(role);
    for (const role of ["targets", "snapshot", "timestamp"] as const) repo[role].version = 1;
    repo.publish("targets", "snapshot", "timestamp");
    const { ports, taken } = await clientOf(repo, file);
    const code = await refreshTuf(ports, context).catch((error) => describeError(error).code);
    assert.equal(code, "response-too-large");
    assert.ok(taken.bytes <= bytesMax + 4_096, `${taken.bytes} bytes were taken`);
  });
}

test("limits: roots without an end are left when there were as many as may be", async () => {
  const repo = createTufSimulator(() => NOW);
  for (let i = 0; i < TUF_LIMITS.rootUpdatesMax + 5; i++) repo.publish("root");
  const { ports } = await clientOf(repo);
  const repository = await refreshTuf(ports, context);
  assert.equal(repository.root.version, TUF_LIMITS.rootUpdatesMax + 1);
});

test("limits: 262,144 bins are within them, and the bin of a target is found", async () => {
  const repo = createTufSimulator(() => NOW);
  const bits = 18;
  for (let bin = 0; bin < 2 ** bits; bin++) {
    repo.snapshot.meta[`bins-${bin.toString(16).padStart(5, "0")}.json`] = { version: 1 };
  }
  const path = "packages/sampleproject.whl";
  const keyids = [...(repo.signers.get("targets")?.keys() ?? [])];
  const keys = repo.root.keys;
  repo.targets.delegations = {
    keys,
    succinct_roles: { keyids, threshold: 1, bit_length: bits, name_prefix: "bins" },
  };
  repo.publish("targets", "snapshot", "timestamp");
  const { ports } = await clientOf(repo);
  const repository = await refreshTuf(ports, context);
  assert.equal(repository.snapshot.meta.size, 2 ** bits + 1);
  await assert.rejects(driveTuf(findTufTarget(path, repository), ports), { code: "tuf-file-absent" });
  assert.match(repo.requests.at(-1) ?? "", /^bins-[0-9a-f]{5} 1$/);
});
