// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { openWorld, PUBLISHER, publisherJson } from "../support/world.ts";

test("addPending: another account's publisher of the same repository cannot wait for the same name", async (context) => {
  const world = await openWorld(context);
  const [mallory, alice] = [await world.account("mallory"), await world.account("alice")];
  const wide = { project: "toy-box", publisher: publisherJson({ ...PUBLISHER, environment: null }) };
  const narrow = { project: "toy-box", publisher: publisherJson() };
  assert.equal((await world.manage("pending-publishers", wide, mallory)).status, 201);
  // Otherwise the first token would create the project with mallory as its owner, and alice would not be told.
  assert.equal((await world.manage("pending-publishers", narrow, alice)).status, 409);
  assert.equal((await world.manage("pending-publishers", { ...narrow, project: "box" }, alice)).status, 201);
});

test("findPending: a publisher waits for thirty days", async (context) => {
  const world = await openWorld(context);
  const alice = await world.account("alice");
  const wanted = { project: "toy-box", publisher: publisherJson() };
  assert.equal((await world.manage("pending-publishers", wanted, alice)).status, 201);
  world.now += 30 * 86_400;
  assert.equal((await world.mint(world.idToken())).status, 422);
  assert.equal((await world.manage("pending-publishers", wanted, alice)).status, 201);
  assert.equal((await world.mint(world.idToken())).status, 200);
});
