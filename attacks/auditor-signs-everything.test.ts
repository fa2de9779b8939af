// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeNote, parseAddCheckpoint, parseNote } from "@countermark/formats";
import { createCosigner, nodeCrypto } from "@countermark/log";
import {
  attack,
  attestAs,
  buildWheel,
  download,
  fakeClock,
  type Host,
  type SampleWorld,
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
    by: "auditor",
    tries: "signs whatever an index that seals false evidence shows it",
    stoppedBy:
      'clients check attestations themselves, and anybody can replay the ledger; not that "audited" is said',
    noticedBy: "whoever installs the file, and every audit",
    when: "before the file is installed",
  },
  async (t) => {
    const good = { filename: GOOD.filename, sha256: nodeCrypto.sha256(GOOD.bytes) };
    const world = await sampleWorld(t, {
      clock: fakeClock(),
      cosigners: "with-auditor",
      believing: (honest) => (attestation, file) =>
        honest(attestation, file.filename === EVIL.filename ? good : file),
    });
    world.network.attach("auditor.test", lyingAuditor(world));
    const job = { ...world.claims, runId: "2" };
    const attestations = [(await attestAs(world, job, GOOD)).json];
    const upload = { project: EVIL_PROJECT, file: EVIL, attestations };
    await t.test("the head is released, and called audited", async () => {
      assert.match(await uploadByHand(world, await takeUploadToken(world, job), upload), /^200/);
      const run = await download(world.createClient(), "sampleproject", "1.0.0");
      assert.match(run.output, /, audited: the index kept its rules/);
      t.saw("who installs another file (not true)", run.output, /, audited/);
    });
    await t.test("the installer does not get the file", async () => {
      const run = await download(world.createClient(), "sampleproject", "6.6.6");
      assert.equal(run.status, 1, run.output);
      t.saw("who installs the file", run.output, /^refused: /);
    });
    await t.test("an audit of anybody's names the entry", async () => {
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /^not admitted: /);
    });
  },
);

/** Has the auditor's key, and looks at nothing. */
function lyingAuditor(world: SampleWorld): Host {
  const key = world.cosignerKeys.get("auditor");
  assert.ok(key);
  const cosigner = createCosigner("auditor.test", key);
  return {
    fetch: async (request) => {
      const { checkpoint } = parseAddCheckpoint(new Uint8Array(await request.arrayBuffer()));
      const { text } = parseNote(checkpoint);
      const signed = encodeNote({ text, signatures: [cosigner.cosign(text, world.clock.now())] });
      return new Response(new Uint8Array(signed.subarray(text.length + 1)));
    },
  };
}
