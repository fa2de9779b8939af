// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  encodeNote,
  encodeProjectProof,
  type NoteSignature,
  parseNote,
  parseProjectProof,
} from "@countermark/formats";
import { createCosigner, createEd25519 } from "@countermark/log";
import {
  attack,
  download,
  flipByte,
  forkProof,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

type Dress = (lines: readonly NoteSignature[], text: string, now: number) => readonly NoteSignature[];

const DRESSES: readonly (readonly [string, string, Dress])[] = [
  ["the lines of the true head", "cosignature-invalid", (lines) => lines],
  [
    "the lines of the true head with other signatures",
    "cosignature-invalid",
    (lines) => lines.map((line) => ({ ...line, signature: flipByte(line.signature, -1) })),
  ],
  [
    "lines by new keys under the witnesses' names",
    "quorum-not-met",
    (lines, text, now) => lines.map(({ name }) => createCosigner(name, createEd25519()).cosign(text, now)),
  ],
  [
    "lines by new keys under the witnesses' names and key ids",
    "cosignature-invalid",
    (lines, text, now) =>
      lines.map(({ name, keyId }) => ({
        ...createCosigner(name, createEd25519()).cosign(text, now),
        keyId,
      })),
  ],
];

attack(
  {
    by: "online-key-thief",
    tries: "dresses a head of his own with lines that look like the witnesses'",
    stoppedBy: "a line by a known key that does not verify refuses the whole head; unknown keys do not count",
    noticedBy: "whoever installs",
    when: "before a page is shown to the installer",
  },
  async (t) => {
    const world = await sampleWorld(t);
    for (const [claim, code, dress] of DRESSES) {
      await t.test(`${claim}: refused`, async () => {
        const forge = (bytes: Uint8Array): Uint8Array => {
          const truth = parseNote(parseProjectProof(bytes).checkpoint);
          const witnesses = truth.signatures.filter(({ name }) => name.endsWith(".test"));
          const forked = parseProjectProof(forkProof(bytes, world.logKey).bytes);
          const note = parseNote(forked.checkpoint);
          const signatures = [...note.signatures, ...dress(witnesses, note.text, world.clock.now())];
          return encodeProjectProof({ ...forked, checkpoint: encodeNote({ text: note.text, signatures }) });
        };
        const liar = lyingAbout("/map/", otherBytes(forge));
        const run = await whileLying(world.network, "index.test", liar, () =>
          download(world.createClient(), "sampleproject"),
        );
        assert.equal(run.status, 1, run.output);
        assert.ok(run.output.includes(`[${code}]`), run.output);
        if (!claim.includes("key ids")) t.saw("the user", run.output, new RegExp(`\\[${code}\\]`));
      });
    }
  },
);
