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
    by: "authority",
    tries: "issues a certificate for a project's publisher to a thief, properly logged",
    stoppedBy:
      "an upload takes a token by the issuer too, and the certificate must be of the token's very run",
    noticedBy: "the thief; the owner, who finds it in the public log",
    when: "at the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const thief = releaseJob("thief/other");
    await world.registerProject("other", thief);
    const project = toyProject("sampleproject", "6.6.6");
    const file = buildWheel(project);
    // Nothing that the certificate is made of distinguishes it from one that the job asked for.
    const minted = (await attestAs(world, { ...world.claims, runId: "666" }, file)).json;
    const upload = { project, file, attestations: [minted] };
    await t.test("with the thief's own upload token: not his project", async () => {
      const said = await uploadByHand(world, await takeUploadToken(world, thief), upload);
      assert.match(said, /^403 [\s\S]*token-project$/);
      t.saw("the thief", said);
    });
    await t.test("with a leaked token of another run: not that run", async () => {
      const token = await takeUploadToken(world, { ...world.claims, runId: "2" });
      const said = await uploadByHand(world, token, upload);
      assert.match(said, /^400 [\s\S]*attestation-identity$/);
      t.saw("the thief, with a leaked token", said);
    });
  },
);
