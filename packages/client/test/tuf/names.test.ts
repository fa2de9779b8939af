// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createToyClient } from "./toy-client.ts";

for (const role of ["?", "#", "/delegatedrole", "../delegatedrole", "Timestamp"]) {
  test(`names: a role named ${JSON.stringify(role)} is asked for, and kept, by a name that stays in its folder`, async () => {
    const client = createToyClient();
    await client.init();
    client.repo.delegate("targets", role);
    client.repo.addKey(role, undefined, "targets");
    client.repo.publish(role, "targets", "snapshot", "timestamp");
    assert.equal(await client.download("no such target"), "tuf-target-unknown");
    assert.equal(client.repo.requests.at(-1), `${encodeURIComponent(role)} 1`);
    const kept = (await client.metadata.list("")).filter((path) => !path.startsWith("root_history/"));
    assert.equal(kept.length, 5);
    assert.ok(kept.every((path) => /^[A-Za-z0-9+_-][A-Za-z0-9.+_-]*\.json$/.test(path)));
    // Also where capitals are not told apart.
    assert.equal(new Set(kept.map((path) => path.toLowerCase())).size, 5);
  });
}
