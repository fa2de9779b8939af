// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { EMPTY_CONFIG, fileId, mapKey, parseVersion, releaseId } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { attack, sampleWorld, sealAsThief } from "@countermark/testkit";
import { VOID_CODES } from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  digestOf,
  F,
  outcomeOf,
  START,
  ToyLedger,
  V,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const { sha256 } = nodeCrypto;
const KNOWN = { metadata: null, open: true, size: 9, state: "published" } as const;

attack(
  {
    by: "online-key-thief",
    tries:
      "imports files into a project that is in use: an import asks neither its policy nor its publishers",
    stoppedBy: "imports end with the phase, and for a project with its owner's first upload or configuration",
    noticedBy: "everybody who replays the ledger",
    when: "at once",
  },
  async (t) => {
    const world = await sampleWorld(t);
    await t.test("an index that imports nothing takes none", async () => {
      const evil = "sampleproject-6.6.6.tar.gz";
      const item = (project: string) => ({
        ...KNOWN,
        file: fileId(sha256, project, evil),
        release: releaseId(sha256, project, parseVersion("6.6.6")),
        sha256: "66".repeat(32),
      });
      const project = mapKey(sha256, "pypi", "sampleproject");
      const fresh = mapKey(sha256, "pypi", "another");
      const outcomes = await sealAsThief(world, [
        { kind: "imported", project, config: null, items: [item(project)] },
        { kind: "imported", project: fresh, config: EMPTY_CONFIG, items: [item(fresh)] },
      ]);
      assert.deepEqual(outcomes, ["import-closed", "import-closed"]);
      const run = await world.countermark(["audit"]);
      t.saw("anybody, with an audit", run.output, /^void: /m);
    });
    await t.test("while the phase is open, a project that its owner uses is his", async () => {
      const ledger = await ToyLedger.create({ import: "open" });
      const outcome = async (draft: Parameters<ToyLedger["add"]>[0]): Promise<string> =>
        outcomeOf(await ledger.add(draft));
      const items = (file: string) => [{ ...KNOWN, file, release: V, sha256: digestOf(file) }];
      assert.equal(await outcome({ kind: "imported", config: CONFIG, items: items(F) }), "legal");
      assert.equal(await outcome({ kind: "imported", config: null, items: items(F) }), "filename-used");
      assert.equal(
        await outcome({ kind: "imported", config: CONFIG, items: items(digestOf("f")) }),
        "bad-config",
      );
      assert.equal(
        await outcome(acceptedFile(START, { file: digestOf("own"), release: digestOf("r") })),
        "legal",
      );
      assert.equal(
        await outcome({ kind: "imported", config: null, items: items(digestOf("f")) }),
        "not-imported",
      );
      t.saw("everybody who replays the ledger", VOID_CODES["not-imported"]);
    });
  },
);
