// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeHex, encodeTrust, parseAttestation, parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  buildSdist,
  buildWheel,
  createSigningWorld,
  ISSUER_URL,
  jobEnvironment,
  publisherOf,
  releaseJob,
  toyProject,
} from "@countermark/testkit";
import { prepareTrustedRoot } from "@countermark/verify";
import { runCli } from "../../src/cli.ts";
import { createToyIndex, TOY_PROJECT, TOY_URL, type ToyFile, type ToyLies } from "../toy-index.ts";
import { fakeWorld } from "../world.ts";

const world = await createSigningWorld();
after(() => world.close());
const root = world.authority.trustedRoot();
const sigstore = await prepareTrustedRoot(parseTrustedRoot(root), nodeCrypto);
const digest = (bytes: Uint8Array) => encodeHex(nodeCrypto.sha256(bytes));
const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));

const wheel = buildWheel(toyProject(TOY_PROJECT, "1.0"));
const sdist = buildSdist(toyProject(TOY_PROJECT, "1.0"));
const respelt = buildWheel(toyProject(TOY_PROJECT, "1.0.0"));
const older = buildWheel(toyProject(TOY_PROJECT, "0.9"));
for (const file of [wheel, sdist]) await writeFile(join(folder, file.filename), file.bytes);

async function check(
  hosted: readonly ToyFile[],
  files: readonly string[],
  lies: ToyLies = {},
  changes: Parameters<ReturnType<typeof createToyIndex>["seal"]>[1] = {},
) {
  const index = createToyIndex(world.clock.now, sigstore);
  index.seal(hosted, changes);
  Object.assign(index.lies, lies);
  const trust = encodeTrust({
    ...index.trust.description,
    sigstore: { rootVersion: 1, rootSha256: digest(root) },
  });
  await writeFile(join(folder, "trust.json"), trust);
  await writeFile(join(folder, "trusted_root.json"), root);
  const env = {
    // Every check is another machine: each index has its own ledger, of one name.
    COUNTERMARK_STATE_DIR: await mkdtemp(join(folder, "state-")),
    COUNTERMARK_TRUST: `${join(folder, "trust.json")}#sha256=${digest(trust)}`,
    COUNTERMARK_INDEX: TOY_URL,
  };
  const run = { ...fakeWorld(index.fetch, env), now: world.clock.now };
  const status = await runCli(["check-mine", "--json", ...files.map((name) => join(folder, name))], run);
  const { differences = [], files: found = [] } = JSON.parse(run.text());
  return {
    status,
    codes: differences.map((item: { code: string }) => item.code),
    found,
    errors: run.errors(),
  };
}

test("check-mine: the index hosts exactly that; other releases are no concern", async () => {
  const run = await check([wheel, sdist, older], [wheel.filename, sdist.filename]);
  assert.deepEqual([run.status, run.codes], [0, []]);
  assert.match(run.errors, /2 of 2 files hosted as they are here/);
});

for (const [claim, hosted, lies, code] of [
  ["a file in the release that is not mine is named", [wheel, sdist], {}, "not-mine"],
  ["a file of the same version in other digits is named", [wheel, respelt], {}, "not-mine"],
  ["a file that is not in the ledger is named", [older], {}, "not-hosted"],
  ["a file with other bytes is named", [{ ...wheel, bytes: older.bytes }], {}, "not-hosted"],
  ["a withdrawn file is named", [{ ...wheel, state: "withdrawn" }], {}, "not-hosted"],
  ["a file that the index does not list is named", [wheel], { omit: wheel.filename }, "not-hosted"],
] as const) {
  test(`check-mine: ${claim}`, async () => {
    const run = await check(hosted, [wheel.filename], lies);
    assert.deepEqual([run.status, run.codes], [1, [code]]);
  });
}

test("check-mine: a change of who may publish that somebody asked for is named, and is no success", async () => {
  const run = await check([wheel], [wheel.filename], {}, { asked: 7, way: "account" });
  assert.deepEqual([run.status, run.codes], [1, ["change-pending"]]);
  assert.match(
    run.errors,
    /Is it you\? a change of who may publish sampleproject was asked for at entry 7 .*by its account/,
  );
});

test("check-mine: a project that the index does not have is named", async () => {
  const elsewhere = buildWheel(toyProject("elsewhere", "1.0"));
  await writeFile(join(folder, elsewhere.filename), elsewhere.bytes);
  assert.deepEqual((await check([wheel], [elsewhere.filename])).codes, ["not-hosted"]);
});

test("check-mine: a head without the quorum says nothing about anything", async () => {
  const run = await check([wheel], [wheel.filename], { cosigners: [] });
  assert.equal(run.status, 1);
  assert.match(run.errors, /\[quorum-not-met\]/);
});

test("check-mine: an attestation that the ledger records as another kind than it is, is named", async () => {
  const claims = releaseJob("example/sampleproject");
  const path = join(folder, wheel.filename);
  const signed = await world.countermark(["sign", path], jobEnvironment(await world.startJob(claims)));
  assert.equal(signed.status, 0, signed.output);
  const attested: ToyFile = {
    ...wheel,
    attestations: [parseAttestation(await readFile(`${path}.publish.attestation`))],
    publisher: publisherOf(ISSUER_URL, claims),
  };
  assert.deepEqual((await check([attested], [wheel.filename])).codes, []);
  const run = await check([{ ...attested, predicate: "slsa" }], [wheel.filename]);
  assert.deepEqual([run.status, run.codes], [1, ["not-hosted"]]);
  assert.match(run.errors, /\(attestation-predicate\)/);
});
