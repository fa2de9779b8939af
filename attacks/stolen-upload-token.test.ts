// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  INDEX_URL,
  type JobClaims,
  jobEnvironment,
  keepCertificate,
  postUpload,
  releaseJob,
  sampleWorld,
  signByHand,
  type ToyProject,
  toyProject,
  uploadForm,
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

    const leak = async (): Promise<string> => {
      const run = await world.countermark(["exchange-token"], jobEnvironment(await world.startJob(claims)));
      assert.equal(run.status, 0, run.output);
      return run.stdout.trim();
    };
    const upload = async (token: string, of: ToyProject, signer: JobClaims | null): Promise<string> => {
      const file = buildWheel(of);
      const form = uploadForm(of, file);
      const attestations = signer === null ? null : [await attest(signer)];
      const answer = await postUpload(world.network.fetch, INDEX_URL, token, { ...form, attestations });
      return `${answer.status} ${await answer.text()}`.trim();
      async function attest(by: JobClaims): Promise<unknown> {
        const kept = await keepCertificate(world, await world.startJob(by));
        return (await signByHand(world, kept, file)).json;
      }
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
