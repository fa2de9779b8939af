// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createLedgerClock } from "../../src/seal/ledger-clock.ts";
import { buildWheel } from "../support/build.ts";
import { openWorld, publisherJson, type World } from "../support/world.ts";

const DAYS_3 = 259_200;
const HOUR = 3_600;
const START = 1_000_000;

/** A clock of the machine that can be wrong, and one that nobody sets. */
function toyClocks(released: number | null) {
  const at = { now: START, skew: 0, floor: 0 };
  const clock = createLedgerClock({
    clock: () => at.now + at.skew,
    elapsed: () => at.now - 999_000,
    released: () => released,
    floor: () => at.floor,
  });
  const hear = (tLo: number, tHi = tLo): void => clock.hear({ tLo, tHi });
  return { at, clock, hear };
}

test("createLedgerClock: the machine's clock, while it agrees with the cosigners'", () => {
  const { at, clock, hear } = toyClocks(START);
  hear(START);
  at.now += 86_400;
  for (const skew of [-120, 0, 120]) {
    at.skew = skew;
    assert.equal(clock.present(), at.now + skew);
    assert.equal(clock.sealing(), at.now + skew);
  }
});

for (const skew of [DAYS_3, 121, -121, -HOUR]) {
  test(`createLedgerClock: a clock that is off by ${skew} s is not followed, and time goes on`, () => {
    const { at, clock, hear } = toyClocks(null);
    hear(START);
    at.skew = skew;
    for (const later of [0, HOUR]) {
      at.now = START + later;
      assert.equal(clock.present(), at.now);
      assert.equal(clock.sealing(), at.now);
    }
  });
}

test("createLedgerClock: one late cosigner says nothing about the present, and what is sealed is as late as it", () => {
  const { clock, hear } = toyClocks(null);
  hear(START - HOUR, START);
  assert.equal(clock.present(), START);
  assert.equal(clock.sealing(), START - HOUR);
});

test("createLedgerClock: a quorum that was late is taken again when its clocks are set right", () => {
  const { clock, hear } = toyClocks(null);
  hear(START - HOUR);
  assert.equal(clock.present(), START - HOUR);
  assert.equal(clock.latest(), START - HOUR);
  clock.miss();
  assert.equal(clock.latest(), START);
});

test("createLedgerClock: a machine that is ahead takes no cosigner that is ahead too", () => {
  const { at, clock, hear } = toyClocks(null);
  hear(START);
  at.skew = DAYS_3;
  assert.equal(clock.latest(), START);
});

test("createLedgerClock: cosignatures are taken up to the cosigners' time when the machine's clock is behind", () => {
  const { at, clock, hear } = toyClocks(null);
  hear(START);
  at.skew = -HOUR;
  assert.equal(clock.latest(), START);
});

test("createLedgerClock: before anybody cosigned for this process, what is sealed is as late as the last release", () => {
  const { at, clock } = toyClocks(900_000);
  assert.equal(clock.present(), START);
  assert.equal(clock.sealing(), 900_000);
  at.now = 900_100;
  assert.equal(clock.sealing(), 900_100);
});

test("createLedgerClock: without any release, the machine's clock is all there is", () => {
  assert.equal(toyClocks(null).clock.sealing(), START);
});

test("createLedgerClock: nothing is sealed before log time", () => {
  const { at, clock } = toyClocks(null);
  at.floor = START + 500;
  assert.equal(clock.sealing(), START + 500);
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

test("publish: with a clock that is behind, everything goes on", async (context) => {
  const { world, off } = await openSkewed(context);
  const token = await world.account("ada");
  off.skew = -HOUR;
  for (const version of ["1.0", "1.1", "1.2"]) assert.equal(await uploadVersion(world, token, version), 200);
  const [first] = await listed(world);
  assert.equal(Date.parse(first?.["upload-time"] ?? "") / 1_000, world.now);
});

test("publish: started with a clock that is behind, removing works at once, and adding when it is right again", async (context) => {
  const { world, off } = await openSkewed(context);
  const token = await world.account("ada");
  for (const version of ["1.0", "1.1", "1.2"]) assert.equal(await uploadVersion(world, token, version), 200);
  world.now += 900;
  off.skew = -HOUR;
  await world.restart();
  const [first] = await listed(world);
  const body = { files: [first?.filename] };
  assert.equal((await world.manage("projects/toy-box/withdraw", body, token)).status, 200);
  assert.equal((await listed(world)).length, 2);
  assert.equal(await uploadVersion(world, token, "1.3"), 503);
  off.skew = 0;
  assert.equal(await uploadVersion(world, token, "1.3"), 200);
  assert.equal((await listed(world)).length, 3);
});

test("exchange: with a clock that is off, identity tokens are judged by the cosigners' time", async (context) => {
  const { world, off } = await openSkewed(context);
  assert.equal(
    (await world.manage("projects", { project: "toy-box", publishers: [publisherJson()] })).status,
    201,
  );
  for (const skew of [HOUR, -HOUR]) {
    off.skew = skew;
    assert.equal((await world.mint(world.idToken())).status, 200);
  }
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

test("createIndex: cosigners whose clocks are set right are asked at the next two ticks, not when the head is old", async (context) => {
  const { world, off } = await openSkewed(context);
  const token = await world.account("ada");
  assert.equal(await uploadVersion(world, token, "1.0"), 200);
  const readNote = async (): Promise<string> => await (await world.request("/checkpoint")).text();
  world.now -= DAYS_3;
  off.skew = DAYS_3;
  off.cosigners = -DAYS_3;
  assert.equal(await uploadVersion(world, token, "1.1"), 200);
  const late = await readNote();
  world.now += DAYS_3;
  off.skew = 0;
  off.cosigners = 0;
  // The first finds no quorum that is as late as before.
  await world.index.tick();
  await world.index.tick();
  assert.notEqual(await readNote(), late);
  const right = await readNote();
  await world.index.tick();
  assert.equal(await readNote(), right);
});

test("createIndex: started with a clock that went back, it shows what it showed", async (context) => {
  const { world, off } = await openSkewed(context);
  assert.equal(await uploadVersion(world, await world.account("ada"), "1.0"), 200);
  off.skew = -DAYS_3;
  await world.restart();
  assert.equal((await listed(world)).length, 1);
});
