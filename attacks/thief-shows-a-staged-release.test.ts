// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { attack } from "@countermark/testkit";
import { VOID_CODES } from "@countermark/verify";
import {
  acceptedFile,
  type Draft,
  digestOf,
  F,
  GUARDED,
  OTHER_PASSKEY,
  outcomeOf,
  START,
  ToyLedger,
  V,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const POLICY = { ...GUARDED, policy: { ...GUARDED.policy, release: "staged-passkey" } } as const;
const GOOD = digestOf("file bytes");
const EVIL = digestOf("evil bytes");

attack(
  {
    by: "online-key-thief",
    tries:
      "shows a staged release without its owner's passkey, or other bytes with a consent that he gave before",
    stoppedBy:
      "a rule that everybody computes asks for the passkey, and what it signs is over the files' bytes",
    noticedBy: "everybody who replays the ledger",
    when: "at once",
  },
  async (t) => {
    const ledger = await ToyLedger.withProject(POLICY);
    const outcome = async (draft: Draft): Promise<string> => outcomeOf(await ledger.add(draft));
    const stage = (sha256: string): Draft =>
      acceptedFile(START, { sha256, show: "staged", attestations: [] });
    const show = (consent: Extract<Draft, { kind: "release-published" }>["consent"]): Draft => ({
      kind: "release-published",
      release: V,
      files: [F],
      consent,
    });
    const owners = ledger.approval([{ file: F, sha256: GOOD }]);
    await t.test("without a passkey, or with his own", async () => {
      assert.equal(await outcome(stage(GOOD)), "legal");
      assert.equal(await outcome(show({ kind: "none" })), "bad-consent");
      const own = ledger.approval([{ file: F, sha256: GOOD }], { key: OTHER_PASSKEY });
      assert.equal(await outcome(show(own)), "bad-consent");
      t.saw("everybody who replays the ledger", VOID_CODES["bad-consent"]);
    });
    await t.test("the owner's consent, for other bytes under the same name", async () => {
      assert.equal(await outcome({ kind: "withdrawn", files: [F], reason: "canceled" }), "legal");
      assert.equal(await outcome(stage(EVIL)), "legal");
      assert.equal(await outcome(show(owners)), "bad-consent");
    });
    await t.test("a policy that asks for less is not the index's to set at once", async () => {
      const config = { ...GUARDED, policy: { ...GUARDED.policy, release: "staged" } } as const;
      const change = {
        kind: "project-configured",
        act: "change",
        config,
        consent: { kind: "none" },
      } as const;
      assert.equal(await outcome({ ...change, way: "free" }), "has-files");
      assert.equal(await outcome({ ...change, way: "account" }), "not-tighter");
    });
  },
);
