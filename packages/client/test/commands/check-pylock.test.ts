// SPDX-License-Identifier: Apache-2.0
// attestation-identities of a pylock.toml: written with everything else as it was, and compared where they are.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeHex } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  assertRefused,
  attestToday,
  type BuiltFile,
  buildWheel,
  createTodayWorld,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createTodayWorld();
after(() => world.close());
const { index, signing } = world;
const claims = releaseJob("example/sampleproject");
const wheel = buildWheel(toyProject("sampleproject", "1.0.0"));
const bare = buildWheel(toyProject("other", "2.0"));
index.add("sampleproject", "1.0.0", wheel, await attestToday(signing, claims, wheel));
index.add("other", "2.0", bare);
let runs = 0;

const digestOf = ({ bytes }: BuiltFile): string => encodeHex(nodeCrypto.sha256(bytes));

/** As uv writes it, with what a person may have written beside. */
const pylock = (more = ""): string => `# made by hand, kept by machine
lock-version = "1.0"
created-by = "somebody" # who?

[[packages]]
name = "other"
version = "2.0"
index = "${index.url}"
wheels = [{ url = "https://f.example/${bare.filename}", upload-time = 2024-11-06T22:37:09.123456Z, hashes = { sha256 = "${digestOf(bare)}" } }]

# why we need it: a long story
[[packages]] # the important one
name = "sampleproject"
version = "1.0.0" # pinned
${more}index = "${index.url}"

[[packages.wheels]]
name = "${wheel.filename}"
url = "https://f.example/${wheel.filename}"
[packages.wheels.hashes]
sha256 = "${digestOf(wheel)}"

[tool.somebody]
text = '''
[[packages]]
name = "not a package"
'''
`;

async function check(text: string, ...args: readonly string[]) {
  const path = await world.write(`pylock.n${runs++}.toml`, text);
  const folder = join(world.folder, `pylock-${runs}`);
  const env = { COUNTERMARK_LOCK: join(folder, "countermark.lock"), COUNTERMARK_STATE_DIR: folder };
  const run = await world.check([path, ...args], env);
  return { run, text: await readFile(path, "utf8"), path, env };
}

const plain = (text: string): string => text.replace(/text = '''[^']*'''/, "text = 'nothing'");
const WRITTEN =
  'attestation-identities = [\n    { kind = "GitHub", repository = "example/sampleproject", workflow = "release.yml", environment = "pypi" },\n]\n';

test("check --write: the identity goes below the version, and every other byte stays", async () => {
  const before = plain(pylock());
  const { run, text, path, env } = await check(before, "--write");
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /attestation-identities written for 1 package/);
  assert.equal(
    text,
    before.replace('version = "1.0.0" # pinned\n', `version = "1.0.0" # pinned\n${WRITTEN}`),
  );
  const again = await world.check([path, "--write"], env);
  assert.equal(again.status, 0, again.output);
  assert.match(again.stdout, /written for 0 packages/);
  assert.equal(await readFile(path, "utf8"), text);
});

test("check --write: line ends of another system are kept", async () => {
  const { run, text } = await check(plain(pylock()).replaceAll("\n", "\r\n"), "--write");
  assert.equal(run.status, 0, run.output);
  assert.ok(text.includes(WRITTEN.replaceAll("\n", "\r\n")));
  assert.doesNotMatch(text, /[^\r]\n/);
});

test("check --write: a file in which something looks like a package and is none is left alone", async () => {
  const { run, text } = await check(pylock(), "--write");
  assert.equal(run.status, 4, run.output);
  assertRefused(run, "bad-lock-file");
  assert.equal(text, pylock());
});

test("check --write: only a pylock.toml has a place for identities", async () => {
  const path = await world.write("w.txt", `other==2.0 --hash=sha256:${digestOf(bare)}\n`);
  const run = await world.check([path, "--write"]);
  assert.equal(run.status, 2, run.output);
});

test("check: recorded identities that are those of the files pass, without an environment any", async () => {
  for (const identity of [
    '{ kind = "GitHub", repository = "example/sampleproject", workflow = "release.yml", environment = "pypi" }',
    '{ kind = "GitHub", repository = "example/sampleproject", workflow = "release.yml" }',
    '{ kind = "GitHub", repository = "old/name", workflow = "w.yml" }, { kind = "GitHub", repository = "example/sampleproject", workflow = "release.yml" }',
  ]) {
    const { run } = await check(pylock(`attestation-identities = [${identity}]\n`));
    assert.equal(run.status, 0, run.output);
  }
});

for (const [claim, identity] of [
  ["another repository", '{ kind = "GitHub", repository = "thief/sampleproject", workflow = "release.yml" }'],
  [
    "the repository in capitals",
    '{ kind = "GitHub", repository = "Example/sampleproject", workflow = "release.yml" }',
  ],
  ["another workflow", '{ kind = "GitHub", repository = "example/sampleproject", workflow = "other.yml" }'],
  [
    "another environment",
    '{ kind = "GitHub", repository = "example/sampleproject", workflow = "release.yml", environment = "x" }',
  ],
  [
    "another kind",
    '{ kind = "GitLab", repository = "example/sampleproject", workflow_filepath = "release.yml" }',
  ],
  ["no more than a kind", '{ kind = "GitHub" }'],
  [
    "a member that nobody knows",
    '{ kind = "GitHub", repository = "example/sampleproject", workflow = "release.yml", id = "1" }',
  ],
  ["nobody", ""],
] as const) {
  test(`check: a lock that records ${claim} is refused`, async () => {
    const { run } = await check(pylock(`attestation-identities = [${identity}]\n`));
    assert.equal(run.status, 1, run.output);
    assertRefused(run, "recorded-identity-differs");
  });
}

test("check: a lock that records who attests a package of which nothing is attested is refused", async () => {
  const before = pylock().replace(
    'version = "2.0"\n',
    'version = "2.0"\nattestation-identities = [{ kind = "GitHub", repository = "a/b", workflow = "c.yml" }]\n',
  );
  const { run } = await check(before);
  assert.equal(run.status, 1, run.output);
  assertRefused(run, "recorded-identity-differs");
  assert.match(run.output, /no file of it is attested/);
});
