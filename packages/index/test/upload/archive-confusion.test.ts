// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { readSdist } from "../../src/upload/sdist.ts";
import { readWheel } from "../../src/upload/wheel.ts";
import { buildWheel, metadataOf, wheelMembers, withRecord, zipOf } from "../support/build.ts";
import { temporaryFolder } from "../support/folder.ts";

// Archives in which another reader (Python's tarfile and zipfile, the streaming readers of uv) finds other members than ours.

const PROJECT = { name: "toy-box", version: "1.0", requiresPython: ">=3.8" };
const OWNER = { normalizedName: "toy-box", canonicalVersion: "1.0" };
const FOLDER = "toy_box-1.0";

async function read(context: TestContext, reader: typeof readWheel, bytes: Uint8Array): Promise<Uint8Array> {
  const path = join(await temporaryFolder(context), "archive");
  await writeFile(path, bytes);
  return await reader(path, bytes.length, OWNER);
}

interface Block {
  readonly type?: string;
  readonly link?: string;
  readonly prefix?: string;
  readonly magic?: string;
}

function member(name: string, body = "", block: Block = {}): Buffer {
  const header = Buffer.alloc(512);
  const put = (offset: number, text: string): void => void header.write(text, offset, "latin1");
  put(0, name);
  put(100, "0000644\0");
  put(124, `${Buffer.byteLength(body).toString(8).padStart(11, "0")}\0`);
  put(136, "00000000000\0");
  put(148, " ".repeat(8));
  put(156, block.type ?? "0");
  put(157, block.link ?? "");
  put(257, block.magic ?? "ustar\x0000");
  put(345, block.prefix ?? "");
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, "0")}\0 `);
  return Buffer.concat([header, Buffer.from(body), Buffer.alloc(-Buffer.byteLength(body) & 511)]);
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

function sdist(...members: readonly Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...members, Buffer.alloc(1_024)]));
}

const INFO = member(`${FOLDER}/PKG-INFO`, metadataOf(PROJECT));
const HIDDEN = member(`${FOLDER}/setup.py`, "evil()").toString("latin1");
const PLAIN = member(`${FOLDER}/z`, "x");
const longName = (name: string): Buffer => member("././@LongLink", `${name}\0`, { type: "L" });
const pax = (text: string, type = "x"): Buffer => member("pax", text, { type });

for (const [claim, members] of [
  [
    "a file of the oldest type that is named as a folder",
    [INFO, member(`${FOLDER}/x/`, HIDDEN, { type: "\0" })],
  ],
  [
    "the same under a pax path",
    [INFO, pax(paxRecord("path", `${FOLDER}/ok`)), member(`${FOLDER}/x/`, HIDDEN, { type: "\0" })],
  ],
  ["a folder with a body", [INFO, member(`${FOLDER}/d/`, HIDDEN, { type: "5" })]],
  ["a symbolic link with a body", [INFO, member(`${FOLDER}/l`, HIDDEN, { type: "2", link: "PKG-INFO" })]],
  [
    "a hard link with a body",
    [INFO, member(`${FOLDER}/l`, HIDDEN, { type: "1", link: `${FOLDER}/PKG-INFO` })],
  ],
  [
    "a path prefix outside ustar",
    [member(`${FOLDER}/PKG-INFO`, metadataOf(PROJECT), { prefix: "q", magic: "" })],
  ],
  [
    "a path prefix in GNU's format",
    [INFO, member(`${FOLDER}/a`, "x", { prefix: "/etc", magic: "ustar  \0" })],
  ],
  [
    "a member with a long name and a pax path",
    [INFO, longName(`${FOLDER}/setup.py`), pax(paxRecord("path", `${FOLDER}/harmless`)), PLAIN],
  ],
  ["two long names", [INFO, longName(`${FOLDER}/one`), longName(`${FOLDER}/two`), PLAIN]],
  [
    "two pax headers",
    [INFO, pax(paxRecord("path", `${FOLDER}/one`)), pax(paxRecord("path", `${FOLDER}/two`)), PLAIN],
  ],
  [
    "a pax record given twice",
    [INFO, pax(paxRecord("path", `${FOLDER}/one`) + paxRecord("path", `${FOLDER}/two`)), PLAIN],
  ],
  ["a global pax path", [INFO, pax(paxRecord("path", `${FOLDER}/one`), "g"), PLAIN]],
  ["a malformed pax header", [INFO, pax(`99 path=${FOLDER}/one\n`), PLAIN]],
  [
    "a second PKG-INFO through a link",
    [
      member(`${FOLDER}/s`, "", { type: "2", link: "." }),
      INFO,
      member(`${FOLDER}/s/PKG-INFO`, "Name: evil\n"),
    ],
  ],
  ["PKG-INFO in another case", [INFO, member(`${FOLDER}/pkg-info`, "Name: evil\n")]],
] as const) {
  test(`readSdist: ${claim} is refused`, async (context) => {
    await assert.rejects(read(context, readSdist, sdist(...members)), { code: "archive-unreadable" });
  });
}

test("readSdist: a link that goes up again from a name is refused", async (context) => {
  const members = [
    INFO,
    member(`${FOLDER}/a/b`, "", { type: "2", link: ".." }),
    member(`${FOLDER}/c`, "", { type: "2", link: "a/b/../.." }),
  ];
  await assert.rejects(read(context, readSdist, sdist(...members)), { code: "archive-entry-unsafe" });
});

test("readSdist: long names, pax paths and git's comment are taken", async (context) => {
  const comment = pax(paxRecord("comment", "a".repeat(40)), "g");
  const path = pax(paxRecord("path", `${FOLDER}/${"p".repeat(120)}`));
  const members = [comment, INFO, longName(`${FOLDER}/long`), PLAIN, path, member(`${FOLDER}/y`, "y")];
  assert.equal(
    Buffer.from(await read(context, readSdist, sdist(...members))).toString(),
    metadataOf(PROJECT),
  );
});

/** `zip` with `bytes` between its last member and its directory. */
function withGap(zip: Uint8Array, bytes: Uint8Array): Buffer {
  const end = zip.length - 22;
  const view = Buffer.from(zip);
  const directory = view.readUInt32LE(end + 16);
  const moved = Buffer.concat([view.subarray(0, directory), bytes, view.subarray(directory)]);
  moved.writeUInt32LE(directory + bytes.length, end + bytes.length + 16);
  return moved;
}

test("readWheel: a member that only a reader of streams finds is refused", async (context) => {
  const { bytes } = await buildWheel(PROJECT);
  const other = Buffer.from(await zipOf(new Map([["evil.pth", "import os"]])));
  const hidden = other.subarray(0, other.indexOf("PK\x01\x02", 0, "latin1"));
  await assert.rejects(read(context, readWheel, withGap(bytes, hidden)), { code: "archive-unreadable" });
});

test("readWheel: a comment is refused, above all one that looks like an archive's end", async (context) => {
  const { bytes } = await buildWheel(PROJECT);
  for (const comment of [
    Buffer.from("hello"),
    Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)]),
  ]) {
    const zip = Buffer.concat([bytes, comment]);
    zip.writeUInt16LE(comment.length, bytes.length - 2);
    await assert.rejects(read(context, readWheel, zip), { code: "archive-unreadable" });
  }
});

for (const [claim, path, code] of [
  ["METADATA in another case", "toy_box-1.0.dist-info/metadata", "archive-unreadable"],
  ["a .dist-info below .data", "toy_box-1.0.data/purelib/toy_box-1.0.dist-info/METADATA", "archive-layout"],
] as const) {
  test(`readWheel: ${claim} is refused`, async (context) => {
    const members = withRecord(PROJECT, wheelMembers(PROJECT).set(path, "Name: evil\n"));
    await assert.rejects(read(context, readWheel, await zipOf(members)), { code });
  });
}
