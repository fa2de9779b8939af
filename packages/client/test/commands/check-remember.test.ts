// SPDX-License-Identifier: Apache-2.0
// Who published a project before, and what a change of that is called.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import {
  assertRefused,
  attestToday,
  type BuiltFile,
  buildWheel,
  createTodayWorld,
  type JobClaims,
  releaseJob,
  startTodayIndex,
  toyProject,
  uvLockOf,
} from "@countermark/testkit";

const world = await createTodayWorld();
after(() => world.close());
const { index, signing } = world;
const claims = releaseJob("example/sampleproject");
const wheelOf = (version: string): BuiltFile => buildWheel(toyProject("sampleproject", version));
const [one, two] = [wheelOf("1.0.0"), wheelOf("1.1.0")];
const attested = await attestToday(signing, claims, one);
let runs = 0;

beforeEach(() => {
  index.projects.clear();
  index.provenance.clear();
});

interface Step {
  readonly version: string;
  readonly file: BuiltFile;
  /** Null: it has no attestation. */
  readonly by: JobClaims | null;
}

/** A memory of its own, as the first release left it; the second release, as `next` has it, is checked with `args`. */
async function afterFirst(next: Step, ...args: readonly string[]) {
  const folder = join(world.folder, `memory-${runs++}`);
  const env = {
    COUNTERMARK_LOCK: join(folder, "countermark.lock"),
    COUNTERMARK_STATE_DIR: join(folder, "state"),
    COUNTERMARK_CACHE_DIR: join(folder, "cache"),
  };
  index.add("sampleproject", "1.0.0", one, attested);
  const first = await world.check([await lockOf({ version: "1.0.0", file: one })], env);
  assert.equal(first.status, 0, first.output);
  const provenance = next.by === null ? undefined : await attestToday(signing, next.by, next.file);
  index.add("sampleproject", next.version, next.file, provenance);
  const before = await readFile(env.COUNTERMARK_LOCK, "utf8");
  const run = await world.check([await lockOf(next), ...args], env);
  return { run, before, lock: await readFile(env.COUNTERMARK_LOCK, "utf8"), env };
}

async function lockOf({ version, file }: Pick<Step, "version" | "file">): Promise<string> {
  return await world.write(
    `${runs++}.uv.lock`,
    uvLockOf(index.url, [{ name: "sampleproject", version, files: [file] }]),
  );
}

const second = (changes: Partial<JobClaims>): Step => ({
  version: "1.1.0",
  file: two,
  by: { ...claims, ...changes },
});

test("check: the next release of the same identity is nothing to speak of", async () => {
  const { run } = await afterFirst(second({ ref: "refs/tags/v1.1.0", runId: "77" }));
  assert.equal(run.status, 0, run.output);
  assert.doesNotMatch(run.stdout, /remembered from now on/);
  assert.match(run.stdout, /1 file: 1 as the index lists them, 1 attested/);
});

for (const [claim, changes, words] of [
  [
    "another workflow",
    { workflow: ".github/workflows/other.yml" },
    /the same repository, published by another workflow or environment/,
  ],
  [
    "another environment",
    { environment: "testing" },
    /the same repository, published by another workflow or environment/,
  ],
  [
    "a renamed repository",
    { repository: "example/renamed" },
    /the same repository and owner by their ids, under another name/,
  ],
  [
    "a transferred repository",
    { repository: "new-owner/sampleproject", owner: "new-owner", ownerId: "9" },
    /the same repository by its id, with another owner/,
  ],
  ["the old name with another id", { repositoryId: "666" }, /another identity altogether/],
  [
    "somebody else",
    { repository: "thief/sampleproject", owner: "thief", repositoryId: "6", ownerId: "66" },
    /another identity altogether/,
  ],
] as const) {
  test(`check: ${claim} is refused in its own words, and nothing is written`, async () => {
    const { run, before, lock } = await afterFirst(second(changes));
    assert.equal(run.status, 1, run.output);
    assert.match(run.stdout, words);
    assertRefused(run, "identity-changed");
    assert.equal(lock, before);
  });
}

test("check: a change that is accepted by name is the identity from then on", async () => {
  const { run, lock, env } = await afterFirst(
    second({ repository: "example/renamed" }),
    "--accept-change",
    "SampleProject",
  );
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /remembered from now on: you accepted the change/);
  assert.match(lock, /"example\/renamed"/);
  const again = await world.check([await lockOf({ version: "1.1.0", file: two })], env);
  assert.equal(again.status, 0, again.output);
});

