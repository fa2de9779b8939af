// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { nodeCrypto } from "@countermark/log";
import {
  attack,
  attestAs,
  buildWheel,
  download,
  fakeClock,
  INDEX_URL,
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
    tries: "seals a file with false evidence, where the quorum has an auditor",
    stoppedBy:
      "an auditor replays the ledger and its evidence, and signs no head that such an entry is under",
    noticedBy: "the auditor, the uploader and the operator",
    when: "before anybody is shown the file",
  },
  async (t) => {
    const good = { filename: GOOD.filename, sha256: nodeCrypto.sha256(GOOD.bytes) };
    const reports: string[] = [];
    const world = await sampleWorld(t, {
      clock: fakeClock(),
      cosigners: "with-auditor",
      believing: (honest) => (attestation, file) =>
        honest(attestation, file.filename === EVIL.filename ? good : file),
      report: (error) => reports.push(String(error)),
    });
    const job = { ...world.claims, runId: "2" };
    const attestations = [(await attestAs(world, job, GOOD)).json];
    const upload = { project: EVIL_PROJECT, file: EVIL, attestations };
    await t.test("the entry is sealed, and not released", async () => {
      const said = await uploadByHand(world, await takeUploadToken(world, job), upload);
      assert.match(said, /^503 /);
      t.saw("the uploader", said);
      const refusal = reports.find((report) => report.includes("auditor")) ?? "";
      assert.match(refusal, /audit/);
      t.saw("the operator, of the auditor", refusal);
    });
    await t.test("nobody is shown it", async () => {
      const page = await (await world.network.fetch(`${INDEX_URL}/simple/sampleproject/`)).text();
      assert.doesNotMatch(page, /6\.6\.6/);
      const run = await download(world.createClient(), "sampleproject");
      assert.equal(run.status, 0, run.output);
      assert.doesNotMatch(run.output, /6\.6\.6/);
    });
  },
);
