// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { buildWheel, createWorld, jobEnvironment, releaseJob, toyProject } from "@countermark/testkit";

const INSTALLER = fileURLToPath(new URL("toy-installer.mjs", import.meta.url));

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const publish = async (version: string, job = claims) => {
  const run = await world.publish(job, [buildWheel(toyProject("sampleproject", version))]);
  assert.equal(run.status, 0, run.output);
};
await publish("1.0.0");
const client = world.createClient();
let targets = 0;

const install = (options: readonly string[] = [], countermark = client) =>
  countermark([
    "run",
    ...options,
    "--",
    process.execPath,
    INSTALLER,
    "sampleproject",
    "--target",
    join(world.dir, `target-${targets++}`),
  ]);
const lastLine = (text: string) => text.trimEnd().split("\n").at(-1);

test("run: the first install locks what it verified, the second says as before", async () => {
  const first = await install();
  assert.equal(first.status, 0, first.output);
  assert.match(first.stdout, /logged at index \d+ of index\.test\/ledger, witnessed: the same for everybody/);
  assert.match(first.stdout, /attested by "example\/sampleproject" \(repository id \d+, owner id \d+\)/);
  assert.match(first.stdout, /locked now, on first use/);
  assert.equal(lastLine(first.stdout), "1 installed: 1 verified");
  const second = await install();
  assert.equal(second.status, 0, second.output);
  assert.match(second.stdout, /countermark\.lock: as before/);
});

test("run: a new file of the locked identity is accepted", async () => {
  await publish("1.1.0");
  const run = await install();
  assert.match(run.stdout, /locked: a new file of the same identity/);
});

test("run: --report and --json say the same for programs", async () => {
  const report = join(world.dir, "report.json");
  const run = await install(["--json", "--report", report]);
  const result = JSON.parse(run.stdout);
  assert.deepEqual(result, JSON.parse(await readFile(report, "utf8")));
  assert.deepEqual(result.files[0].evidence, ["logged", "attested", "locked"]);
  assert.deepEqual([result.coverage.installed, result.coverage.verified], [1, 1]);
});

test("run: a changed identity is refused with what was expected and seen, until the user accepts it", async () => {
  // The lock is given another workflow by hand: the index's configuration may change only slowly.
  const lock = join(world.dir, "edited.lock");
  await install(["--lock", lock]);
  await writeFile(
    lock,
    (await readFile(lock, "utf8")).replaceAll("release.yml", "other.yml").replaceAll("1.1.0", "0.0.1"),
  );
  const refused = await install(["--lock", lock]);
  assert.equal(refused.status, 1, refused.output);
  assert.match(
    refused.stdout,
    /expected sampleproject from .*other\.yml.* seen .*release\.yml.*the same repository, published by another workflow.*\[identity-changed\]/,
  );
  const accepted = await install(["--accept-change", "SampleProject", "--lock", lock]);
  assert.equal(accepted.status, 0, accepted.output);
  assert.match(accepted.stdout, /locked now: you accepted the change/);
  assert.match(await readFile(lock, "utf8"), /release\.yml/);
});

test("run: a withheld attestation is refused", async () => {
  const stop = world.network.intercept("index.test", async (request, answer) =>
    new URL(request.url).pathname.startsWith("/integrity/")
      ? new Response("", { status: 404 })
      : await answer(request),
  );
  const run = await install([], world.createClient());
  stop();
  assert.equal(run.status, 1);
  assert.match(run.stdout, /\[attestation-withheld\]/);
});

test("run: swapped bytes of the same size are refused", async () => {
  const stop = world.network.intercept("index.test", async (request, answer) => {
    const response = await answer(request);
    if (!new URL(request.url).pathname.startsWith("/files/") || !request.url.endsWith(".whl"))
      return response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    return new Response(bytes, { status: response.status });
  });
  const run = await install();
  stop();
  assert.equal(run.status, 1);
  assert.match(run.stdout, /expected \d+ bytes with the SHA-256 .* seen SHA-256 .*\[file-mismatch\]/);
  assert.equal(lastLine(run.stdout), "0 installed: 0 verified");
});

test("run: something installed as if from the index that the proxy did not deliver fails the run", async () => {
  const target = join(world.dir, "smuggled");
  await mkdir(target);
  const smuggle = `
    const { mkdirSync, writeFileSync } = require("node:fs");
    mkdirSync("${target}/evil-1.0.dist-info");
    writeFileSync("${target}/evil-1.0.dist-info/METADATA", "Name: evil\\nVersion: 1.0\\n");
    writeFileSync("${target}/evil-1.0.dist-info/RECORD", "");`;
  const run = await client(["run", "--", process.execPath, "-e", smuggle, "--", "--target", target]);
  assert.equal(run.status, 1, run.output);
  assert.match(run.stdout, /evil 1\.0 was installed, but did not come through the proxy \[not-recorded\]/);
  assert.equal(lastLine(run.stdout), "1 installed: 0 verified, 1 not accounted for");
});

test("run: the tool sees neither our settings nor the job's identity", async () => {
  const script =
    "process.exit(Object.keys(process.env).some((n) => /^(COUNTERMARK|ACTIONS)_/.test(n)) ? 9 : 0)";
  const run = await client(
    ["run", "--", process.execPath, "-e", script],
    jobEnvironment(await world.startJob(claims)),
  );
  assert.doesNotMatch(run.output, /status 9/);
  assert.match(run.output, /\[nothing-verified\]/);
});

test("run: a tool that is not there, and no tool at all", async () => {
  assert.equal((await client(["run", "--", "/nowhere/uv"])).status, 2);
  assert.equal((await client(["run", "--"])).status, 2);
});
