// SPDX-License-Identifier: Apache-2.0
// One of a project's two passkeys is stolen. The thief throws the owner's out; the owner puts it back; and so on.
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
  PASSKEY,
  PRINCIPAL,
  rootSigned,
  START,
  type ToyKey,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const BOTH: ConfigRecord = { ...GUARDED, principals: [PRINCIPAL, OTHER_PRINCIPAL].sort() };
const THIEF: ConfigRecord = { ...GUARDED, publishers: [OTHER_PUBLISHER], principals: [OTHER_PRINCIPAL] };

attack(
  {
    by: "account-thief",
    tries: "throws the owner's passkey out with another one that he stole, again and again",
    stoppedBy:
      "what stood before is restored with any of its passkeys, and then frozen for two weeks; offline keys end the war",
    noticedBy: "everybody who replays the ledger",
    when: "at the first change after the owner's undo",
  },
  async (t) => {
    const ledger = await ToyLedger.withProject(BOTH);
    await ledger.add(acceptedFile(START));
    const act = async (
      name: "change" | "ask" | "cancel" | "undo",
      config: ConfigRecord | null,
      key: ToyKey,
    ): Promise<string> => {
      const consent = ledger.consent(name, config, { key });
      const draft: Draft = { kind: "project-configured", act: name, way: "passkey", config, consent };
      return outcomeOf(await ledger.add(draft));
    };

    await t.test(
      "the owner restores what stood before, and the thief can change nothing for two weeks",
      async () => {
        assert.equal(await act("change", THIEF, OTHER_PASSKEY), "legal");
        assert.equal(await act("undo", BOTH, PASSKEY), "legal");
        assert.equal(await act("change", THIEF, OTHER_PASSKEY), "frozen");
        t.saw("everybody who replays the ledger", VOID_CODES.frozen);
      },
    );
    await t.test("what he asks for waits a week, and the owner cancels it each time", async () => {
      for (let week = 0; week < 2; week++) {
        assert.equal(await act("ask", THIEF, OTHER_PASSKEY), "legal");
        await ledger.wait(6 * DAY);
        assert.equal(await act("cancel", null, PASSKEY), "legal");
      }
      assert.deepEqual(findProject(ledger.state, K)?.current.publishers, GUARDED.publishers);
    });
    await t.test(
      "neither side wins, so offline keys give it to the owner alone; neither can cancel that",
      async () => {
        const root: Draft = { kind: "project-recovered", act: "ask", way: "root", config: GUARDED, root: [] };
        assert.equal(outcomeOf(await ledger.add(rootSigned(ledger, root))), "legal");
        assert.equal(await act("cancel", null, OTHER_PASSKEY), "not-cancellable");
        await ledger.wait(22 * DAY);
        const take: Draft = { kind: "project-recovered", act: "take", way: "none", config: null, root: null };
        assert.equal(outcomeOf(await ledger.add(take)), "legal");
        assert.equal(await act("change", THIEF, OTHER_PASSKEY), "bad-consent");
        assert.equal(await act("undo", GUARDED, OTHER_PASSKEY), "bad-consent");
      },
    );
  },
);
