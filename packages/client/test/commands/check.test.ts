// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  assertRefused,
  attestToday,
  buildSdist,
  buildWheel,
  createTodayWorld,
  releaseJob,
  toyProject,
  uvLockOf,
} from "@countermark/testkit";

const world = await createTodayWorld();
after(() => world.close());
const { index, signing } = world;
const claims = releaseJob("example/sampleproject");
const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
const sdist = buildSdist(toyProject("sampleproject", "1.0.0"));
const other = buildWheel(toyProject("other", "2.0"));
index.add("sampleproject", "1.0.0", wheel, await attestToday(signing, claims, wheel));
index.add("sampleproject", "1.0.0", sdist, await attestToday(signing, claims, sdist));
index.add("other", "2.0", other);
const packages = [
  { name: "sampleproject", version: "1.0.0", files: [wheel, sdist] },
  { name: "other", version: "2.0", files: [other] },
];
const lock = await world.write("uv.lock", uvLockOf(index.url, packages));

test("check: a first run says who attests what, what is not attested, and remembers it", async () => {
  const run = await world.check([lock]);
  assert.equal(run.status, 0, run.output);
  assert.match(
    run.stdout,
    /sampleproject 1\.0\.0: 2 files attested by "example\/sampleproject" .*remembered from now on/,
  );
  assert.match(run.stdout, /not attested, so that nobody says who published it: other 2\.0/);
  assert.match(
    run.stdout.trimEnd(),
    /\n2 packages, 3 files: 3 as the index lists them, 2 attested, 1 not attested$/,
  );
  const remembered = JSON.parse(await readFile(join(world.folder, "countermark.lock"), "utf8"));
  assert.equal(remembered.projects.sampleproject.index, index.url);
  assert.equal(remembered.projects.sampleproject.identity.project, "example/sampleproject");
  assert.equal(remembered.projects.other.identity, "unattested");
});

test("check: a second run asks whether the pages changed, fetches no provenance again, and has nothing new to say", async () => {
  index.asked.length = 0;
  const run = await world.check([lock]);
  assert.equal(run.status, 0, run.output);
  assert.doesNotMatch(run.stdout, /remembered from now on|written/);
  assert.deepEqual(index.asked.toSorted(), ["GET /simple/other/", "GET /simple/sampleproject/"]);
});

test("check: pages that are young enough, or all of them offline, are not asked for, and their age is said", async () => {
  index.asked.length = 0;
  signing.clock.advance(3 * 3_600);
  for (const args of [["--max-age", "4h"], ["--offline"]]) {
    const run = await world.check([lock, ...args]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.stdout, /by pages that the index served up to 3 hours ago/);
  }
  const tooOld = await world.check([lock, "--offline", "--max-age", "2h"]);
  assert.equal(tooOld.status, 3);
  assertRefused(tooOld, "not-cached");
  assert.deepEqual(index.asked, []);
});

test("check: --json says every file, who attests it and what is remembered", async () => {
  const run = await world.check([lock, "--json"]);
  assert.equal(run.status, 0, run.output);
  const { packages: told, coverage } = JSON.parse(run.stdout);
  assert.deepEqual(
    told.map((item: { name: string }) => item.name),
    ["sampleproject", "other"],
  );
  assert.equal(told[0].files[0].attested.identity.project, "example/sampleproject");
  assert.equal(told[0].files[0].remembered, "same-file");
  assert.equal(told[1].files[0].attested, null);
  assert.deepEqual([coverage.files, coverage.held, coverage.attested], [3, 3, 2]);
});

test("check: a project alone is its newest version, or the one that is named; the shared lock is not written", async () => {
  const env = {
    COUNTERMARK_LOCK: join(world.folder, "nothing.lock"),
    COUNTERMARK_STATE_DIR: join(world.folder, "s"),
  };
  const run = await world.check(["sampleproject"], env);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /sampleproject 1\.0\.0: 2 files attested by/);
  await assert.rejects(readFile(env.COUNTERMARK_LOCK));
  assert.match(
    await readFile(join(world.folder, "s", "identities.lock"), "utf8"),
    /"example\/sampleproject"/,
  );
  assert.equal((await world.check(["sampleproject==1.0"], env)).status, 0);
  for (const [argument, status] of [
    ["sampleproject==9", 1],
    ["nothing-of-this-name", 1],
    ["sampleproject==1..0", 2],
    ["./gone.lock", 2],
  ] as const) {
    assert.equal((await world.check([argument], env)).status, status, argument);
  }
});

test("check: --locked refuses what nothing is known of, and writes nothing", async () => {
  const env = {
    COUNTERMARK_LOCK: join(world.folder, "empty.lock"),
    COUNTERMARK_STATE_DIR: join(world.folder, "empty"),
  };
  const run = await world.check([lock, "--locked"], env);
  assert.equal(run.status, 1);
  assertRefused(run, "not-remembered");
  assert.match(run.output, /nothing is remembered of sampleproject/);
  await assert.rejects(readFile(env.COUNTERMARK_LOCK));
  assert.equal((await world.check([lock, "--locked"])).status, 0);
});

test("check: a yanked file and a project that is archived are said, and are no refusal", async () => {
  const [file] = index.projects.get("other") ?? [];
  assert.ok(file);
  file.yanked = "it was wrong";
  const run = await world.check([lock]);
  file.yanked = false;
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /other 2\.0: yanked, because "it was wrong"/);
});

test("check: what is on no index is named, and alone it is nothing", async () => {
  const mixed = `${uvLockOf(index.url, packages)}\n[[package]]\nname = "g"\nversion = "1"\nsource = { git = "https://g.example/g#abc" }\n`;
  const run = await world.check([await world.write("mixed.uv.lock", mixed)]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /g 1: from Git, https:\/\/g\.example\/g#abc: on no index, not checked/);
  assert.match(run.stdout.trimEnd(), /1 not attested; not on an index, not checked: 1 from Git$/);
  const alone =
    'version = 1\n[[package]]\nname = "g"\nversion = "1"\nsource = { git = "https://g.example/g#abc" }\n';
  const nothing = await world.check([await world.write("alone.uv.lock", alone)]);
  assert.equal(nothing.status, 1);
  assertRefused(nothing, "nothing-verified");
});

test("check: a mirror answers for the index that the lock names, and what is remembered stays the index's", async () => {
  const far = "https://index.example/simple";
  const text = uvLockOf(far, packages);
  const mirrored = await world.write("mirrored.uv.lock", text);
  const env = {
    COUNTERMARK_LOCK: join(world.folder, "mirrored.lock"),
    COUNTERMARK_STATE_DIR: join(world.folder, "m"),
  };
  const args = [mirrored, "--simple-index", far, "--mirror", `${far}=${index.url}`];
  const run = await world.check(args, env);
  assert.equal(run.status, 0, run.output);
  assert.equal(JSON.parse(await readFile(env.COUNTERMARK_LOCK, "utf8")).projects.other.index, far);
});
