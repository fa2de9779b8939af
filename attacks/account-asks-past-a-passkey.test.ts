// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack } from "@countermark/testkit";
import { VOID_CODES } from "@countermark/verify";
import { DAY, GUARDED } from "../packages/verify/test/ledger/toy-ledger.ts";
import {
  CANCEL,
  configure,
  OTHER,
  TAKE,
  withFile,
} from "../packages/verify/test/ledger/vectors/stories/tell.ts";

attack(
  {
    by: "account-thief",
    tries:
      "asks by the account for another publisher, on a project that has a passkey; and takes what was cancelled",
    stoppedBy:
      "where a project has a passkey, the account's word asks for nothing; what was cancelled is gone",
    noticedBy: "the owner, and everybody who replays the ledger",
    when: "at once: the entry is void",
  },
  async (t) => {
    await t.test("on a project with a passkey the account asks for nothing", async () => {
      const ledger = await withFile(GUARDED);
      const ask = configure("ask", "account", { ...OTHER, principals: GUARDED.principals });
      assert.equal(await ledger.outcome(ask), "has-principals");
      t.saw("every auditor", `void: ${VOID_CODES["has-principals"]} [has-principals]`);
    });
    await t.test("what the owner cancelled cannot be taken, however long one waits", async () => {
      const ledger = await withFile();
      assert.equal((await ledger.add(configure("ask", "account", OTHER))).kind, "legal");
      assert.equal((await ledger.add(CANCEL)).kind, "legal");
      await ledger.wait(30 * DAY);
      assert.equal(await ledger.outcome(TAKE), "no-pending");
      t.saw("the thief, a month later", `void: ${VOID_CODES["no-pending"]} [no-pending]`);
    });
  },
);
