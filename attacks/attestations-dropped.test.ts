// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  attack,
  buildWheel,
  download,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "publisher",
    tries: "publishes a new version without an attestation, as a thief of a token has to",
    stoppedBy:
      "a lock remembers that the project was attested; where the project promised it, the rules refuse the file",
    noticedBy: "whoever has a lock; after a promise the uploader",
    when: "before the file is installed; after a promise at the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const lock = ["--lock", join(world.dir, "countermark.lock")];
    const upload = async (version: string) => {
      const project = toyProject("sampleproject", version);
      const claims = { ...world.claims, runId: version.replaceAll(".", "9") };
      const token = await takeUploadToken(world, claims);
      return await uploadByHand(world, token, { project, file: buildWheel(project), attestations: [] });
    };
    assert.equal((await download(world.countermark, "sampleproject", "", lock)).status, 0);
    await t.test("no promise was made: the index takes it", async () => {
      assert.match(await upload("1.1.0"), /^200/);
    });
    await t.test("who has a lock does not get it", async () => {
      const run = await download(world.countermark, "sampleproject", "1.1.0", lock);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[attestation-lost\]/);
      t.saw("whoever has a lock", run.output, /\[attestation-lost\]/);
    });
    await t.test("who has none is told that it is not attested", async () => {
      const run = await download(world.createClient(), "sampleproject", "1.1.0");
      assert.equal(run.status, 0, run.output);
      t.saw("whoever has none", run.output, /attest/);
    });
    await t.test("the project promises attestations: from now on the index refuses it", async () => {
      const policy = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
      await world.manage("projects/sampleproject/configure", { policy, act: "change", way: "account" });
      const said = await upload("1.2.0");
      assert.match(said, /attestation-required$/);
      t.saw("the uploader, after a promise", said);
    });
  },
);
