// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { ConfigRecord } from "@countermark/formats";
import { attack, createWorld, ISSUER_URL, publisherOf, releaseJob } from "@countermark/testkit";
import { findProject } from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  GUARDED,
  K,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  outcomeOf,
  PUBLISHER,
  START,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const THIEF: ConfigRecord = { ...GUARDED, publishers: [OTHER_PUBLISHER], principals: [OTHER_PRINCIPAL] };

attack(
  {
    by: "account-thief",
    tries: "asks to be the publisher before the project has a file, to take it years later, at once",
    stoppedBy:
      "nothing can be asked for before the first file: the entry is void, and there is nothing to take",
    noticedBy: "the thief; everybody who reads the ledger",
    when: "when he asks",
  },
  async (t) => {
    await t.test("the rules know of no such ask, and later of nothing to take", async () => {
      const ledger = await ToyLedger.withProject(CONFIG);
      const outcome = async (draft: Draft): Promise<string> => outcomeOf(await ledger.add(draft));
      const none = { kind: "none" } as const;
      const configure = { kind: "project-configured", way: "account", consent: none } as const;
      assert.equal(await outcome({ ...configure, act: "ask", config: THIEF }), "no-files");
      assert.equal(await outcome({ ...configure, act: "change", way: "free", config: GUARDED }), "legal");
      assert.equal(await outcome(acceptedFile(START)), "legal");
      await ledger.wait(1_000 * DAY);
      assert.equal(await outcome({ ...configure, act: "take", way: "none", config: null }), "no-pending");
      assert.deepEqual(findProject(ledger.state, K)?.current.publishers, [PUBLISHER]);
    });
    await t.test("the index says so", async () => {
      const world = await createWorld();
      t.after(() => world.close());
      await world.registerProject("sampleproject", releaseJob("example/sampleproject"));
      const publishers = [publisherOf(ISSUER_URL, releaseJob("thief/sampleproject"))];
      const ask = world.manage("projects/sampleproject/configure", {
        publishers,
        act: "ask",
        way: "account",
      });
      await assert.rejects(ask, (error: Error) => {
        t.saw("the account", error.message);
        return error.message.includes("no-files");
      });
    });
  },
);
