// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { readDistributionMetadata } from "@countermark/log";
import { buildSdist } from "../../../testkit/src/build-sdist.ts";
import { buildWheel, coreMetadata, toyProject } from "../../../testkit/src/build-wheel.ts";

const PROJECT = toyProject("toy-box", "1.0.0");

async function read(filename: string, bytes: Uint8Array): Promise<string | null> {
  const metadata = await readDistributionMetadata(filename, bytes);
  return metadata === null ? null : Buffer.from(metadata).toString("utf8");
}

for (const method of ["deflated", "stored"] as const) {
  test(`readDistributionMetadata: METADATA of a wheel, ${method}`, async () => {
    const { filename, bytes } = buildWheel(PROJECT, method);
    assert.equal(await read(filename, bytes), coreMetadata(PROJECT));
  });
}

test("readDistributionMetadata: PKG-INFO of a source distribution", async () => {
  const { filename, bytes } = buildSdist(PROJECT);
  assert.equal(await read(filename, bytes), coreMetadata(PROJECT));
});

test("readDistributionMetadata: a wheel cut anywhere has none", async () => {
  const { filename, bytes } = buildWheel(PROJECT);
  for (let length = 0; length < bytes.length; length += 37) {
    assert.equal(await read(filename, bytes.subarray(0, length)), null, `${length}`);
  }
});

test("readDistributionMetadata: a source distribution that is damaged has none", async () => {
  const { filename, bytes } = buildSdist(PROJECT);
  assert.equal(await read(filename, bytes.subarray(0, bytes.length - 20)), null);
  assert.equal(await read(filename, new Uint8Array(gzipSync(Buffer.alloc(0)))), null);
  const tar = gunzipSync(bytes);
  tar.write("9zzzzzzzzzz", 124, "latin1");
  assert.equal(await read(filename, new Uint8Array(gzipSync(tar))), null);
});

test("readDistributionMetadata: two PKG-INFO are none", async () => {
  const { filename, bytes } = buildSdist(PROJECT);
  const tar = gunzipSync(bytes);
  const twice = Buffer.concat([tar.subarray(0, endOfMembers(tar)), tar]);
  assert.equal(await read(filename, new Uint8Array(gzipSync(twice))), null);
});

test("readDistributionMetadata: a name that is no distribution's is refused", async () => {
  await assert.rejects(readDistributionMetadata("x.zip", new Uint8Array()), { code: "unsupported" });
});

/** Where the zero blocks at the end of an archive begin. */
function endOfMembers(tar: Buffer): number {
  let end = tar.length;
  while (end >= 512 && tar.subarray(end - 512, end).every((byte) => byte === 0)) end -= 512;
  return end;
}
