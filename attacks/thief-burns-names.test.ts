// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  encodeHex,
  fileId,
  mapKey,
  originHash,
  parseEd25519Spki,
  parseStatement,
  utf8,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, download, ORIGIN, sampleWorld, sealAsThief, sealedState } from "@countermark/testkit";
import { rootMessage } from "@countermark/verify";

const { sha256 } = nodeCrypto;

attack(
  {
    by: "online-key-thief",
    tries: "withdraws a project's files, so that their names are burnt for ever",
    stoppedBy:
      "not stopped at once: offline root keys give back what was taken, the same bytes under the same names, and he cannot sign that",
    noticedBy: "whoever installs; everybody who replays the ledger",
    when: "at once; until the root keys have signed",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const project = mapKey(sha256, "pypi", "sampleproject");
    const file = fileId(sha256, project, world.wheel.filename);
    const { size } = await sealedState(world);
    const withdrawn = { kind: "withdrawn", project, files: [file], reason: "malware" } as const;
    await t.test("the file is gone, and he takes a signature to bring it back as he likes", async () => {
      const amended = { kind: "amended", project, from: size, to: size, root: [] } as const;
      assert.deepEqual(await sealAsThief(world, [withdrawn, amended]), ["legal", "bad-root"]);
      await world.tick();
      const run = await download(world.createClient(), "sampleproject");
      assert.notEqual(run.status, 0, run.output);
      t.saw("who installs", run.output);
    });
    await t.test("root keys sign elsewhere what the operator drafted, and it is there again", async () => {
      const wanted = { kind: "amended", project: "sampleproject", from: size, to: size };
      const { statement } = (await world.manage("ceremony/draft", wanted)) as { statement: string }; // the index's answer
      const parsed = parseStatement(utf8(statement));
      if (parsed.kind !== "amended") throw new TypeError("the draft is of another kind");
      const message = rootMessage(parsed, originHash(sha256, ORIGIN), nodeCrypto);
      const signatures = world.rootKeys
        .map((key) => ({
          key: `02${encodeHex(parseEd25519Spki(key.publicSpki))}`,
          sig: encodeHex(new Uint8Array(key.sign(message))),
        }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
      await world.manage("ceremony/seal", { statement, signatures, detail: null });
      await world.tick();
      const run = await download(world.createClient(), "sampleproject");
      assert.equal(run.status, 0, run.output);
      t.saw("who installs, later", run.output, /verified/);
    });
  },
);
