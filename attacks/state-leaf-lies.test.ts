// SPDX-License-Identifier: Apache-2.0
import { type Anchor, encodeStateLeaf, parseStateLeaf, type StateLeaf } from "@countermark/formats";
import { attack, expectRefusal } from "@countermark/testkit";
import { type VerifyCode, verifyProjectProof } from "@countermark/verify";
import { cosignedNote, projectProof, toyTrust } from "../packages/verify/test/ledger/toy-head.ts";
import {
  acceptedFile,
  CONFIG,
  crypto,
  DAY,
  digestOf,
  K,
  START,
  ToyLedger,
} from "../packages/verify/test/ledger/toy-ledger.ts";

type Lie = (truth: StateLeaf, anchor: Anchor) => Partial<StateLeaf>;

/** What a state leaf can lie about, and what a client says to it. The quorum signed each of these heads. */
const LIES: readonly (readonly [about: string, code: VerifyCode, lie: Lie])[] = [
  ["what the index holds", "map-commitment", () => ({ map: digestOf("another map") })],
  ["how many projects there are", "map-count", ({ projects }) => ({ projects: projects + 1 })],
  ["its place in the log", "state-leaf-place", ({ index }) => ({ index: index - 1 })],
  ["the time", "state-leaf-time", ({ time }) => ({ time: time + DAY })],
  ["an anchor that is not there", "anchor-missing", () => ({ anchor: null })],
  [
    "an anchor that is yet to come",
    "anchor-place",
    (leaf, anchor) => ({ anchor: { ...anchor, size: leaf.index + 9 } }),
  ],
  ["log time, ahead", "anchor-ahead", (_, anchor) => ({ anchor: { ...anchor, tLo: anchor.tLo + DAY } })],
  [
    "log time, standing still",
    "anchor-stale",
    (_, anchor) => ({ anchor: { ...anchor, tLo: anchor.tLo - 2 * DAY } }),
  ],
];

attack(
  {
    by: "index",
    tries: "has heads cosigned whose last leaf lies about what the index holds, or about the time",
    stoppedBy:
      "the last leaf is checked against the map, its place and the cosigners' clocks; a head that fails is not used",
    noticedBy: "every client; auditors do not sign such a head at all",
    when: "at the first such head",
  },
  async (t) => {
    const ledger = await ToyLedger.withProject(CONFIG);
    await ledger.add(acceptedFile(START));
    await ledger.seal();
    const truth = parseStateLeaf(ledger.leaves.at(-1) ?? new Uint8Array());
    const { anchor } = truth;
    const believe = async (leaf: StateLeaf): Promise<unknown> => {
      const leaves = [...ledger.leaves.slice(0, -1), encodeStateLeaf(leaf)];
      const proof = projectProof(ledger.state, leaves, K, cosignedNote(leaves, [START, START, null, null]));
      return await verifyProjectProof(
        proof,
        { name: "sampleproject", trust: toyTrust(), now: START },
        crypto,
      );
    };
    await t.test("the truth is believed", async () => void (await believe(truth)));
    for (const [about, code, lie] of LIES) {
      await t.test(`a lie about ${about}: ${code}`, async () => {
        if (anchor === null) throw new TypeError("the second state leaf has an anchor");
        const said = await expectRefusal(believe({ ...truth, ...lie(truth, anchor) }), code);
        if (code === "state-leaf-time" || code === "anchor-stale" || code === "map-commitment")
          t.saw("every client", said.message);
      });
    }
  },
);
