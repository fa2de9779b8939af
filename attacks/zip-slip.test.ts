// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type ArchiveMember,
  attack,
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

const NAMES: readonly (readonly [string, string])[] = [
  ["a path that climbs out", "../../evil.py"],
  ["a path that climbs out in the middle", "sampleproject-1.0.0/../../evil.py"],
  ["an absolute path", "/etc/evil.py"],
  ["a backslash that is a separator elsewhere", "..\\evil.py"],
  ["a drive letter", "C:/evil.py"],
];

attack(
  {
    by: "stranger",
    tries: "uploads an archive that unpacks outside its folder, or that two tools read differently",
    stoppedBy: "archives are read strictly, to their last byte; of a wheel, RECORD must list every member",
    noticedBy: "the uploader",
    when: "at the upload; nothing is kept",
  },
  async (t) => {
    const world = await createWorld();
    t.after(() => world.close());
    const project = toyProject("sampleproject", "1.0.0");
    const { token } = (await world.manage("accounts", { name: "maintainer" })) as { token: string }; // our own answer
    const wheel = (members: readonly ArchiveMember[]): BuiltFile => ({
      filename: wheelFilename(project),
      bytes: buildZip(members, "deflated"),
    });
    const sdist = (members: readonly ArchiveMember[]): BuiltFile => ({
      filename: sdistFilename(project),
      bytes: buildTarGz(members),
    });
    const upload = (file: BuiltFile): Promise<Response> =>
      postUpload(world.network.fetch, INDEX_URL, token, uploadForm(project, file));
    const refuse = async (file: BuiltFile): Promise<string> => {
      const answer = await upload(file);
      const text = await answer.text();
      assert.equal(answer.status, 400, text);
      assert.match(text.trim(), /\narchive-[a-z-]+$/);
      const kept = readdirSync(join(world.dir, "index", "blobs"), { recursive: true, withFileTypes: true });
      assert.deepEqual(
        kept.filter((entry) => entry.isFile()).map(({ name }) => name),
        [],
      );
      return text;
    };
    const wheelFiles = wheelMembers(project);
    for (const [claim, name] of NAMES) {
      const extra = member(name, "evil = True\n");
      await t.test(`wheel with ${claim}: refused, and nothing is kept`, async () => {
        const said = await refuse(wheel([...wheelFiles, extra]));
        if (name === "../../evil.py") t.saw("the uploader", said);
      });
      await t.test(`sdist with ${claim}: refused, and nothing is kept`, async () => {
        await refuse(sdist([...sdistMembers(project), extra]));
      });
    }
    await t.test("wheel with two members of one name: refused, and nothing is kept", async () => {
      const [first] = wheelFiles;
      assert.ok(first);
      const said = await refuse(
        wheel([...wheelFiles, { ...first, bytes: new TextEncoder().encode("evil") }]),
      );
      t.saw("the uploader", said);
    });
    await t.test("wheel with a member that RECORD does not list: refused, and nothing is kept", async () => {
      await refuse(wheel([...wheelFiles, member("evil.pth", "import evil\n")]));
    });
    await t.test("wheel after which more bytes follow: refused, and nothing is kept", async () => {
      const { filename, bytes } = wheel(wheelFiles);
      await refuse({ filename, bytes: Uint8Array.from([...bytes, ...bytes]) });
    });
    await t.test("the same archives without the extra member: accepted", async () => {
      for (const file of [wheel(wheelFiles), sdist(sdistMembers(project))]) {
        const answer = await upload(file);
        assert.equal(answer.status, 200, await answer.text());
      }
    });
  },
);
