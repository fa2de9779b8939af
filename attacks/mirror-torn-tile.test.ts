// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  dropLast,
  flipByte,
  lyingAbout,
  otherBytes,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "mirror",
    tries: "serves tiles of the ledger that are torn, damaged or another tile's",
    stoppedBy: "every tile and entry is hashed up to a head that a quorum signed",
    noticedBy: "whoever audits, and every client that extends a head",
    when: "when it is read",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const audit = (part: string | RegExp, change: (bytes: Uint8Array) => Uint8Array) =>
      whileLying(world.network, "index.test", lyingAbout(part, otherBytes(change)), () =>
        world.countermark(["audit"]),
      );
    for (const [claim, part, change] of [
      ["entries cut short", "/tile/entries/", (bytes) => dropLast(bytes, 7)],
      ["one bit of an entry", "/tile/entries/", (bytes) => flipByte(bytes, 100)],
      ["a tile of hashes cut short", /\/tile\/\d/, (bytes) => dropLast(bytes, 32)],
      ["one bit of a hash", /\/tile\/\d/, (bytes) => flipByte(bytes, -1)],
      ["nothing at all", "/tile/entries/", () => new Uint8Array()],
    ] as readonly (readonly [string, string | RegExp, (bytes: Uint8Array) => Uint8Array])[]) {
      await t.test(`${claim}: no entry of it is believed`, async () => {
        const run = await audit(part, change);
        assert.equal(run.status, 1, run.output);
        assert.match(run.output, /\[not-authentic\]/);
        if (claim !== "nothing at all" && claim !== "one bit of an entry")
          t.saw("whoever audits", run.output, /\[not-authentic\]/);
      });
    }
  },
);
