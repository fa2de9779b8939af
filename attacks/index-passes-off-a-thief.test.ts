// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { Attestation } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  attestAs,
  buildWheel,
  download,
  fakeClock,
  releaseJob,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

const EVIL_PROJECT = toyProject("sampleproject", "6.6.6");
const EVIL = buildWheel(EVIL_PROJECT);
const GOOD = buildWheel(toyProject("sampleproject", "1.1.0"));

attack(
  {
    by: "index",
    tries: "takes a file that a thief signed, and records the project's publisher as the signer",
    stoppedBy: "the certificate is compared with the recorded publisher by every client, field by field",
    noticedBy: "whoever installs the file, on first use too, and every audit",
    when: "before the file is installed",
  },
  async (t) => {
    const owners: { attestation: Attestation | null } = { attestation: null };
    const world = await sampleWorld(t, {
      clock: fakeClock(),
      // Of the thief's attestation it says whatever holds of the owner's.
      believing: (honest) => async (attestation, file) => {
        const { attestation: ofOwner } = owners;
        if (file.filename !== EVIL.filename || ofOwner === null) return await honest(attestation, file);
        const said = await honest(attestation, file);
        const good = { filename: GOOD.filename, sha256: nodeCrypto.sha256(GOOD.bytes) };
        const { claims, san } = await honest(ofOwner, good);
        return Object.assign(said, { claims, san });
      },
    });
    const job = { ...world.claims, runId: "2" };
    owners.attestation = await attestAs(world, job, GOOD);
    const attestations = [(await attestAs(world, releaseJob("thief/sampleproject"), EVIL)).json];
    await t.test("the index takes it", async () => {
      const upload = { project: EVIL_PROJECT, file: EVIL, attestations };
      assert.match(await uploadByHand(world, await takeUploadToken(world, job), upload), /^200/);
    });
    await t.test("the installer does not get it", async () => {
      const run = await download(world.createClient(), "sampleproject", "6.6.6");
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[publisher-differs\]/);
      t.saw("the user", run.output, /\[publisher-differs\]/);
    });
    await t.test("an audit names the entry", async () => {
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[attestation-publisher\]/);
      t.saw("anybody, with an audit", run.output, /^not admitted: /);
    });
  },
);
