// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import type { ConfigRecord, PasskeyConsent } from "@countermark/formats";
import { attack } from "@countermark/testkit";
import { VOID_CODES, type VoidCode } from "@countermark/verify";
import {
  type ConsentOptions,
  DAY,
  type Draft,
  digestOf,
  GUARDED,
  K,
  OTHER_PASSKEY,
  PUBLISHER,
} from "../packages/verify/test/ledger/toy-ledger.ts";
import { configure, withFile } from "../packages/verify/test/ledger/vectors/stories/tell.ts";

const DISMISSED: ConfigRecord = { ...GUARDED, publishers: [PUBLISHER, "dd".repeat(32)].sort() };

attack(
  {
    by: "online-key-thief",
    tries:
      "brings an owner's old consent again, for another act, from elsewhere, or one that no person was asked for",
    stoppedBy:
      "a consent is over the log, the project, the act, what it is to and a serial that each act moves; the person must have been verified",
    noticedBy: "everybody who replays the ledger",
    when: "at once: the entry is void",
  },
  async (t) => {
    const ledger = await withFile(GUARDED);
    await ledger.wait(20 * DAY);
    const first = ledger.consent("change", DISMISSED);
    assert.equal((await ledger.add(configure("change", "passkey", DISMISSED, first))).kind, "legal");
    assert.equal(
      (await ledger.add(configure("change", "passkey", GUARDED, ledger.consent("change", GUARDED)))).kind,
      "legal",
    );

    const change = (consent: PasskeyConsent): Draft => configure("change", "passkey", DISMISSED, consent);
    const madeBy = (options: ConsentOptions): Draft => change(ledger.consent("change", DISMISSED, options));
    const tries: readonly (readonly [claim: string, draft: Draft])[] = [
      ["the consent to a publisher who was dismissed since", change(first)],
      ["a consent to asking, for a change", change(ledger.consent("ask", DISMISSED))],
      ["a consent to one configuration, for another", change(ledger.consent("change", GUARDED))],
      ["a consent by a passkey of nobody", madeBy({ key: OTHER_PASSKEY })],
      ["an assertion for which nobody was verified", madeBy({ flags: 0x01 })],
      ["an assertion from a page of another site", madeBy({ webOrigin: "https://elsewhere.example" })],
      ["an assertion for another relying party", madeBy({ rpIdHash: digestOf("elsewhere.example") })],
    ];
    for (const [claim, draft] of tries) {
      await t.test(`${claim}: void`, async () => {
        const outcome = await ledger.outcome(draft);
        assert.ok(outcome === "bad-consent" || outcome === "malformed", outcome);
        t.saw("every auditor", `void: ${VOID_CODES[outcome as VoidCode]} [${outcome}]`);
      });
    }
    await t.test("a consent for another project of the same owner: void", async () => {
      const other = { project: digestOf("another project"), seq: 0 } as const;
      assert.equal((await ledger.add({ kind: "project-created", config: GUARDED, ...other })).kind, "legal");
      const consent = ledger.consent("change", DISMISSED);
      const draft = { ...configure("change", "passkey", DISMISSED, consent), project: other.project, seq: 1 };
      assert.equal(await ledger.outcome(draft), "bad-consent");
    });
    await t.test("the owner's own consent, made for this, is taken", async () => {
      const consent = ledger.consent("change", DISMISSED);
      assert.equal(
        await ledger.outcome({ ...configure("change", "passkey", DISMISSED, consent), project: K }),
        "legal",
      );
    });
  },
);
