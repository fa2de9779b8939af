// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  attestAs,
  buildWheel,
  download,
  fakeClock,
  sampleWorld,
  takeUploadToken,
  toyProject,
  uploadByHand,
} from "@countermark/testkit";

const GOOD = buildWheel(toyProject("sampleproject", "1.1.0"));
const EVIL_PROJECT = toyProject("sampleproject", "6.6.6");
const EVIL = buildWheel(EVIL_PROJECT);

attack(
  {
    by: "index",
    tries: "takes a file under the attestation of another file, and seals that all is well",
    stoppedBy: "clients check the attestation of the very bytes; so does everybody who replays the ledger",
    noticedBy: "whoever installs the file, and every audit",
    when: "before the file is installed",
  },
  async (t) => {
    const good = { filename: GOOD.filename, sha256: nodeCrypto.sha256(GOOD.bytes) };
    const world = await sampleWorld(t, {
      clock: fakeClock(),
      // It looks up what the attestation is really about, and believes it of whatever was uploaded.
      believing: (honest) => (attestation, file) =>
        honest(attestation, file.filename === EVIL.filename ? good : file),
    });
    const job = { ...world.claims, runId: "2" };
    const attestations = [(await attestAs(world, job, GOOD)).json];
    const upload = { project: EVIL_PROJECT, file: EVIL, attestations };
    await t.test("the index takes it", async () => {
      assert.match(await uploadByHand(world, await takeUploadToken(world, job), upload), /^200/);
    });
    await t.test("the installer does not get it", async () => {
      const run = await download(world.createClient(), "sampleproject", "6.6.6");
      assert.equal(run.status, 1, run.output);
      assert.match(run.output, /\[digest-mismatch\]|\[statement-subject-name\]/);
      t.saw("the user", run.output, /^refused: /);
    });
    await t.test("an audit names the entry", async () => {
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /^not admitted: /);
    });
  },
);
