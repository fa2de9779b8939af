// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createLedgerClock } from "../../src/seal/ledger-clock.ts";
import { buildWheel } from "../support/build.ts";
import { openWorld, type World } from "../support/world.ts";

const DAYS_3 = 259_200;
const HOUR = 3_600;

/** A clock of the machine that can be wrong, and one that nobody sets. */
function toyClocks(released: number | null) {
  const at = { now: 1_000_000, skew: 0, floor: 0 };
  const clock = createLedgerClock({
    clock: () => at.now + at.skew,
    elapsed: () => at.now - 999_000,
    released,
    floor: () => at.floor,
  });
  return { at, clock };
}

test("createLedgerClock: the machine's clock, while it agrees with the cosigners'", () => {
  const { at, clock } = toyClocks(1_000_000);
  clock.hear(1_000_000);
  at.now += 86_400;
  assert.equal(clock.now(), at.now);
  at.skew = 120;
  assert.equal(clock.now(), at.now + 120);
});

test("createLedgerClock: a clock that jumps ahead is not followed, and time goes on", () => {
  const { at, clock } = toyClocks(null);
  clock.hear(1_000_000);
  at.skew = DAYS_3;
  assert.equal(clock.now(), 1_000_000);
  at.now += HOUR;
  assert.equal(clock.now(), 1_000_000 + HOUR);
});

test("createLedgerClock: before anybody cosigned for this process, it is as late as the last release", () => {
  const { at, clock } = toyClocks(900_000);
  assert.equal(clock.now(), 900_000);
  at.now = 900_100;
  assert.equal(clock.now(), 900_100);
});

test("createLedgerClock: without any release, the machine's clock is all there is", () => {
  assert.equal(toyClocks(null).clock.now(), 1_000_000);
});

test("createLedgerClock: a clock that is behind log time says log time", () => {
  const { at, clock } = toyClocks(null);
  at.floor = 1_000_500;
  assert.equal(clock.now(), 1_000_500);
});

/** A world whose index has a clock that is off by `skew` from the cosigners' and from what really passes. */
async function openSkewed(context: TestContext) {
  const off = { skew: 0, cosigners: 0 };
  const world = await openWorld(context, (options) => ({
    ...options,
    clock: () => options.clock() + off.skew,
    elapsed: () => options.clock() - off.cosigners,
  }));
  return { world, off };
}

async function uploadVersion(world: World, token: string, version: string): Promise<number> {
  const project = { name: "toy-box", version };
  return (await world.upload(token, project, await buildWheel(project))).status;
}

interface Listed {
  readonly filename: string;
  readonly "upload-time": string;
}

async function listed(world: World): Promise<readonly Listed[]> {
  const accept = "application/vnd.pypi.simple.v1+json";
  const page = await world.request("/simple/toy-box/", { headers: { accept } });
  return page.status === 200 ? ((await page.json()) as { files: Listed[] }).files : []; // our own page
}

test("publish: with a clock that is days ahead, entries are sealed at the cosigners' time", async (context) => {
  const { world, off } = await openSkewed(context);
  const token = await world.account("ada");
  off.skew = DAYS_3;
  assert.equal(await uploadVersion(world, token, "1.0"), 200);
  const [file] = await listed(world);
  assert.equal(Date.parse(file?.["upload-time"] ?? "") / 1_000, world.now);
});

test("publish: with a clock that is behind, removing works at once, and adding when it is right again", async (context) => {
  const { world, off } = await openSkewed(context);
  const token = await world.account("ada");
  assert.equal(await uploadVersion(world, token, "1.0"), 200);
  world.now += 900;
  // The next seal states the anchor of this head: log time is later than our clock from there on.
  assert.equal(await uploadVersion(world, token, "1.1"), 200);
  assert.equal(await uploadVersion(world, token, "1.2"), 200);
  off.skew = -HOUR;
  const [first] = await listed(world);
  const body = { files: [first?.filename] };
  assert.equal((await world.manage("projects/toy-box/withdraw", body, token)).status, 200);
  assert.equal((await listed(world)).length, 2);
  assert.equal(await uploadVersion(world, token, "1.3"), 503);
  off.skew = 0;
  assert.equal(await uploadVersion(world, token, "1.3"), 200);
  assert.equal((await listed(world)).length, 3);
});

test("publish: cosigners whose clocks went back hold nothing up: the next seal states an earlier anchor", async (context) => {
  const { world, off } = await openSkewed(context);
  const token = await world.account("ada");
  assert.equal(await uploadVersion(world, token, "1.0"), 200);
  assert.equal(await uploadVersion(world, token, "1.1"), 200);
  world.now -= HOUR;
  off.skew = HOUR;
  off.cosigners = -HOUR;
  assert.equal(await uploadVersion(world, token, "1.2"), 200);
  assert.equal(await uploadVersion(world, token, "1.3"), 200);
  assert.equal((await listed(world)).length, 4);
});

test("createIndex: the first tick after a start has the head cosigned anew, so that a wrong clock is found out", async (context) => {
  const { world } = await openSkewed(context);
  const readNote = async (): Promise<string> => await (await world.request("/checkpoint")).text();
  // The first anchor is stated, and released.
  await world.index.tick();
  await world.index.tick();
  const before = await readNote();
  world.now += 10;
  await world.index.tick();
  assert.equal(await readNote(), before);
  await world.restart();
  await world.index.tick();
  assert.notEqual(await readNote(), before);
});

test("createIndex: started with a clock that went back, it shows what it showed", async (context) => {
  const { world, off } = await openSkewed(context);
  assert.equal(await uploadVersion(world, await world.account("ada"), "1.0"), 200);
  off.skew = -DAYS_3;
  await world.restart();
  assert.equal((await listed(world)).length, 1);
});
