// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { encodeStateLeaf, parseStateLeaf } from "@countermark/formats";
import { LogError, requireAudited } from "@countermark/log";
import { attack, expectRefusal } from "@countermark/testkit";
import { apply, verifyProjectProof } from "@countermark/verify";
import { cosignedNote, projectProof, toyTrust } from "../packages/verify/test/ledger/toy-head.ts";
import {
  acceptedFile,
  CONFIG,
  crypto,
  DAY,
  digestOf,
  I,
  K,
  L,
  rootSigned,
  START,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

attack(
  {
    by: "index",
    tries: "goes over to rules that nobody else has, so that its entries mean whatever it likes",
    stoppedBy:
      "rules are announced two weeks ahead by offline keys; who does not know them believes no head under them",
    noticedBy: "every client and every auditor",
    when: "at the first head that says so",
  },
  async (t) => {
    const ledger = await ToyLedger.withProject(CONFIG);
    await ledger.add(acceptedFile(START));
    await ledger.seal();

    await t.test("a head that just says so is refused by every client", async () => {
      const last = parseStateLeaf(ledger.leaves.at(-1) ?? new Uint8Array());
      const leaves = [...ledger.leaves.slice(0, -1), encodeStateLeaf({ ...last, rules: 2 })];
      const note = cosignedNote(leaves, [START, START, null, START]);
      const asked = { name: "sampleproject", trust: toyTrust(), now: START };
      const said = await expectRefusal(
        verifyProjectProof(projectProof(ledger.state, leaves, K, note), asked, crypto),
        "rules-unknown",
      );
      t.saw("every client", said.message);
    });
    await t.test(
      "announced and in force, they leave everything after them unjudged: nobody calls it legal or void",
      async () => {
        const draft = {
          kind: "rules-changed",
          project: I,
          log: L,
          rules: 2,
          spec: digestOf("rules 2"),
          root: [],
        } as const;
        assert.equal((await ledger.add(rootSigned(ledger, draft))).kind, "legal");
        await ledger.wait(15 * DAY);
        await ledger.seal();
        const before = ledger.state.projects.commitment();
        const applied = await ledger.add({ kind: "status", status: "archived" });
        assert.equal(applied.kind, "unjudged");
        assert.equal((await apply(ledger.state, new Uint8Array([1]), crypto)).kind, "unjudged");
        assert.equal(ledger.state.projects.commitment(), before);
        const report = {
          entries: ledger.state.size,
          legal: 0,
          states: 0,
          voids: [],
          attestationsVerified: 0,
          notAdmitted: [],
          endsInState: true,
          state: ledger.state,
        };
        assert.throws(
          () => requireAudited(report),
          (error: unknown) => {
            assert.ok(error instanceof LogError);
            assert.equal(error.code, "ledger-rules-unknown");
            t.saw("every auditor", error.message);
            return true;
          },
        );
      },
    );
  },
);
