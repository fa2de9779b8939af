// SPDX-License-Identifier: Apache-2.0
// A project is in a thief's hands, passkey and all. Offline keys ask to give it back, and he wants to keep it.
import assert from "node:assert/strict";
import type { ConfigRecord } from "@countermark/formats";
import { attack } from "@countermark/testkit";
import { findProject, VOID_CODES } from "@countermark/verify";
import {
  acceptedFile,
  DAY,
  type Draft,
  GUARDED,
  K,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  outcomeOf,
  ROOTS,
  rootSigned,
  START,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const THIEF: ConfigRecord = { ...GUARDED, publishers: [OTHER_PUBLISHER], principals: [OTHER_PRINCIPAL] };
const ASK: Draft = { kind: "project-recovered", act: "ask", way: "root", config: GUARDED, root: [] };

attack(
  {
    by: "account-thief",
    tries:
      "cancels, with the project's passkey, what offline keys asked for to take the project back from him",
    stoppedBy:
      "what offline keys asked for is taken back by them alone; it goes over whatever else is pending",
    noticedBy: "everybody who replays the ledger",
    when: "at once",
  },
  async (t) => {
    const ledger = await ToyLedger.withProject(THIEF);
    await ledger.add(acceptedFile(START, { publisher: OTHER_PUBLISHER, attestations: [] }));
    const outcome = async (draft: Draft): Promise<string> => outcomeOf(await ledger.add(draft));
    const passkey = (act: "change" | "ask" | "cancel", config: ConfigRecord | null): Draft => {
      const consent = ledger.consent(act, config, { key: OTHER_PASSKEY });
      return { kind: "project-configured", act, way: "passkey", config, consent };
    };

    await t.test("fewer offline keys than the threshold ask for nothing", async () => {
      assert.equal(await outcome(rootSigned(ledger, ASK, ROOTS.slice(0, 1))), "bad-root");
    });
    await t.test("the thief's own ask is in the way of nobody, and his passkey cancels nothing", async () => {
      assert.equal(await outcome(passkey("ask", { ...THIEF, publishers: [] })), "legal");
      assert.equal(await outcome(rootSigned(ledger, ASK)), "legal");
      assert.equal(await outcome(passkey("cancel", null)), "not-cancellable");
      t.saw("everybody who replays the ledger", VOID_CODES["not-cancellable"]);
    });
    await t.test("a change of his does not drop it, nor does the online key void it", async () => {
      const at = ledger.state.projects.get(K)?.entries.last();
      assert.equal(await outcome(passkey("change", { ...THIEF, publishers: [] })), "legal");
      const void_ = {
        kind: "void",
        target: at?.index ?? 0,
        statement: at?.statement ?? "",
        root: null,
      } as const;
      assert.equal(await outcome(void_), "bad-root");
      t.saw("a thief of the online key", VOID_CODES["bad-root"]);
    });
    await t.test("three weeks later the project is its owner's", async () => {
      await ledger.wait(22 * DAY);
      const take: Draft = { kind: "project-recovered", act: "take", way: "none", config: null, root: null };
      assert.equal(await outcome(take), "legal");
      assert.deepEqual(findProject(ledger.state, K)?.current, GUARDED);
    });
  },
);
