// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Cosignature, decideQuorum, quorumTimes } from "@countermark/verify";
import { toyPolicy } from "./toy-notes.ts";

const ALL = toyPolicy("group g all w1 w2 w3\nquorum g\n");
const ANY = toyPolicy("group g any w1 w2 w3\nquorum g\n");
const TWO = toyPolicy("group g 2 w1 w2 w3\nquorum g\n");
const NESTED = toyPolicy("group a 2 w1 w2 w3\ngroup b all a w4\nquorum b\n");
const ONE = toyPolicy("quorum w2\n");
const NONE = toyPolicy("quorum none\n");

for (const [claim, policy, names, wanted] of [
  ["all of three by three", ALL, ["w1", "w2", "w3"], true],
  ["all of three by two", ALL, ["w1", "w2"], false],
  ["any of three by one", ANY, ["w3"], true],
  ["any of three by a witness outside the group", ANY, ["w4"], false],
  ["any of three by the group's own name", ANY, ["g"], false],
  ["2 of three by two", TWO, ["w1", "w3"], true],
  ["2 of three by one and a stranger", TWO, ["w1", "stranger"], false],
  ["a nested group and a witness", NESTED, ["w1", "w2", "w4"], true],
  ["a nested group without the witness", NESTED, ["w1", "w2", "w3"], false],
  ["the witness without the nested group", NESTED, ["w1", "w4"], false],
  ["one witness", ONE, ["w2"], true],
  ["another witness", ONE, ["w1"], false],
  ["none by nobody", NONE, [], true],
] as const) {
  test(`decideQuorum: ${claim} is ${wanted}`, () => {
    assert.equal(decideQuorum(policy, new Set(names)), wanted);
  });
}

function at(...times: readonly (readonly [string, number])[]): Cosignature[] {
  return times.map(([name, time]) => ({ name, time }));
}

for (const [claim, policy, cosignatures, wanted] of [
  ["all: the earliest and the latest", ALL, at(["w1", 10], ["w2", 30], ["w3", 20]), { tLo: 10, tHi: 30 }],
  ["any: the latest and the earliest", ANY, at(["w1", 10], ["w2", 30]), { tLo: 30, tHi: 10 }],
  ["2 of 3: the middle one both ways", TWO, at(["w1", 10], ["w2", 30], ["w3", 20]), { tLo: 20, tHi: 20 }],
  [
    "2 of 3: one fast clock refreshes nothing",
    TWO,
    at(["w1", 10], ["w2", 99], ["w3", 11]),
    { tLo: 11, tHi: 11 },
  ],
  ["2 of 3 with equal times", TWO, at(["w1", 10], ["w2", 10]), { tLo: 10, tHi: 10 }],
  [
    "nested: the witness that must sign bounds both",
    NESTED,
    at(["w1", 10], ["w2", 20], ["w3", 30], ["w4", 5]),
    { tLo: 5, tHi: 20 },
  ],
  [
    "nested: or the group does",
    NESTED,
    at(["w1", 10], ["w2", 20], ["w3", 30], ["w4", 40]),
    { tLo: 20, tHi: 40 },
  ],
  ["one witness: others do not count", ONE, at(["w1", 1], ["w2", 20], ["w3", 30]), { tLo: 20, tHi: 20 }],
  ["a quorum that is not met has no times", TWO, at(["w1", 10], ["w4", 20]), null],
  ["no cosignature has no times", ANY, [], null],
  ["none has no times", NONE, at(["w1", 10]), null],
] as const) {
  test(`quorumTimes: ${claim}`, () => {
    assert.deepEqual(quorumTimes(policy, cosignatures), wanted);
  });
}

test("quorumTimes: agrees with its definition on every set of times", () => {
  for (let n = 0; n < 256; n++) {
    const cosignatures = [1, 2, 3, 4].map((i) => ({ name: `w${i}`, time: ((n >> (2 * (i - 1))) & 3) + 1 }));
    for (const policy of [ALL, ANY, TWO, NESTED, ONE]) {
      const holds = (keep: (time: number) => boolean): boolean =>
        decideQuorum(policy, new Set(cosignatures.filter((c) => keep(c.time)).map((c) => c.name)));
      const tLo = [5, 4, 3, 2, 1].find((t) => holds((time) => time >= t));
      const tHi = [1, 2, 3, 4, 5].find((t) => holds((time) => time <= t));
      assert.deepEqual(quorumTimes(policy, cosignatures), { tLo, tHi });
    }
  }
});
