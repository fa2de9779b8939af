// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  type AttackRun,
  attack,
  createTrustRepository,
  type Interceptor,
  sampleWorld,
  whileLying,
} from "@countermark/testkit";

attack(
  {
    by: "trust-repository",
    tries: "puts together files that were never one: each signed, each once true",
    stoppedBy:
      "the timestamp lists the snapshot, the snapshot every role, and a role the hashes of its files",
    noticedBy: "every client",
    when: "at its next refresh",
  },
  async (t) => {
    await t.test("the snapshot of before under the timestamp of now", async () => {
      const { mix, old, heal } = await changed(t);
      const said = await mix(instead("/metadata/3.snapshot.json", old.get("snapshot")));
      assert.match(said, /\[tuf-version-mismatch\]/);
      assert.equal((await heal()).status, 0);
      t.saw("the user", said, /\[tuf-version-mismatch\]/);
    });
    await t.test("the targets of before under the snapshot of now", async () => {
      const { mix, old, heal } = await changed(t);
      const said = await mix(instead("/metadata/3.targets.json", old.get("targets")));
      assert.match(said, /\[tuf-version-mismatch\]/);
      assert.equal((await heal()).status, 0);
    });
    await t.test("the timestamp of before", async () => {
      const { mix, old, heal } = await changed(t);
      assert.equal((await heal()).status, 0);
      const said = await mix(instead("/metadata/timestamp.json", old.get("timestamp")));
      assert.match(said, /\[tuf-timestamp-rollback\]/);
    });
    await t.test("the trust description of before under the targets of now", async () => {
      const { mix, trust, heal } = await changed(t);
      const path = /^\/targets\/[0-9a-f]{64}\.trust\.json$/;
      const said = await mix(async (request, answer) =>
        path.test(new URL(request.url).pathname) ? new Response(`${trust} `) : await answer(request),
      );
      assert.match(said, /\[tuf-hash-mismatch\]/);
      assert.equal((await heal()).status, 0);
      t.saw("the user", said, /\[tuf-hash-mismatch\]/);
    });
  },
);

/** A client that knows the repository, which then changed: trust.json, targets, snapshot, timestamp. */
async function changed(t: AttackRun) {
  const world = await sampleWorld(t);
  const { repo, env } = createTrustRepository(world);
  const old = new Map([...repo.published].map(([role, versions]) => [role, versions.at(-1)]));
  assert.equal((await world.countermark(["audit"], env)).status, 0);
  const trust = new TextDecoder().decode(world.trust);
  repo.addTarget("targets", "trust.json", `${trust}\n`);
  repo.publish("targets", "snapshot", "timestamp");
  const heal = () => world.countermark(["audit"], env);
  const mix = async (liar: Interceptor): Promise<string> =>
    (await whileLying(world.network, "tuf.test", liar, heal)).output;
  return { mix, old, trust, heal };
}

/** Answers `path` with other bytes. */
function instead(path: string, bytes: Uint8Array | string | undefined): Interceptor {
  return async (request, answer) =>
    new URL(request.url).pathname === path
      ? new Response(new Uint8Array(Buffer.from(bytes ?? "")))
      : await answer(request);
}
