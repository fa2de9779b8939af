// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createTufSigner, type TufSigner, type TufSimulator } from "@countermark/testkit";
import { createToyClient, published } from "./toy-client.ts";

/** Numbers of keys: who is listed, how many must sign, who signs. */
type Version = readonly [keys: readonly number[], threshold: number, signs: readonly number[]];

const FIVE = [0, 1, 2, 3, 4];
const ONE_NEW = [0, 1, 3, 4, 5];
const FIVE_NEW = [5, 6, 7, 8, 9];

const ROOTS: readonly (readonly [claim: string, code: string, versions: readonly Version[]])[] = [
  [
    "1 of 1, another key",
    "ok",
    [
      [[1], 1, [1]],
      [[2], 1, [2, 1]],
      [[2], 1, [2]],
    ],
  ],
  [
    "1 of 1, another key, and signatures of nobody",
    "ok",
    [
      [[1], 1, [3, 1, 4]],
      [[2], 1, [3, 2, 1, 4]],
      [[2], 1, [3, 2, 4]],
    ],
  ],
  [
    "3 of 5, any three",
    "ok",
    [
      [FIVE, 3, [0, 2, 4]],
      [FIVE, 3, [0, 4, 1]],
      [FIVE, 3, [0, 1, 3]],
      [FIVE, 3, [0, 1, 3]],
    ],
  ],
  [
    "3 of 5, one another",
    "ok",
    [
      [FIVE, 3, [0, 2, 4]],
      [ONE_NEW, 3, [0, 4, 1]],
    ],
  ],
  [
    "3 of 5, one another, with a step between",
    "ok",
    [
      [FIVE, 3, [0, 2, 4]],
      [ONE_NEW, 3, [0, 2, 4, 5]],
      [ONE_NEW, 3, [0, 4, 5]],
    ],
  ],
  [
    "3 of 5, all others, with a step between",
    "ok",
    [
      [FIVE, 3, [0, 2, 4]],
      [FIVE_NEW, 3, [0, 2, 4, 5, 6, 7]],
      [FIVE_NEW, 3, [5, 6, 7]],
    ],
  ],
  [
    "1 of 3 to 2 of 3",
    "ok",
    [
      [[1, 2, 3], 1, [1]],
      [[1, 2, 3], 2, [1, 2]],
    ],
  ],
  [
    "2 of 3 to 1 of 3",
    "ok",
    [
      [[1, 2, 3], 2, [1, 2]],
      [[1, 2, 3], 1, [1, 2]],
      [[1, 2, 3], 1, [1]],
    ],
  ],
  [
    "1 of 1 to 2 of 2",
    "ok",
    [
      [[1], 1, [1]],
      [[1, 2], 2, [1, 2]],
    ],
  ],
  [
    "1 of 1, not signed with the old key",
    "tuf-root-succession",
    [
      [[1], 1, [1]],
      [[2], 1, [2, 3, 4]],
    ],
  ],
  [
    "1 of 1, not signed with the new key",
    "tuf-threshold",
    [
      [[1], 1, [1]],
      [[2], 1, [1, 3, 4]],
    ],
  ],
  [
    "3 of 5, two of the new",
    "tuf-threshold",
    [
      [FIVE, 3, [0, 2, 4]],
      [ONE_NEW, 3, [0, 2, 4]],
    ],
  ],
  [
    "3 of 5, two of the old",
    "tuf-root-succession",
    [
      [FIVE, 3, [0, 2, 4]],
      [ONE_NEW, 3, [0, 4, 5]],
    ],
  ],
  [
    "1 of 3 to 2 of 3, signed by one",
    "tuf-threshold",
    [
      [[1, 2, 3], 1, [1]],
      [[1, 2, 3], 2, [2]],
    ],
  ],
  [
    "2 of 3 to 1 of 3, signed by one",
    "tuf-root-succession",
    [
      [[1, 2, 3], 2, [1, 2]],
      [[1, 2, 3], 1, [1]],
    ],
  ],
];

const OTHERS: readonly (readonly [claim: string, code: string, version: Version])[] = [
  ["1 of 1, another key", "ok", [[2], 1, [2]]],
  ["1 of 1, and signatures of nobody", "ok", [[1], 1, [3, 1, 4]]],
  ["1 of 1, not signed with the new key", "tuf-threshold", [[2], 1, [1, 3, 4]]],
  ["3 of 5, one of another", "tuf-threshold", [ONE_NEW, 3, [0, 2, 4]]],
  ["3 of 5, signed by two", "tuf-threshold", [ONE_NEW, 3, [0, 4]]],
  ["3 of 5, first three", "ok", [FIVE, 3, [0, 2, 4]]],
  ["3 of 5, second three", "ok", [FIVE, 3, [0, 4, 1]]],
  ["3 of 5, third three", "ok", [FIVE, 3, [0, 1, 3]]],
  ["3 of 5, fourth three", "ok", [FIVE, 3, [1, 2, 3]]],
  ["3 of 5, fifth three", "ok", [FIVE, 3, [2, 3, 4]]],
];

const KEYS = Array.from({ length: 10 }, () => createTufSigner());

function setKeys(repo: TufSimulator, role: string, [keys, threshold, signs]: Version): void {
  Object.assign(repo.root.roles[role] ?? {}, { keyids: [], threshold });
  for (const i of keys) repo.addKey(role, keyOf(i));
  repo.signers.get(role)?.clear();
  for (const i of signs) repo.signers.get(role)?.set(keyOf(i).id(), keyOf(i));
}

function keyOf(i: number): TufSigner {
  return KEYS[i] ?? assert.fail(`no key ${i}`);
}

for (const [claim, code, versions] of ROOTS) {
  test(`root keys: ${claim}`, async () => {
    const client = createToyClient();
    const { repo } = client;
    repo.published.delete("root");
    for (const version of versions) {
      setKeys(repo, "root", version);
      repo.publish("root");
    }
    await client.init();
    assert.equal(await client.refresh(), code);
    const trusted = code === "ok" ? versions.length : versions.length - 1;
    assert.deepEqual(await client.metadata.read("root.json"), published(repo, "root", trusted));
  });
}

for (const [claim, code, version] of OTHERS) {
  test(`keys of the other roles: ${claim}`, async () => {
    const client = createToyClient();
    const { repo } = client;
    await client.init();
    let round = 1;
    for (const role of ["timestamp", "snapshot", "targets"]) {
      setKeys(repo, role, version);
      repo.publish("root", "targets", "snapshot", "timestamp");
      round++;
      assert.equal(await client.refresh(), code);
      if (code === "ok")
        assert.deepEqual(await client.metadata.read(`${role}.json`), published(repo, role, round));
    }
  });
}
