// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  attestAs,
  buildWheel,
  type JobClaims,
  releaseJob,
  sampleWorld,
  type ToyProject,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "finds a job's upload token in its log, and uploads with it",
    stoppedBy:
      "it is good for 15 minutes, for the publisher's projects, and for attestations of the same run",
    noticedBy: "the thief",
    when: "at the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const claims = { ...world.claims, runId: "2" };
    const promise = { uploads: "publisher", attestations: "required", release: "direct", closeDays: null };
    await world.registerProject("another", releaseJob("example/another"));
    await world.manage("projects/sampleproject/configure", {
      policy: promise,
      act: "change",
      way: "account",
    });
    const project = toyProject("sampleproject", "1.1.0");

    const leak = () => takeUploadToken(world, claims);
    const upload = async (token: string, of: ToyProject, signer: JobClaims | null): Promise<string> => {
      const file = buildWheel(of);
      const attestations = signer === null ? [] : [(await attestAs(world, signer, file)).json];
      return await uploadByHand(world, token, { project: of, file, attestations });
    };
    await t.test("for another project: refused", async () => {
      const said = await upload(await leak(), toyProject("another", "1.0.0"), null);
      assert.match(said, /^403 [\s\S]*token-project$/);
      t.saw("the thief, with another project", said);
    });
    await t.test(
      "without an attestation, where the project promised them: refused by the rules",
      async () => {
        assert.match(await upload(await leak(), project, null), /attestation-required$/);
      },
    );
    await t.test("with an attestation by the thief's own repository: refused", async () => {
      const said = await upload(await leak(), project, releaseJob("thief/sampleproject"));
      assert.match(said, /attestation-identity$/);
      t.saw("the thief, with his own signature", said);
    });
    await t.test("with an attestation by the same workflow in another run: refused", async () => {
      assert.match(await upload(await leak(), project, { ...claims, runId: "42" }), /attestation-identity$/);
    });
    await t.test("sixteen minutes later: refused", async () => {
      const token = await leak();
      world.clock.advance(960);
      assert.match(await upload(token, project, claims), /^403 [\s\S]*token-expired$/);
    });
    await t.test("by the job itself: accepted", async () => {
      assert.match(await upload(await leak(), project, claims), /^200/);
    });
  },
);
