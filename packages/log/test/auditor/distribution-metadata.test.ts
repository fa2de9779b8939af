// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { readDistributionMetadata } from "@countermark/log";
import { buildSdist } from "../../../testkit/src/build-sdist.ts";
import { buildWheel, coreMetadata, toyProject } from "../../../testkit/src/build-wheel.ts";
import { buildTarGz } from "../../../testkit/src/tar.ts";
import { buildZip } from "../../../testkit/src/zip.ts";

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

const FOLDER = "toy_box-1.0.0";
const SDIST = `${FOLDER}.tar.gz`;
const WHEEL = "toy_box-1.0.0-py3-none-any.whl";
const METADATA_MEMBER = `${FOLDER}.dist-info/METADATA`;

function pkgInfo(length: number): { readonly name: string; readonly bytes: Uint8Array } {
  return { name: `${FOLDER}/PKG-INFO`, bytes: new Uint8Array(length).map((_, i) => 32 + (i % 90)) };
}

for (const length of [0, 1, 511, 512, 513, 65_024, 65_536, 1_000_003]) {
  test(`readDistributionMetadata: PKG-INFO of ${length} bytes, whatever lies around it`, async () => {
    for (const before of [0, 1, 600, 65_500]) {
      const wanted = pkgInfo(length);
      const members = [file("a", before), wanted, file("b", 70_000)];
      requireSame(await readDistributionMetadata(SDIST, buildTarGz(members)), wanted.bytes);
    }
  });
}

test("readDistributionMetadata: a source distribution is expanded beside the main thread, and is not kept", async () => {
  const members = [file("a", 60_000_000), pkgInfo(10)];
  const sdist = buildTarGz(members);
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  requireSame(await readDistributionMetadata(SDIST, sdist), pkgInfo(10).bytes);
  clearInterval(timer);
  assert.ok(turns > 5, `${turns}`);
});

test("readDistributionMetadata: a source distribution that expands too far has none", async () => {
  requireSame(await readDistributionMetadata(SDIST, buildTarGz([pkgInfo(10), file("a", 68_000_000)])), null);
});

test("readDistributionMetadata: a source distribution of too many members has none", async () => {
  const tar = gunzipSync(buildTarGz([pkgInfo(10)])).subarray(0, 1_024);
  const empty = gunzipSync(buildTarGz([file("a", 0)])).subarray(0, 512);
  const end = Buffer.alloc(1_024);
  const withMembers = (count: number) =>
    new Uint8Array(gzipSync(Buffer.concat([tar, ...Array.from({ length: count - 1 }, () => empty), end])));
  requireSame(await readDistributionMetadata(SDIST, withMembers(100_000)), pkgInfo(10).bytes);
  requireSame(await readDistributionMetadata(SDIST, withMembers(100_001)), null);
});

test("readDistributionMetadata: metadata above its limit is none", async () => {
  const tooLong = pkgInfo(4_194_305);
  const justFits = pkgInfo(4_194_304);
  requireSame(await readDistributionMetadata(SDIST, buildTarGz([tooLong])), null);
  requireSame(await readDistributionMetadata(SDIST, buildTarGz([justFits])), justFits.bytes);
  for (const method of ["deflated", "stored"] as const) {
    const wheelOf = (bytes: Uint8Array) => buildZip([{ name: METADATA_MEMBER, bytes }], method);
    requireSame(await readDistributionMetadata(WHEEL, wheelOf(tooLong.bytes)), null);
    requireSame(await readDistributionMetadata(WHEEL, wheelOf(justFits.bytes)), justFits.bytes);
  }
});

test("readDistributionMetadata: a wheel that names METADATA hundreds of times has none, and nothing is inflated", async () => {
  const bytes = new Uint8Array(4_000_000);
  const once = Buffer.from(buildZip([{ name: METADATA_MEMBER, bytes }], "deflated"));
  const directory = once.subarray(once.readUInt32LE(once.length - 6), once.length - 22);
  const end = Buffer.from(once.subarray(once.length - 22));
  end.writeUInt16LE(500, 10);
  const entries = Array.from({ length: 499 }, () => directory);
  const wheel = Buffer.concat([once.subarray(0, once.length - 22), ...entries, end]);
  const started = performance.now();
  requireSame(await readDistributionMetadata(WHEEL, new Uint8Array(wheel)), null);
  assert.ok(performance.now() - started < 500);
});

test("readDistributionMetadata: what is read of a wheel does not keep the wheel", async () => {
  const { filename, bytes } = buildWheel(PROJECT, "stored");
  const metadata = (await readDistributionMetadata(filename, bytes)) ?? assert.fail();
  assert.notEqual(metadata.buffer, bytes.buffer);
});

test("readDistributionMetadata: a name that is no distribution's is refused", async () => {
  await assert.rejects(readDistributionMetadata("x.zip", new Uint8Array()), { code: "unsupported" });
});

function file(name: string, length: number): { readonly name: string; readonly bytes: Uint8Array } {
  return { name: `${FOLDER}/${name}`, bytes: new Uint8Array(length) };
}

/** Without a diff of megabytes where they differ. */
function requireSame(found: Uint8Array | null, wanted: Uint8Array | null): void {
  const isSame = found === null || wanted === null ? found === wanted : Buffer.compare(found, wanted) === 0;
  assert.ok(isSame, `found ${found?.length ?? "none"}, wanted ${wanted?.length ?? "none"} bytes`);
}

/** Where the zero blocks at the end of an archive begin. */
function endOfMembers(tar: Buffer): number {
  let end = tar.length;
  while (end >= 512 && tar.subarray(end - 512, end).every((byte) => byte === 0)) end -= 512;
  return end;
}
