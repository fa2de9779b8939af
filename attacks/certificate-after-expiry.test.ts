// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  buildWheel,
  expectRefusal,
  INDEX_URL,
  jobEnvironment,
  keepCertificate,
  postUpload,
  sampleWorld,
  signByHand,
  toyProject,
  uploadForm,
} from "@countermark/testkit";
import { prepareTrustedRoot, verifyAttestation } from "@countermark/verify";

attack(
  {
    by: "publisher",
    tries: "signs with a job's key that was read from its memory, after the job is gone",
    stoppedBy: "the certificate lives ten minutes, and the time is the timestamp authority's",
    noticedBy: "the index, and everybody who verifies",
    when: "at the upload",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const root = await prepareTrustedRoot(parseTrustedRoot(world.authority.trustedRoot()), nodeCrypto);
    const project = toyProject("sampleproject", "1.1.0");
    const file = buildWheel(project);
    const distribution = { filename: file.filename, sha256: nodeCrypto.sha256(file.bytes) };
    const job = { ...world.claims, runId: "2" };

    await t.test("within its ten minutes the attestation is good", async () => {
      const kept = await keepCertificate(world, await world.startJob(job));
      world.clock.advance(540);
      const attestation = await signByHand(world, kept, file);
      const { signedAt } = await verifyAttestation(attestation, distribution, root, nodeCrypto);
      assert.equal(signedAt, world.clock.now());
    });
    await t.test("eleven minutes later the timestamp tells on it", async () => {
      const kept = await keepCertificate(world, await world.startJob(job));
      world.clock.advance(660);
      const attestation = await signByHand(world, kept, file);
      await expectRefusal(
        verifyAttestation(attestation, distribution, root, nodeCrypto),
        "certificate-expired",
      );
      const exchanged = await world.countermark(
        ["exchange-token"],
        jobEnvironment(await world.startJob(job)),
      );
      const form = { ...uploadForm(project, file), attestations: [attestation.json] };
      const answer = await postUpload(world.network.fetch, INDEX_URL, exchanged.stdout.trim(), form);
      assert.equal(answer.status, 400);
      t.saw("the thief, of the index", (await answer.text()).trim());
    });
  },
);
