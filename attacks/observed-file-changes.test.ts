// SPDX-License-Identifier: Apache-2.0
// An index that only watches another one, and what the other shows it.
import assert from "node:assert/strict";
import { attack } from "@countermark/testkit";
import { findFile, findProject, VOID_CODES } from "@countermark/verify";
import {
  digestOf,
  F,
  I,
  K,
  L,
  outcomeOf,
  rootSigned,
  ToyLedger,
  V,
} from "../packages/verify/test/ledger/toy-ledger.ts";

attack(
  {
    by: "index",
    tries: "an index that is only observed shows other bytes under a name that was seen before",
    stoppedBy:
      "the ledger keeps the first digest and marks the file for ever; no index can take a marked file over",
    noticedBy: "everybody who reads the observer's ledger",
    when: "when it is seen",
  },
  async (t) => {
    const ledger = await ToyLedger.create({ role: "observer" });
    const outcome = async (draft: Parameters<ToyLedger["add"]>[0]): Promise<string> =>
      outcomeOf(await ledger.add(draft));
    const seen = { file: F, provenance: null, release: V, seen: "published", size: 9 } as const;
    const observe = (sha256: string) =>
      outcome({ kind: "observed", role: "observer", items: [{ ...seen, sha256 }] });
    const record = () => {
      const project = findProject(ledger.state, K);
      const file = project === null ? null : findFile(project, F);
      return [file?.sha256, file?.observedOtherDigest];
    };
    await t.test("the first digest stays, and going back hides nothing", async () => {
      assert.equal(await observe(digestOf("good")), "legal");
      assert.deepEqual(record(), [digestOf("good"), false]);
      assert.equal(await observe(digestOf("evil")), "legal");
      assert.equal(await observe(digestOf("good")), "legal");
      assert.deepEqual(record(), [digestOf("good"), true]);
    });
    await t.test("it is not taken over when the observer becomes an index", async () => {
      const role = { project: I, log: L, role: "observer", root: [] } as const;
      const become = { ...role, kind: "index-role", role2: "index", import: "open" } as const;
      assert.equal(await outcome(rootSigned(ledger, become)), "legal");
      assert.equal(await outcome({ kind: "promoted", files: [F], role: "index" }), "not-observed");
      t.saw("everybody who replays the ledger", VOID_CODES["not-observed"]);
    });
  },
);
