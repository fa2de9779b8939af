// SPDX-License-Identifier: Apache-2.0
import { encodeStateLeaf, parseStateLeaf, utf8 } from "@countermark/formats";
import { apply } from "@countermark/verify";
import { crypto, digestOf, outcomeOf, START, ToyLedger } from "../toy-ledger.ts";

import { type Case, stateLeaf } from "./build.ts";

export const STATE_CASES: readonly Case[] = [
  [
    "bad-state",
    "a state before the genesis",
    async () =>
      outcomeOf(await apply(new ToyLedger().state, (await ToyLedger.create()).leaves[1] ?? utf8(""), crypto)),
  ],
  ["bad-state", "another origin", () => stateLeaf({ origin: "other.example" })],
  ["bad-state", "another index", () => stateLeaf({ index: 9 })],
  ["bad-state", "another previous one", () => stateLeaf({ prev: 0 })],
  ["bad-state", "another map", () => stateLeaf({ map: digestOf("map") })],
  ["bad-state", "another count", () => stateLeaf({ projects: 3 })],
  ["bad-state", "other rules", () => stateLeaf({ rules: 2 })],
  ["bad-state", "another root version", () => stateLeaf({ rootVersion: 2 })],
  ["bad-state", "another targets version", () => stateLeaf({ targetsVersion: 2 })],
  [
    "bad-state",
    "a time before log time",
    () => stateLeaf({ time: START + 999 - 10 - 121 }, (ledger) => ledger.wait(1_000)),
  ],
  ["bad-state", "no anchor although it is not the first", () => stateLeaf({ anchor: null })],
  [
    "bad-state",
    "an anchor that is no seal",
    () => stateLeaf({ anchor: { size: 3, note: digestOf("n"), tLo: START, tHi: START } }),
  ],
  [
    "bad-state",
    "an anchor of the future",
    () => stateLeaf({ anchor: { size: 9, note: digestOf("n"), tLo: START, tHi: START } }),
  ],
  [
    "bad-state",
    "an anchor smaller than the last",
    () =>
      stateLeaf(
        { anchor: { size: 2, note: digestOf("n"), tLo: START + 9_000, tHi: START + 9_000 } },
        (ledger) => ledger.wait(1_000),
      ),
  ],
  [
    "bad-state",
    "an anchor that goes back in time",
    () =>
      stateLeaf({ anchor: { size: 6, note: digestOf("n"), tLo: START, tHi: START + 2_000 } }, (ledger) =>
        ledger.wait(1_000),
      ),
  ],
  [
    "bad-state",
    "an anchor that ends before log time",
    () =>
      stateLeaf(
        { anchor: { size: 6, note: digestOf("n"), tLo: START + 2_000, tHi: START + 990 - 121 } },
        (ledger) => ledger.wait(1_000),
      ),
  ],
  [
    "bad-state",
    "a second state leaf with nothing new",
    async () => {
      const ledger = await ToyLedger.withProject();
      await ledger.seal();
      await ledger.seal();
      const leaf = parseStateLeaf(ledger.leaves.at(-1) ?? new Uint8Array());
      const again = { ...leaf, index: leaf.index + 1, prev: leaf.index };
      return outcomeOf(await apply(ledger.state, encodeStateLeaf(again), crypto));
    },
  ],
];
