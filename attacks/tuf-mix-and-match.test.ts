// SPDX-License-Identifier: Apache-2.0
// Whoever stands before the TUF repository puts together files that were never one: each signed, each once true.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createTrustRepository, createWorld, type Interceptor, type World } from "@countermark/testkit";

const worlds: World[] = [];
after(async () => {
  for (const world of worlds) await world.close();
});

/** A client that knows the repository, which then changed: trust.json, targets, snapshot, timestamp. */
async function changed() {
  const world = await createWorld();
  worlds.push(world);
  const { repo, env } = createTrustRepository(world);
  const old = new Map([...repo.published].map(([role, versions]) => [role, versions.at(-1)]));
  assert.equal((await world.countermark(["audit"], env)).status, 0);
  const trust = new TextDecoder().decode(world.trust);
  repo.addTarget("targets", "trust.json", `${trust}\n`);
  repo.publish("targets", "snapshot", "timestamp");
  const attack = async (interceptor: Interceptor): Promise<string> => {
    const stop = world.network.intercept("tuf.test", interceptor);
    const { output } = await world.countermark(["audit"], env);
    stop();
    return output;
  };
  return { attack, old, trust, heal: () => world.countermark(["audit"], env) };
}

/** Answers `path` with other bytes. */
function instead(path: string, bytes: Uint8Array | string | undefined): Interceptor {
  return async (request, answer) =>
    new URL(request.url).pathname === path
      ? new Response(new Uint8Array(Buffer.from(bytes ?? "")))
      : await answer(request);
}

test("the snapshot of before under the timestamp of now", async () => {
  const { attack, old, heal } = await changed();
  assert.match(
    await attack(instead("/metadata/3.snapshot.json", old.get("snapshot"))),
    /\[tuf-version-mismatch\]/,
  );
  assert.equal((await heal()).status, 0);
});

test("the targets of before under the snapshot of now", async () => {
  const { attack, old, heal } = await changed();
  assert.match(
    await attack(instead("/metadata/3.targets.json", old.get("targets"))),
    /\[tuf-version-mismatch\]/,
  );
  assert.equal((await heal()).status, 0);
});

test("the timestamp of before", async () => {
  const { attack, old, heal } = await changed();
  assert.equal((await heal()).status, 0);
  assert.match(
    await attack(instead("/metadata/timestamp.json", old.get("timestamp"))),
    /\[tuf-timestamp-rollback\]/,
  );
});

test("the trust description of before under the targets of now", async () => {
  const { attack, trust, heal } = await changed();
  const path = /^\/targets\/[0-9a-f]{64}\.trust\.json$/;
  const mixed: Interceptor = async (request, answer) =>
    path.test(new URL(request.url).pathname) ? new Response(`${trust} `) : await answer(request);
  assert.match(await attack(mixed), /\[tuf-hash-mismatch\]/);
  assert.equal((await heal()).status, 0);
});
