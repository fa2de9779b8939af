// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeHex } from "@countermark/formats";
import { openArtifact } from "../../src/evidence/artifact.ts";

const folder = mkdtempSync(join(tmpdir(), "countermark-artifact-"));
after(() => rmSync(folder, { recursive: true }));
const hash = (algorithm: string, bytes: Uint8Array) =>
  new Uint8Array(createHash(algorithm).update(bytes).digest());
const write = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

test("openArtifact: a small file is there with every byte", async () => {
  const bytes = Buffer.from("small");
  const artifact = await openArtifact(write("small", bytes));
  const content = await artifact.contentFor("sha384");
  assert.equal(artifact.filename, "small");
  assert.deepEqual(artifact.sha256, hash("sha256", bytes));
  assert.ok(content.kind === "bytes" && Buffer.from(content.bytes).equals(bytes));
});

test("openArtifact: of a long file there is the digest that is asked for", async () => {
  const bytes = Buffer.alloc(17_000_000, "long");
  const artifact = await openArtifact(write("long", bytes));
  assert.deepEqual(artifact.sha256, hash("sha256", bytes));
  for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
    const digest = hash(algorithm, bytes);
    assert.deepEqual(await artifact.contentFor(algorithm), { kind: "digest", algorithm, digest });
  }
});

test("openArtifact: a long file that changes is not two files", async () => {
  const path = write("changed", Buffer.alloc(17_000_000, "before"));
  const artifact = await openArtifact(path);
  write("changed", Buffer.alloc(17_000_000, "after"));
  await assert.rejects(artifact.contentFor("sha384"), { code: "digest-mismatch" });
});

test("openArtifact: of a digest there is that digest, and no other", async () => {
  const sha256 = hash("sha256", Buffer.from("x"));
  const artifact = await openArtifact(`sha256:${encodeHex(sha256)}`);
  assert.equal(artifact.filename, null);
  assert.deepEqual(await artifact.contentFor("sha256"), {
    kind: "digest",
    algorithm: "sha256",
    digest: sha256,
  });
  await assert.rejects(async () => await artifact.contentFor("sha384"), {
    code: "artifact-digest-algorithm",
  });
});

test("openArtifact: what is no digest, and a file that is named like one, are files", async () => {
  const digits = "0".repeat(64);
  for (const text of [
    `sha256:${digits}0`,
    `sha256:${digits.slice(1)}`,
    `SHA256:${digits}`,
    `sha256:${digits.slice(1)}A`,
  ]) {
    await assert.rejects(openArtifact(text), { code: "ENOENT" });
  }
  const before = process.cwd();
  process.chdir(folder);
  try {
    const bytes = Buffer.from("named like a digest");
    write(`sha256:${digits}`, bytes);
    assert.deepEqual((await openArtifact(`sha256:${digits}`)).sha256, hash("sha256", bytes));
  } finally {
    process.chdir(before);
  }
});
