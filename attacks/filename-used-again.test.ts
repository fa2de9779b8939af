// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseEntry, parseReceipt } from "@countermark/formats";
import {
  attack,
  buildWheel,
  download,
  fileSha256,
  INDEX_URL,
  sampleWorld,
  sealAsThief,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "publisher",
    tries: "publishes other bytes under a filename that is used, or was, also with the index's help",
    stoppedBy: "a rule of the ledger: a name is used once, for ever; a second entry for it is void",
    noticedBy: "the uploader; with a hostile index every audit",
    when: "at the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const { project, wheel } = world;
    const other = buildWheel({ ...project, modules: { "sampleproject.py": "evil = True\n" } });
    const upload = async (runId: string) =>
      await uploadByHand(world, await takeUploadToken(world, { ...world.claims, runId }), {
        project,
        file: other,
        attestations: [],
      });
    const receiptUrl = `${INDEX_URL}/receipt/${fileSha256(wheel)}/${wheel.filename}.tlog-proof`;
    const receipt = new Uint8Array(await (await world.network.fetch(receiptUrl)).arrayBuffer());

    await t.test("beside the first: refused", async () => {
      const said = await upload("2");
      assert.match(said, /^400 [\s\S]*file-exists$/);
      t.saw("the uploader", said);
    });
    await t.test("two of one name at the same moment: one of them is refused", async () => {
      const next = toyProject(project.name, "1.1.0");
      const token = await takeUploadToken(world, { ...world.claims, runId: "4" });
      const files = [next, { ...next, modules: {} }].map((each) => buildWheel(each));
      const said = await Promise.all(
        files.map((file) => uploadByHand(world, token, { project: next, file, attestations: [] })),
      );
      assert.deepEqual(said.map((text) => text.slice(0, 3)).sort(), ["200", "400"]);
    });
    await t.test("by a thief of the index's keys: void, and the first file is still the one", async () => {
      const { statement } = parseEntry(parseReceipt(receipt).entry);
      assert.ok(statement.kind === "file-accepted");
      const outcomes = await sealAsThief(world, [
        {
          ...statement,
          seq: 3,
          time: world.clock.now(),
          sha256: fileSha256(other),
          size: other.bytes.length,
        },
      ]);
      assert.deepEqual(outcomes, ["filename-used"]);
      const run = await world.countermark(["audit"]);
      t.saw("anybody, with an audit", run.output, /^void: /);
      assert.equal((await download(world.createClient(), project.name, "1.0.0")).status, 0);
    });
    await t.test("after the first was withdrawn: refused", async () => {
      await world.manage(`projects/${project.name}/withdraw`, { files: [wheel.filename], reason: "owner" });
      await world.tick();
      assert.match(await upload("3"), /^400 [\s\S]*file-exists$/);
    });
  },
);
