// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { packTar, type TarEntry } from "modern-tar";
import { readSdist } from "../../src/upload/sdist.ts";
import { readWheel } from "../../src/upload/wheel.ts";
import {
  buildSdist,
  buildWheel,
  type Members,
  metadataOf,
  sdistMembers,
  tarFile,
  tarGzOf,
  wheelMembers,
  withRecord,
  zipOf,
} from "../support/build.ts";
import { temporaryFolder } from "../support/folder.ts";

const PROJECT = { name: "toy-box", version: "1.0", requiresPython: ">=3.8" };
const OWNER = { normalizedName: "toy-box", canonicalVersion: "1.0" };

async function read(
  context: TestContext,
  reader: typeof readWheel,
  bytes: Uint8Array,
  owner = OWNER,
): Promise<Uint8Array> {
  const path = join(await temporaryFolder(context), "archive");
  await writeFile(path, bytes);
  return await reader(path, bytes.length, owner);
}

test("readWheel: a good wheel gives its METADATA", async (context) => {
  const { bytes } = await buildWheel(PROJECT);
  const metadata = await read(context, readWheel, bytes);
  assert.equal(Buffer.from(metadata).toString(), metadataOf(PROJECT));
});

test("readSdist: a good source distribution gives its PKG-INFO", async (context) => {
  const { bytes } = await buildSdist(PROJECT);
  const metadata = await read(context, readSdist, bytes);
  assert.equal(Buffer.from(metadata).toString(), metadataOf(PROJECT));
});

function edited(edit: (members: Members) => void): Members {
  const members = wheelMembers(PROJECT);
  edit(members);
  return withRecord(PROJECT, members);
}

const INFO = "toy_box-1.0.dist-info";

for (const [claim, members, code] of [
  [
    "a second .dist-info is refused",
    edited((m) => m.set("other-1.0.dist-info/METADATA", "x")),
    "archive-layout",
  ],
  ["no METADATA is refused", edited((m) => m.delete(`${INFO}/METADATA`)), "metadata-missing"],
  ["no WHEEL is refused", edited((m) => m.delete(`${INFO}/WHEEL`)), "archive-layout"],
  ["no RECORD is refused", wheelMembers(PROJECT), "archive-layout"],
  [
    "a member that RECORD does not list is refused",
    new Map([...withRecord(PROJECT, wheelMembers(PROJECT)), ["toy_box/extra.py", "x"]]),
    "archive-layout",
  ],
  [
    "a member with other bytes than RECORD lists is refused",
    new Map([...withRecord(PROJECT, wheelMembers(PROJECT)), ["toy_box/__init__.py", "evil"]]),
    "archive-layout",
  ],
] as const) {
  test(`readWheel: ${claim}`, async (context) => {
    await assert.rejects(read(context, readWheel, await zipOf(members)), { code });
  });
}

test("readWheel: the folder of another version is refused", async (context) => {
  const { bytes } = await buildWheel(PROJECT);
  const owner = { ...OWNER, canonicalVersion: "1.1" };
  await assert.rejects(read(context, readWheel, bytes, owner), { code: "archive-layout" });
});

for (const [claim, path] of [
  ["a path with ..", "toy_box/../../evil.py"],
  ["an absolute path", "/etc/evil.py"],
  ["a path with a control character", "toy_box/\u0001evil.py"],
] as const) {
  test(`readWheel: ${claim} is refused`, async (context) => {
    // Written with a harmless name of the same length, then renamed in the bytes: the writer has checks of its own.
    const plain = "p".repeat(path.length);
    const zip = Buffer.from(await zipOf(edited((m) => m.set(plain, "x"))));
    const renamed = Buffer.from(zip.toString("latin1").replaceAll(plain, path), "latin1");
    await assert.rejects(read(context, readWheel, renamed), (error: { code?: string }) =>
      ["archive-unreadable", "archive-entry-unsafe"].includes(error.code ?? ""),
    );
  });
}

test("readWheel: bytes before or after the ZIP are refused", async (context) => {
  const { bytes } = await buildWheel(PROJECT);
  await assert.rejects(read(context, readWheel, Buffer.concat([Buffer.from("#!"), bytes])), {
    code: "archive-unreadable",
  });
  await assert.rejects(read(context, readWheel, Buffer.concat([bytes, Buffer.from("tail")])), {
    code: "archive-unreadable",
  });
});

