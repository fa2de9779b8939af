// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { fakeClock, WORLD_START } from "../src/clock.ts";

test("fakeClock: stands still until it is advanced, and never goes back", () => {
  const clock = fakeClock();
  assert.equal(clock.now(), WORLD_START);
  clock.advance(5);
  assert.equal(clock.now(), WORLD_START + 5);
  assert.throws(() => clock.advance(-1), TypeError);
  assert.throws(() => clock.advance(0.5), TypeError);
});
