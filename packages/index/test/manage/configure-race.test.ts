// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { openWorld, publisherJson } from "../support/world.ts";

test("configureProject: a refused request does not take the publisher away that another one seals at the same time", async (context) => {
  const world = await openWorld(context);
  assert.equal((await world.manage("projects", { project: "toy-box" })).status, 201);
  const publishers = [publisherJson()];
  const asks = [
    // Nobody has a passkey here: the rules say no.
    world.manage("projects/toy-box/configure", { publishers, act: "change", way: "passkey" }),
    world.manage("projects/toy-box/configure", { publishers }),
  ];
  const [refused, taken] = await Promise.all(asks);
  assert.equal(refused?.status, 400, await refused?.text());
  assert.equal(taken?.status, 200, await taken?.text());
  assert.notEqual(await world.uploadToken(), "");
});
