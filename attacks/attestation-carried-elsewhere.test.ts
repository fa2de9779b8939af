// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  attestAs,
  buildWheel,
  releaseJob,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

attack(
  {
    by: "stranger",
    tries: "takes a file with its attestation from one index, and publishes both on another as his own",
    stoppedBy: "the attestation must be by the very run that asked this index for the upload token",
    noticedBy: "the stranger",
    when: "at the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    // What another index has: attested by its publisher, in a run that never asked this index for anything.
    const project = toyProject("famous", "1.0.0");
    const file = buildWheel(project);
    const author = releaseJob("example/famous");
    const attestations = [(await attestAs(world, author, file)).json];
    const stranger = releaseJob("stranger/famous");
    await world.registerProject("famous", stranger);
    await t.test("under the stranger's own publisher: refused", async () => {
      const token = await takeUploadToken(world, stranger);
      const said = await uploadByHand(world, token, { project, file, attestations });
      assert.match(said, /^400 [\s\S]*attestation-identity$/);
      t.saw("the stranger", said);
    });
    await t.test("with another attestation beside it, his own: refused too", async () => {
      const token = await takeUploadToken(world, { ...stranger, runId: "2" });
      const own = (await attestAs(world, { ...stranger, runId: "2" }, file)).json;
      const said = await uploadByHand(world, token, { project, file, attestations: [...attestations, own] });
      assert.match(said, /^400 /);
    });
  },
);
