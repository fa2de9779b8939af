// SPDX-License-Identifier: Apache-2.0
// A job's key is stolen from its memory and used after the job is gone: the certificate lived for ten minutes.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  buildWheel,
  createSigningWorld,
  expectRefusal,
  keepCertificate,
  releaseJob,
  signByHand,
  toyProject,
} from "@countermark/testkit";
import { prepareTrustedRoot, verifyAttestation } from "@countermark/verify";

const world = await createSigningWorld();
after(() => world.close());
const root = await prepareTrustedRoot(parseTrustedRoot(world.authority.trustedRoot()), nodeCrypto);
const file = buildWheel(toyProject("sampleproject", "1.0.0"));
const distribution = { filename: file.filename, sha256: nodeCrypto.sha256(file.bytes) };

test("a certificate within its ten minutes: the attestation is good", async () => {
  const kept = await keepCertificate(world, await world.startJob(releaseJob("example/sampleproject")));
  world.clock.advance(540);
  const evidence = await verifyAttestation(
    await signByHand(world, kept, file),
    distribution,
    root,
    nodeCrypto,
  );
  assert.equal(evidence.signedAt, world.clock.now());
});

test("the same key eleven minutes later: the timestamp tells on it", async () => {
  const kept = await keepCertificate(world, await world.startJob(releaseJob("example/sampleproject")));
  world.clock.advance(660);
  const attestation = await signByHand(world, kept, file);
  await expectRefusal(verifyAttestation(attestation, distribution, root, nodeCrypto), "certificate-expired");
});
