// SPDX-License-Identifier: Apache-2.0
// Whoever stands before the TUF repository shows the same old files for ever, so that a change of trust is never seen.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTrustRepository, createWorld } from "@countermark/testkit";

const DAY = 86_400;
const world = await createWorld();
after(() => world.close());
const { env } = createTrustRepository(world);

test("a repository that stands still is believed until its timestamp expires, and not a second longer", async () => {
  assert.equal((await world.countermark(["audit"], env)).status, 0);
  world.clock.advance(30 * DAY - 1);
  assert.doesNotMatch((await world.countermark(["audit"], env)).output, /tuf-/);
  world.clock.advance(1);
  const run = await world.countermark(["audit"], env);
  assert.equal(run.status, 1);
  assert.match(
    run.output,
    /it expired at 2026-03-31T12:00:00Z, and it is 2026-03-31T12:00:00Z \[tuf-expired\]/,
  );
});

test("offline is no way round it: how long ago it may have expired is said by name", async () => {
  world.clock.advance(2 * DAY);
  assert.match((await world.countermark(["audit", "--trust-offline", "1"], env)).output, /\[tuf-expired\]/);
  assert.doesNotMatch((await world.countermark(["audit", "--trust-offline", "3"], env)).output, /tuf-/);
});
