// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  fakeClock,
  keepCertificate,
  sampleWorld,
  signByHand,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

const HOUR = 3_600;

attack(
  {
    by: "authority",
    tries: "back-dates a timestamp, so that a key stolen hours ago seems to have signed in time",
    stoppedBy:
      "a rule of the ledger: an attestation is at most six hours older than its upload, by the index's time",
    noticedBy: "the uploader, and every audit",
    when: "at the upload",
  },
  async (t) => {
    const clock = fakeClock();
    const authority = { behind: 0 };
    const world = await sampleWorld(t, { clock, authorityClock: () => clock.now() - authority.behind });
    const project = toyProject("sampleproject", "1.1.0");
    const file = buildWheel(project);
    const job = { ...world.claims, runId: "2" };
    const upload = async (hoursLater: number) => {
      authority.behind = 0;
      const kept = await keepCertificate(world, await world.startJob(job));
      clock.advance(hoursLater * HOUR);
      authority.behind = hoursLater * HOUR;
      const attestation = await signByHand(world, kept, file);
      return await uploadByHand(world, await takeUploadToken(world, job), {
        project,
        file,
        attestations: [attestation.json],
      });
    };
    await t.test("seven hours: refused by the rules", async () => {
      const said = await upload(7);
      assert.match(said, /attestation-time/);
      t.saw("the uploader", said);
    });
    await t.test(
      "two hours: not told, which is what the limit says (the job's own token is needed too)",
      async () => {
        assert.match(await upload(2), /^200/);
      },
    );
  },
);
