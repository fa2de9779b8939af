// SPDX-License-Identifier: Apache-2.0
import { policyText } from "./notes.ts";

const POLICIES = {
  all: policyText("group g all w1 w2 w3\nquorum g\n"),
  any: policyText("group g any w1 w2 w3\nquorum g\n"),
  two: policyText("group g 2 w1 w2 w3\nquorum g\n"),
  nested: policyText("group a 2 w1 w2 w3\ngroup b all a w4\nquorum b\n"),
  one: policyText("quorum w2\n"),
  none: policyText("quorum none\n"),
} as const;

type Row = readonly [
  claim: string,
  policy: keyof typeof POLICIES,
  cosignatures: Readonly<Record<string, number>>,
  isSatisfied: boolean,
  times: readonly [tLo: number, tHi: number] | null,
];

const ROWS: readonly Row[] = [
  ["all of three", "all", { w1: 10, w2: 30, w3: 20 }, true, [10, 30]],
  ["two where all of three are wanted", "all", { w1: 10, w2: 30 }, false, null],
  ["one of any", "any", { w3: 7 }, true, [7, 7]],
  ["two of any: the later, and the earlier", "any", { w1: 10, w2: 30 }, true, [30, 10]],
  ["a witness outside the group", "any", { w4: 7 }, false, null],
  ["the group's own name", "any", { g: 7 }, false, null],
  ["nobody", "any", {}, false, null],
  ["two of three", "two", { w1: 10, w3: 10 }, true, [10, 10]],
  ["three of three where two are wanted: the middle one", "two", { w1: 10, w2: 30, w3: 20 }, true, [20, 20]],
  ["three, the newest last", "two", { w1: 10, w2: 20, w3: 30 }, true, [20, 20]],
  ["three, the newest first", "two", { w1: 30, w2: 20, w3: 10 }, true, [20, 20]],
  ["one fast clock refreshes nothing", "two", { w1: 10, w2: 99, w3: 11 }, true, [11, 11]],
  ["one slow clock holds nothing back", "two", { w1: 10, w2: 1, w3: 11 }, true, [10, 10]],
  ["one and a stranger where two are wanted", "two", { w1: 10, stranger: 20 }, false, null],
  ["one and a witness outside the group", "two", { w1: 10, w4: 20 }, false, null],
  ["a group and a witness", "nested", { w1: 10, w2: 20, w4: 5 }, true, [5, 20]],
  ["a witness that must cosign, late", "nested", { w1: 10, w2: 20, w3: 30, w4: 40 }, true, [20, 40]],
  ["a witness that must cosign, early", "nested", { w1: 10, w2: 20, w3: 30, w4: 5 }, true, [5, 20]],
  ["a group without the witness that must cosign", "nested", { w1: 10, w2: 20, w3: 30 }, false, null],
  ["the witness without the group", "nested", { w1: 10, w4: 20 }, false, null],
  ["the one witness among others", "one", { w1: 1, w2: 20, w3: 30 }, true, [20, 20]],
  ["others than the one witness", "one", { w1: 1, w3: 30 }, false, null],
  ["none asked for, none there", "none", {}, true, null],
  ["none asked for, one there", "none", { w1: 10 }, true, null],
];

/** vectors/log/quorum.json */
export function quorumVectors() {
  return ROWS.map(([claim, policy, cosignatures, isSatisfied, times]) => ({
    claim,
    policy: POLICIES[policy],
    cosignatures: Object.entries(cosignatures).map(([name, time]) => ({ name, time })),
    isSatisfied,
    times: times === null ? null : { tLo: times[0], tHi: times[1] },
  }));
}
