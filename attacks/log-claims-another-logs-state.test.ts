// SPDX-License-Identifier: Apache-2.0
// A new log begins over everything that an old one holds, with keys of its own: every project, every file, every owner.
import assert from "node:assert/strict";
import {
  encodeHex,
  encodeSuccessor,
  leafHash,
  originHash,
  successorId,
  treeRoot,
} from "@countermark/formats";
import { attack } from "@countermark/testkit";
import { apply, continuedState, findProject, VOID_CODES } from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  crypto,
  genesisStatement,
  I,
  K,
  L,
  leafOf,
  outcomeOf,
  ROOTS,
  rootSigned,
  START,
  sha256,
  type ToyKey,
  ToyLedger,
  toyKey,
} from "../packages/verify/test/ledger/toy-ledger.ts";

const ORIGIN = "thief.example/index";
const KEY = toyKey("the thief's countersigning key");

attack(
  {
    by: "stranger",
    tries: "begins a log of his own as if it went on from another one, and rules what that one holds",
    stoppedBy: "the old log must have ended by naming this very genesis, signed by its own offline keys",
    noticedBy: "everybody who replays the new log",
    when: "at its first entry",
  },
  async (t) => {
    const old = await ToyLedger.withProject(CONFIG);
    await old.add(acceptedFile(START));
    const begin = async (changes: Changes, signers?: readonly ToyKey[]) => {
      const previous = endOf(old);
      const genesis = genesisStatement({ ...mine(), previous, ...changes }, signers);
      const over = continuedState({ state: old.state, root: previous.root }, sha256);
      return await apply(over, leafOf(genesis, KEY), crypto);
    };

    await t.test("over a log that goes on, it is void, and so is everything after it", async () => {
      await old.seal();
      const applied = await begin({});
      assert.equal(outcomeOf(applied), "wrong-previous");
      assert.equal(applied.state.projects.count, 0);
      t.saw("everybody who replays it", VOID_CODES["wrong-previous"]);
    });
    await t.test("over a log that ended for another one, too", async () => {
      const successor = { kind: "log-succeeded", project: I, log: L, root: [] } as const;
      const named = successorId(sha256, encodeSuccessor(genesisStatement({ ...mine(), threshold: 3 })));
      const origin2 = originHash(sha256, ORIGIN);
      // The old log's keys named the thief's origin with other keys than his: as near as it can be.
      const draft = { ...successor, origin2, genesis: named };
      assert.equal(outcomeOf(await old.add(draft)), "bad-root");
      assert.equal(outcomeOf(await old.add(rootSigned(old, draft))), "legal");
      await old.seal();
      assert.equal(outcomeOf(await begin({})), "wrong-previous");
      assert.equal(outcomeOf(await begin({ previous: null })), "wrong-previous");
    });
    await t.test("the log that was named goes on, with every owner as he was", async () => {
      const applied = await begin({ threshold: 3 }, ROOTS);
      assert.equal(outcomeOf(applied), "legal");
      assert.deepEqual(findProject(applied.state, K)?.current, CONFIG);
    });
  },
);

type Changes = Parameters<typeof genesisStatement>[0];

function mine() {
  return {
    origin: ORIGIN,
    log: originHash(sha256, ORIGIN),
    countersign: [encodeHex(KEY.key)],
    time: START + 1_000,
  };
}

function endOf(ledger: ToyLedger) {
  const root = encodeHex(
    treeRoot(
      sha256,
      ledger.leaves.map((leaf) => leafHash(sha256, leaf)),
    ),
  );
  return { map: ledger.state.projects.commitment(), origin: ledger.origin, root, size: ledger.state.size };
}
