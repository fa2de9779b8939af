// SPDX-License-Identifier: Apache-2.0
// A head of the log's own making, dressed with lines that look like the witnesses'.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  encodeNote,
  encodeProjectProof,
  type NoteSignature,
  parseNote,
  parseProjectProof,
} from "@countermark/formats";
import { createCosigner, createEd25519 } from "@countermark/log";
import {
  buildWheel,
  createWorld,
  download,
  flipByte,
  forkProof,
  type Interceptor,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
assert.equal(published.status, 0, published.output);

type Dress = (lines: readonly NoteSignature[], text: string) => readonly NoteSignature[];

const ATTACKS: readonly (readonly [string, Dress])[] = [
  ["the lines of the true head", (lines) => lines],
  [
    "the lines of the true head with other signatures",
    (lines) => lines.map((line) => ({ ...line, signature: flipByte(line.signature, -1) })),
  ],
  [
    "lines by new keys under the witnesses' names",
    (lines, text) =>
      lines.map(({ name }) => createCosigner(name, createEd25519()).cosign(text, world.clock.now())),
  ],
  [
    "lines by new keys under the witnesses' names and key ids",
    (lines, text) =>
      lines.map(({ name, keyId }) => ({
        ...createCosigner(name, createEd25519()).cosign(text, world.clock.now()),
        keyId,
      })),
  ],
];

for (const [claim, dress] of ATTACKS) {
  test(`${claim}: refused`, async () => {
    const liar: Interceptor = async (request, answer) => {
      const truth = await answer(request);
      if (!new URL(request.url).pathname.startsWith("/map/")) return truth;
      const bytes = new Uint8Array(await truth.arrayBuffer());
      return new Response(new Uint8Array(dressed(bytes, dress)), { status: 200 });
    };
    const restore = world.network.intercept("index.test", liar);
    const run = await download(world.createClient(), "sampleproject");
    restore();
    assert.equal(run.status, 1, run.output);
    assert.match(run.output, /\[(?:quorum-not-met|cosignature-[a-z-]+)\]/);
  });
}

function dressed(bytes: Uint8Array, dress: Dress): Uint8Array {
  const truth = parseNote(parseProjectProof(bytes).checkpoint);
  const witnesses = truth.signatures.filter(({ name }) => name.endsWith(".test"));
  const forked = parseProjectProof(forkProof(bytes, world.logKey).bytes);
  const note = parseNote(forked.checkpoint);
  const signatures = [...note.signatures, ...dress(witnesses, note.text)];
  return encodeProjectProof({ ...forked, checkpoint: encodeNote({ text: note.text, signatures }) });
}
