// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { openWorld } from "../support/world.ts";

test("status: an owner cannot end a quarantine that is sealed while he asks", async (context) => {
  const world = await openWorld(context);
  const owner = await world.account("alice");
  assert.equal((await world.manage("projects", { project: "toy-box" }, owner)).status, 201);
  // The owner's requests are on their way before and after the operator's.
  const asks = [
    world.manage("projects/toy-box/status", { status: "quarantined" }),
    ...Array.from({ length: 8 }, () => world.manage("projects/toy-box/status", { status: "active" }, owner)),
  ];
  const [quarantine, ...others] = await Promise.all(asks);
  assert.equal(quarantine?.status, 200);
  for (const other of others) assert.ok([400, 403].includes(other.status), `status ${other.status}`);
  const page = await world.request("/simple/toy-box/", {
    headers: { accept: "application/vnd.pypi.simple.v1+json" },
  });
  assert.equal(
    ((await page.json()) as { "project-status": { status: string } })["project-status"].status,
    "quarantined",
  );
});