test("readWheel: a member with a wrong checksum is refused", async (context) => {
  const { bytes } = await buildWheel(PROJECT);
  const flipped = Buffer.from(bytes);
  // The compressed bytes of the first member begin after its 30-byte header and its name.
  const at = 30 + "toy_box/__init__.py".length + 4;
  flipped[at] = (flipped[at] ?? 0) ^ 1;
  await assert.rejects(read(context, readWheel, flipped), { code: "archive-unreadable" });
});

test("readWheel: more than fifty-fold expansion above 64 MiB is refused", async (context) => {
  const zip = await zipOf(edited((m) => m.set("toy_box/zeros", "0".repeat(70_000_000))));
  await assert.rejects(read(context, readWheel, zip), { code: "archive-expands-too-far" });
});

const FOLDER = "toy_box-1.0";

function withMember(...added: readonly TarEntry[]): TarEntry[] {
  return [...sdistMembers(PROJECT), ...added];
}

for (const [claim, members, code] of [
  ["a member outside the folder is refused", withMember(tarFile("other/x", "x")), "archive-layout"],
  ["a path with .. is refused", withMember(tarFile(`${FOLDER}/../../x`, "x")), "archive-entry-unsafe"],
  ["an absolute path is refused", withMember(tarFile("/etc/x", "x")), "archive-entry-unsafe"],
  ["a backslash is refused", withMember(tarFile(`${FOLDER}/a\\b`, "x")), "archive-entry-unsafe"],
  ["no PKG-INFO is refused", [tarFile(`${FOLDER}/setup.py`, "x")], "metadata-missing"],
  ["one file twice is refused", withMember(tarFile(`${FOLDER}/PKG-INFO`, "other")), "archive-unreadable"],
  [
    "a link that leads outside is refused",
    withMember({ header: { name: `${FOLDER}/l`, size: 0, type: "symlink", linkname: "../../etc/passwd" } }),
    "archive-entry-unsafe",
  ],
  [
    "an absolute link is refused",
    withMember({ header: { name: `${FOLDER}/l`, size: 0, type: "symlink", linkname: "/etc/passwd" } }),
    "archive-entry-unsafe",
  ],
  [
    "a device is refused",
    withMember({ header: { name: `${FOLDER}/d`, size: 0, type: "character-device" } }),
    "archive-unreadable",
  ],
  [
    "a sparse file is refused",
    withMember({
      header: { name: `${FOLDER}/s`, size: 1, type: "file", pax: { "GNU.sparse.major": "1" } },
      body: "x",
    }),
    "archive-unreadable",
  ],
  ["the folder of another project is refused", [tarFile("other-1.0/PKG-INFO", "x")], "archive-layout"],
] as const) {
  test(`readSdist: ${claim}`, async (context) => {
    await assert.rejects(read(context, readSdist, await tarGzOf(members)), { code });
  });
}

test("readSdist: a link inside the folder is taken", async (context) => {
  const members = withMember({
    header: { name: `${FOLDER}/docs/l`, size: 0, type: "symlink", linkname: "../pyproject.toml" },
  });
  await read(context, readSdist, await tarGzOf(members));
});

test("readSdist: a cut archive and bytes after its end are refused", async (context) => {
  const tar = await packTar(sdistMembers(PROJECT));
  const cut = gzipSync(tar.subarray(0, tar.length - 1_024));
  const more = gzipSync(Buffer.concat([tar, Buffer.alloc(512, 1)]));
  for (const bytes of [cut, more, gzipSync(tar).subarray(0, 100)]) {
    await assert.rejects(read(context, readSdist, bytes), { code: "archive-unreadable" });
  }
});

test("readSdist: more than fifty-fold expansion above 64 MiB is refused", async (context) => {
  const bytes = await tarGzOf(withMember(tarFile(`${FOLDER}/zeros`, "0".repeat(70_000_000))));
  await assert.rejects(read(context, readSdist, bytes), { code: "archive-expands-too-far" });
});
