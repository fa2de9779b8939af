// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { encodeHex, encodeReceipt, parseReceipt } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  buildWheel,
  createWorld,
  INDEX_URL,
  jobEnvironment,
  releaseJob,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const wheel = world.writeFile(buildWheel(toyProject("sampleproject", "1.0.0")));
const filename = "sampleproject-1.0.0-py3-none-any.whl";
const receipts = join(world.dir, "receipts");
const published = await world.countermark(
  ["publish", "--receipts", receipts, wheel],
  jobEnvironment(await world.startJob(claims)),
);
assert.equal(published.status, 0, published.output);
const receipt = join(receipts, `${filename}.tlog-proof`);
const provenance = join(world.dir, "provenance.json");
const served = await world.network.fetch(`${INDEX_URL}/integrity/sampleproject/1.0.0/${filename}/provenance`);
await writeFile(provenance, new Uint8Array(await served.arrayBuffer()));

test("verify: a file with receipt and provenance, offline and in words", async () => {
  world.network.detach("index.test");
  const run = await world.countermark(["verify", wheel, "--receipt", receipt, "--provenance", provenance]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /logged at index \d+ of index\.test\/ledger/);
  assert.match(run.stdout, /witnessed: the same for everybody/);
  assert.match(run.stdout, /attested by "example\/sampleproject" .*, the publisher that the ledger names/);
  assert.match(run.stdout, /not proved: that the index still serves it, or that it is safe/);
});

test("verify: --json has what was checked", async () => {
  const run = await world.countermark([
    "verify",
    "--json",
    wheel,
    "--receipt",
    receipt,
    "--provenance",
    provenance,
  ]);
  const result = JSON.parse(run.stdout);
  assert.equal(result.sha256, encodeHex(nodeCrypto.sha256(await readFile(wheel))));
  assert.equal(result.logged.head, "witnessed");
  assert.equal(result.attested[0].listedInLedger, true);
  assert.equal(result.attested[0].identity.project, "example/sampleproject");
});

test("verify: the receipt alone says that attestations are listed and none was given", async () => {
  const run = await world.countermark(["verify", wheel, "--receipt", receipt]);
  assert.equal(run.status, 0);
  assert.match(run.stdout, /not attested here: its entry lists 1 attestations, none was given/);
});

test("verify: provenance alone says that nothing is known of the ledger", async () => {
  const run = await world.countermark(["verify", wheel, "--provenance", provenance]);
  assert.equal(run.status, 0);
  assert.match(run.stdout, /not checked: that it is logged/);
  assert.match(run.stdout, /not checked: that the ledger lists it/);
});

test("verify: a receipt beside the file is found by itself", async () => {
  await copyFile(receipt, `${wheel}.tlog-proof`);
  const run = await world.countermark(["verify", wheel]);
  assert.match(run.stdout, /logged at index/);
});

for (const [claim, name, change, code] of [
  ["a file with one byte changed is refused", filename, true, "digest-mismatch"],
  [
    "the file under another name is refused",
    "sampleproject-9.9.9-py3-none-any.whl",
    false,
    "detail-mismatch",
  ],
] as const) {
  test(`verify: ${claim}`, async () => {
    const bytes = await readFile(wheel);
    if (change) bytes[0] = (bytes[0] ?? 0) ^ 1;
    const path = join(dirname(receipt), name);
    await writeFile(path, bytes);
    const run = await world.countermark(["verify", path, "--receipt", receipt]);
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`\\[${code}\\]`));
  });
}

test("verify: a receipt without its detail is for a file of that name all the same", async () => {
  const { proof, entry } = parseReceipt(await readFile(receipt));
  const stripped = join(world.dir, "stripped.tlog-proof");
  await writeFile(stripped, encodeReceipt({ proof, entry, detail: new Uint8Array() }));
  assert.equal((await world.countermark(["verify", wheel, "--receipt", stripped])).status, 0);
  // The same bytes, as if they were another project's: the receipt is a stranger's.
  for (const name of ["requests-2.0-py3-none-any.whl", "download"]) {
    const path = join(world.dir, name);
    await copyFile(wheel, path);
    const run = await world.countermark(["verify", path, "--receipt", stripped]);
    assert.equal(run.status, 1, run.output);
    assert.match(run.stderr, /\[detail-mismatch\]/);
  }
});

test("verify: a file without any evidence is a wrong call, not a success", async () => {
  const alone = world.writeFile(buildWheel(toyProject("sampleproject", "2.0.0")));
  const run = await world.countermark(["verify", alone]);
  assert.equal(run.status, 2);
});

test("verify: malformed evidence gives status 4", async () => {
  const bad = join(world.dir, "bad.tlog-proof");
  await writeFile(bad, "not a proof");
  assert.equal((await world.countermark(["verify", wheel, "--receipt", bad])).status, 4);
});

test("inspect: says what is in a receipt, a provenance object and a lock, and that none of it is verified", async () => {
  const lock = join(world.dir, "a.lock");
  await writeFile(lock, '{"version":1,"projects":{"a":{"files":{},"identity":"unattested","index":"i"}}}');
  for (const [path, kind, line] of [
    [receipt, /receipt/, /entry at index \d+: file-accepted/],
    [provenance, /PEP 740 provenance/, /certificate [0-9a-f]{64}/],
    [lock, /identity lock/, /a: unattested when locked, 0 files, of i/],
  ] as const) {
    const run = await world.countermark(["inspect", path]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.stdout, kind);
    assert.match(run.stdout, /UNVERIFIED/);
    assert.match(run.stdout, line);
  }
});

test("inspect: what is nothing that is known gives status 4", async () => {
  assert.equal((await world.countermark(["inspect", wheel])).status, 4);
});
