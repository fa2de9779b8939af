// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../fuzz/random.ts";
import { drawTroubles } from "../troubles.ts";

const drawn = (seed: string): ReturnType<typeof drawTroubles> => drawTroubles(new Random(seed), 1_000);

test("drawTroubles: one seed draws the same troubles", () => {
  const words = (seed: string): string[] => drawn(seed).map(({ words, atMs }) => `${words} ${atMs}`);
  assert.deepEqual(words("a"), words("a"));
  assert.notDeepEqual(words("a"), words("b"));
});

test("drawTroubles: in order of time, at least one, and of the cosigners no two are ahead", () => {
  for (let seed = 0; seed < 2_000; seed++) {
    const troubles = drawn(`seed ${seed}`);
    const times = troubles.map(({ atMs }) => atMs);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
    assert.ok(troubles.length > 0);
    const ahead = new Set(
      troubles.flatMap(({ ahead }) => (ahead === undefined || ahead === "index" ? [] : [ahead])),
    );
    assert.ok(ahead.size < 2);
  }
});
