// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type Attestation, encodeAttestation, makeAttestation } from "@countermark/formats";
import {
  attack,
  attestAs,
  buildWheel,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
  verifyByHand,
} from "@countermark/testkit";

attack(
  {
    by: "authority",
    tries: "gives a signature the log entry, timestamp or certificate of another signature",
    stoppedBy:
      "entry, timestamp and certificate each name what they are about, and it must be this signature",
    noticedBy: "the publisher's own job, the index, and whoever verifies",
    when: "before the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const job = { ...world.claims, runId: "2" };
    const project = toyProject("sampleproject", "1.1.0");
    const file = buildWheel(project);
    const mine = await attestAs(world, job, file);
    const other = await attestAs(world, job, world.wheel);
    const mixes: readonly (readonly [string, string, Partial<Attestation>])[] = [
      [
        "another signature's log entry",
        "log-entry-mismatch",
        { transparencyEntries: other.transparencyEntries },
      ],
      ["another signature's timestamp", "timestamp-imprint", { timestamps: other.timestamps }],
      ["another signature's certificate", "log-entry-mismatch", { certificate: other.certificate }],
    ];
    for (const [claim, code, change] of mixes) {
      await t.test(`${claim}: refused`, async () => {
        const mixed = makeAttestation({ ...mine, ...change });
        const trustedRoot = world.authority.trustedRoot();
        const run = await verifyByHand({ ...file, attestation: encodeAttestation(mixed), trustedRoot });
        assert.equal(run.status, 1, run.output);
        assert.ok(run.output.includes(`[${code}]`), `wanted ${code}: ${run.output}`);
        t.saw("whoever verifies", run.output, new RegExp(`\\[${code}\\]`));
        const upload = { project, file, attestations: [mixed.json] };
        const said = await uploadByHand(world, await takeUploadToken(world, job), upload);
        assert.match(said, /^400 [\s\S]*attestation-invalid$/);
      });
    }
    await t.test("its own: accepted", async () => {
      const upload = { project, file, attestations: [mine.json] };
      assert.match(await uploadByHand(world, await takeUploadToken(world, job), upload), /^200/);
    });
  },
);
