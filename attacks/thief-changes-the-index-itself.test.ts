// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeHex, indexKey, originHash, parseEd25519Spki, rootKeyId } from "@countermark/formats";
import { createEd25519, nodeCrypto } from "@countermark/log";
import { attack, download, ORIGIN, sampleWorld, sealAsThief } from "@countermark/testkit";

const { sha256 } = nodeCrypto;

attack(
  {
    by: "online-key-thief",
    tries: "changes the keys, the role, the import phase or the rules of the index, or ends its log",
    stoppedBy:
      "every entry about the index itself is signed by offline keys, and everybody computes whether it is",
    noticedBy: "everybody who replays the ledger; clients go on as before",
    when: "at once, and for ever on record",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const key = createEd25519();
    const about = { project: indexKey(sha256), log: originHash(sha256, ORIGIN), root: [] } as const;
    const digest = "66".repeat(32);
    const outcomes = await sealAsThief(world, [
      {
        ...about,
        kind: "trust-changed",
        countersign: [encodeHex(parseEd25519Spki(key.publicSpki))],
        rootKeys: [rootKeyId(sha256, key.publicSpki)],
        threshold: 1,
        rootVersion: 2,
        targetsVersion: 2,
        rpIdHash: digest,
        webOrigin: "https://thief.test",
        trust: digest,
      },
      { ...about, kind: "index-role", role2: "observer", import: "open" },
      { ...about, kind: "rules-changed", rules: 2, spec: digest },
      { ...about, kind: "sunset" },
      { ...about, kind: "log-succeeded", origin2: digest, genesis: digest },
    ]);
    await t.test("each is in the ledger, and void", async () => {
      assert.deepEqual(outcomes, ["bad-root", "bad-root", "bad-root", "bad-root", "bad-root"]);
      const run = await world.countermark(["audit"]);
      assert.equal(run.status, 1, run.output);
      t.saw("anybody, with an audit", run.output, /^void: /);
    });
    await t.test("who installs gets the true file", async () => {
      const run = await download(world.createClient(), "sampleproject");
      assert.equal(run.status, 0, run.output);
    });
  },
);
