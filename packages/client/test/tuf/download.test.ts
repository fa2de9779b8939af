// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "@countermark/formats";
import { createToyClient, type ToyClient } from "./toy-client.ts";

const PUBLISH = ["targets", "snapshot", "timestamp"];

async function offering(...targets: (readonly [path: string, content: string])[]): Promise<ToyClient> {
  const client = createToyClient();
  await client.init();
  for (const [path, content] of targets) client.repo.addTarget("targets", path, content);
  client.repo.publish(...PUBLISH);
  return client;
}

test("download: the file that the metadata describes, and nothing before it is asked for", async () => {
  const client = await offering(["file.txt", "content"]);
  assert.equal(await client.refresh(), "ok");
  assert.deepEqual(await client.stored(), []);
  assert.equal(await client.download("file.txt"), "ok");
  assert.deepEqual(await client.stored(), ["content"]);
});

test("download: a file in a folder", async () => {
  const client = await offering(["path/to/a/file.txt", "content"]);
  assert.equal(await client.download("path/to/a/file.txt"), "ok");
  assert.deepEqual(await client.stored(), ["content"]);
  assert.match(client.repo.downloads[0] ?? "", /^path\/to\/a\/[0-9a-f]{64}\.file\.txt$/);
});

test("download: bytes that the repository put in a target's place are refused", async () => {
  const client = await offering(["one.txt", "content 1"], ["two.txt", "content 2"]);
  assert.equal(await client.download("one.txt"), "ok");
  for (const path of ["one.txt", "two.txt"]) client.repo.artifacts.set(path, utf8("contentX2"));
  assert.equal(await client.download("one.txt"), "ok");
  assert.equal(await client.download("two.txt"), "tuf-hash-mismatch");
  assert.deepEqual(await client.stored(), ["content 1"]);
});

test("download: a target through many versions, with a bad one after each that the client sees", async () => {
  const client = await offering(["file.txt", "content"]);
  const { repo } = client;
  assert.equal(await client.download("file.txt"), "ok");
  const more: string[] = [];
  for (let i = 0; i < 11; i++) {
    repo.addTarget("targets", "file.txt", `content ${i}`);
    repo.addTarget("targets", `new-${i}`, `new content ${i}`);
    repo.publish(...PUBLISH);
    if (i % 5 !== 0) continue;
    more.push(`new content ${i}`);
    assert.equal(await client.download("file.txt"), "ok");
    assert.equal(await client.download(`new-${i}`), "ok");
    assert.deepEqual((await client.stored()).toSorted(), [`content ${i}`, ...more].toSorted());
    repo.artifacts.set("file.txt", utf8(`malicious ${i}`));
    repo.publish(...PUBLISH);
    await client.download("file.txt");
    assert.deepEqual((await client.stored()).toSorted(), [`content ${i}`, ...more].toSorted());
  }
});

for (const algorithms of [["sha256"], ["sha512"], ["sha256", "sha512"]] as const) {
  test(`download: a target with hashes by ${algorithms.join(" and ")}`, async () => {
    const client = createToyClient();
    await client.init();
    client.repo.addTarget("targets", "file.txt", "content", algorithms);
    client.repo.publish(...PUBLISH);
    assert.equal(await client.download("file.txt"), "ok");
    const hashes = Object.values(client.repo.targets.targets["file.txt"]?.hashes ?? {});
    assert.ok(hashes.some((hash) => client.repo.downloads[0] === `${hash}.file.txt`));
    assert.equal(client.repo.downloads.length, 1);
    assert.deepEqual(await client.stored(), ["content"]);
  });
}

test("download: a target with a hash by an algorithm that is not known is refused", async () => {
  const client = await offering(["file.txt", "content"]);
  Object.assign(client.repo.targets.targets["file.txt"] ?? {}, { hashes: { "unknown-hash": "00ff" } });
  client.repo.publish(...PUBLISH);
  assert.equal(await client.download("file.txt"), "tuf-hash-unknown");
  assert.deepEqual(await client.stored(), []);
});

test("download: what is there already is not fetched again", async () => {
  const client = await offering(["file.txt", "content"]);
  assert.equal(await client.download("file.txt"), "ok");
  assert.equal(await client.download("file.txt"), "ok");
  assert.equal(client.repo.downloads.length, 1);
});