test("check: a release without an attestation, after one that had it, is refused", async () => {
  const { run } = await afterFirst({ version: "1.1.0", file: two, by: null });
  assert.equal(run.status, 1, run.output);
  assertRefused(run, "attestation-lost");
  assert.match(run.output, /seen a file without attestation/);
});

test("check: other bytes under a name that was accepted are refused, also for who accepts changes", async () => {
  const { env } = await afterFirst(second({}));
  const swapped = { ...two, bytes: Uint8Array.from([...two.bytes, 0]) };
  index.projects.clear();
  index.add("sampleproject", "1.1.0", swapped, await attestToday(signing, claims, swapped));
  const text = uvLockOf(index.url, [{ name: "sampleproject", version: "1.1.0", files: [swapped] }]);
  const args = [await world.write("swapped.uv.lock", text), "--accept-change", "sampleproject"];
  const run = await world.check(args, env);
  assert.equal(run.status, 1, run.output);
  assertRefused(run, "locked-file-changed");
});

test("check: the machine's own record says no where there is no lock yet", async () => {
  const { env } = await afterFirst(second({}));
  index.projects.clear();
  const third = wheelOf("1.2.0");
  index.add("sampleproject", "1.2.0", third);
  const elsewhere = { ...env, COUNTERMARK_LOCK: join(world.folder, "elsewhere.lock") };
  const run = await world.check([await lockOf({ version: "1.2.0", file: third })], elsewhere);
  assert.equal(run.status, 1, run.output);
  assertRefused(run, "attestation-lost");
});

test("check: a project that comes from another index than before is refused, and accepted by name", async () => {
  const { env } = await afterFirst(second({}));
  const other = await startTodayIndex();
  other.add("sampleproject", "1.1.0", two, await attestToday(signing, claims, two));
  const text = uvLockOf(other.url, [{ name: "sampleproject", version: "1.1.0", files: [two] }]);
  const args = [await world.write("moved.uv.lock", text), "--simple-index", other.url];
  const run = await world.check(args, env);
  assert.equal(run.status, 1, run.output);
  assertRefused(run, "locked-index-changed");
  const accepted = await world.check([...args, "--accept-change", "sampleproject"], env);
  await other.close();
  assert.equal(accepted.status, 0, accepted.output);
});

test("check: two versions of one project in one lock are decided by what was known before, in any order", async () => {
  const old = wheelOf("0.9.0");
  index.add("sampleproject", "0.9.0", old);
  index.add("sampleproject", "1.0.0", one, attested);
  const packages = [
    { name: "sampleproject", version: "1.0.0", files: [one] },
    { name: "sampleproject", version: "0.9.0", files: [old] },
  ];
  for (const order of [packages, packages.toReversed()]) {
    const folder = join(world.folder, `order-${runs++}`);
    const env = { COUNTERMARK_LOCK: join(folder, "countermark.lock"), COUNTERMARK_STATE_DIR: folder };
    const lock = await world.write(`${runs++}.uv.lock`, uvLockOf(index.url, order));
    const run = await world.check([lock], env);
    assert.equal(run.status, 0, run.output);
    const remembered = JSON.parse(await readFile(env.COUNTERMARK_LOCK, "utf8")).projects.sampleproject;
    assert.equal(remembered.identity.project, "example/sampleproject");
    assert.deepEqual(Object.keys(remembered.files).length, 2);
    assert.equal((await world.check([lock], env)).status, 0);
  }
});

test("check: one project from two indexes is refused, whatever each of them says", async () => {
  const other = await startTodayIndex();
  index.add("sampleproject", "1.0.0", one, attested);
  other.add("sampleproject", "1.1.0", two, await attestToday(signing, claims, two));
  const text = `${uvLockOf(index.url, [{ name: "sampleproject", version: "1.0.0", files: [one] }])}\n${uvLockOf(
    other.url,
    [{ name: "sampleproject", version: "1.1.0", files: [two] }],
  ).replace(/^version.*\n.*\n/, "")}`;
  const run = await world.check([await world.write("two.uv.lock", text), "--simple-index", other.url]);
  await other.close();
  assert.equal(run.status, 1, run.output);
  assertRefused(run, "two-indexes");
});
