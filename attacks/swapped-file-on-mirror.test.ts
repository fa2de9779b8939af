// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  download,
  dropLast,
  flipByte,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

const TAMPERINGS: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ["one bit of the first byte flipped", (bytes) => flipByte(bytes, 0)],
  ["one bit of the last byte flipped", (bytes) => flipByte(bytes, -1)],
  ["the last byte missing", (bytes) => dropLast(bytes, 1)],
  ["one byte more", (bytes) => Uint8Array.from([...bytes, 0])],
  ["nothing at all", () => new Uint8Array()],
];

attack(
  {
    by: "mirror",
    tries: "puts other bytes in a file's place: same name, same length",
    stoppedBy: "the ledger's record holds the SHA-256; the proxy keeps the last block back until it agrees",
    noticedBy: "whoever installs",
    when: "before the installer has the whole file",
  },
  async (t) => {
    const world = await sampleWorld(t);
    for (const [claim, tamper] of TAMPERINGS) {
      await t.test(`${claim}: the installer does not get the file`, async () => {
        const liar = lyingAbout("/files/", otherBytes(tamper));
        const run = await whileLying(world.network, "index.test", liar, () =>
          download(world.createClient(), "sampleproject", ".whl"),
        );
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /\[file-mismatch\]/);
        if (claim.startsWith("one bit of the first")) t.saw("the user", run.output, /\[file-mismatch\]/);
      });
    }
    await t.test("the true bytes: the installer gets them", async () => {
      const run = await download(world.createClient(), "sampleproject", ".whl");
      assert.equal(run.status, 0, run.output);
    });
  },
);
