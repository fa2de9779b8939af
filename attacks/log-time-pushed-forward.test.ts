// SPDX-License-Identifier: Apache-2.0
// He states an anchor that no cosigner gave, serves the delay by it, and voids the state leaf that said so, as if it had been a mistake.
import assert from "node:assert/strict";
import type { Anchor, ConfigRecord } from "@countermark/formats";
import { attack, expectRefusal } from "@countermark/testkit";
import { findProject, verifyHead } from "@countermark/verify";
import { cosignedNote, inclusionProof, toyTrust } from "../packages/verify/test/ledger/toy-head.ts";
import {
  acceptedFile,
  CONFIG,
  crypto,
  DAY,
  type Draft,
  digestOf,
  GUARDED,
  I,
  K,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  outcomeOf,
  PUBLISHER,
  START,
  strikeLast,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const THIEF: ConfigRecord = { ...GUARDED, publishers: [OTHER_PUBLISHER], principals: [OTHER_PRINCIPAL] };
const ASK = { kind: "project-configured", act: "ask", config: THIEF } as const;
const TAKE = {
  kind: "project-configured",
  act: "take",
  way: "none",
  config: null,
  consent: { kind: "none" },
} as const;

attack(
  {
    by: "online-key-thief",
    tries: "pushes log time forward, to take in a moment what has to wait a week",
    stoppedBy:
      "log time never goes back, and only offline keys strike it; no client uses a head ahead of its cosigners",
    noticedBy: "every client, until the time has come",
    when: "with the first such head",
  },
  async (t) => {
    await t.test("pushed forward: it cannot be put back, and no client uses such a head", async () => {
      const ledger = await lived(GUARDED);
      const today = ledger.now;
      const consent = { kind: "publisher", evidence: digestOf("made up"), publisher: PUBLISHER } as const;
      assert.equal(await outcome(ledger, { ...ASK, way: "publisher", consent }), "legal");
      assert.equal(await outcome(ledger, TAKE), "too-early");
      await ledger.seal();
      const ahead = today + 20 * DAY;
      await ledger.sealWith(ahead, anchorOf(ledger, ahead, today));
      const said = await expectRefusal(believe(ledger, today), "state-leaf-time");
      t.saw("every client", said.message);
      ledger.now = ahead;
      assert.equal(await outcome(ledger, TAKE), "legal"); // for himself only
      assert.equal(await outcome(ledger, strikeLast(ledger)), "bad-root");
      await assert.rejects(ledger.sealWith(today, anchorOf(ledger, today, today)), TypeError);
      assert.equal(ledger.state.anchors.last()?.tLo, ahead);
    });
    await t.test("pushed back: the anchors in the way stay, so the week begins when it began", async () => {
      const ledger = await lived(CONFIG);
      const today = ledger.now;
      assert.equal(await outcome(ledger, { ...ASK, way: "account", consent: { kind: "none" } }), "legal");
      await ledger.seal();
      const { states } = ledger.state;
      for (const anchor of [...ledger.state.anchors].filter(({ tLo }) => tLo > today - 8 * DAY)) {
        const leaf = [...states].find(({ index }) => index === anchor.at);
        const strike = { kind: "void", project: I, target: anchor.at, root: null } as const;
        assert.equal(await outcome(ledger, { ...strike, statement: leaf?.statement ?? "" }), "bad-root");
      }
      await assert.rejects(ledger.sealWith(today, anchorOf(ledger, today, today - 7.5 * DAY)), TypeError);
      await ledger.sealWith(today, anchorOf(ledger, today, today));
      assert.equal(await outcome(ledger, TAKE), "too-early");
      assert.deepEqual(findProject(ledger.state, K)?.current.publishers, [PUBLISHER]);
    });
  },
);

/** The head that ends in the last leaf, cosigned at `today`, as a client reads it. */
function believe(ledger: ToyLedger, today: number): Promise<unknown> {
  const { leaves } = ledger;
  const checkpoint = cosignedNote(leaves, [today, today, null, null]);
  const stateLeaf = leaves.at(-1) ?? new Uint8Array();
  const head = { checkpoint, stateLeaf, inclusion: inclusionProof(leaves, leaves.length - 1) };
  return verifyHead(head, { trust: toyTrust(), now: today }, crypto);
}

/** A project with a file and a month behind it. */
async function lived(config: ConfigRecord): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(config);
  await ledger.add(acceptedFile(START));
  for (let day = 0; day < 30; day++) await ledger.wait(DAY);
  return ledger;
}

async function outcome(ledger: ToyLedger, draft: Draft): Promise<string> {
  return outcomeOf(await ledger.add(draft));
}

/** An anchor for the last seal, with times that are the index's word. */
function anchorOf(ledger: ToyLedger, tLo: number, tHi: number): Anchor {
  return { size: (ledger.state.states.last()?.index ?? 0) + 1, note: digestOf("note"), tLo, tHi };
}
