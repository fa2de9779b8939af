// SPDX-License-Identifier: Apache-2.0
// Archives whose members would be written outside their folder, or that two tools read differently.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  type ArchiveMember,
  type BuiltFile,
  buildTarGz,
  buildZip,
  createWorld,
  INDEX_URL,
  member,
  postUpload,
  sdistFilename,
  sdistMembers,
  toyProject,
  uploadForm,
  wheelFilename,
  wheelMembers,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const project = toyProject("sampleproject", "1.0.0");
const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string }; // our own answer

const NAMES: readonly (readonly [string, string])[] = [
  ["a path that climbs out", "../../evil.py"],
  ["a path that climbs out in the middle", "sampleproject-1.0.0/../../evil.py"],
  ["an absolute path", "/etc/evil.py"],
  ["a backslash that is a separator elsewhere", "..\\evil.py"],
  ["a drive letter", "C:/evil.py"],
];

for (const [claim, name] of NAMES) {
  const extra = member(name, "evil = True\n");
  test(`wheel with ${claim}: refused, and nothing is kept`, () =>
    expectRefused(wheel([...wheelMembers(project), extra])));
  test(`sdist with ${claim}: refused, and nothing is kept`, () =>
    expectRefused(sdist([...sdistMembers(project), extra])));
}

test("wheel with two members of one name: refused, and nothing is kept", async () => {
  const [first] = wheelMembers(project);
  assert.ok(first);
  await expectRefused(
    wheel([...wheelMembers(project), { ...first, bytes: new TextEncoder().encode("evil") }]),
  );
});

test("wheel with a member that RECORD does not list: refused, and nothing is kept", async () => {
  await expectRefused(wheel([...wheelMembers(project), member("evil.pth", "import evil\n")]));
});

test("wheel after which more bytes follow: refused, and nothing is kept", async () => {
  const { filename, bytes } = wheel(wheelMembers(project));
  await expectRefused({ filename, bytes: Uint8Array.from([...bytes, ...bytes]) });
});

test("the same archives without the extra member: accepted", async () => {
  for (const file of [wheel(wheelMembers(project)), sdist(sdistMembers(project))]) {
    const answer = await upload(file);
    assert.equal(answer.status, 200, await answer.text());
  }
});

function wheel(members: readonly ArchiveMember[]): BuiltFile {
  return { filename: wheelFilename(project), bytes: buildZip(members, "deflated") };
}

function sdist(members: readonly ArchiveMember[]): BuiltFile {
  return { filename: sdistFilename(project), bytes: buildTarGz(members) };
}

async function upload(file: BuiltFile): Promise<Response> {
  return await postUpload(world.network.fetch, INDEX_URL, token, uploadForm(project, file));
}

async function expectRefused(file: BuiltFile): Promise<void> {
  const answer = await upload(file);
  const text = await answer.text();
  assert.equal(answer.status, 400, text);
  assert.match(text.trim(), /\narchive-[a-z-]+$/);
  const kept = readdirSync(join(world.dir, "index", "blobs"), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    kept.filter((entry) => entry.isFile()).map(({ name }) => name),
    [],
  );
}
