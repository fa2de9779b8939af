// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { AUDIT_TOKEN, buildWheel, createWorld, releaseJob, toyProject } from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const published = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
assert.equal(published.status, 0, published.output);
const token = join(world.dir, "audit.token");
await writeFile(token, `${AUDIT_TOKEN}\n`);

test("audit: every entry legal, every attestation valid, the state as cosigned", async () => {
  const run = await world.countermark(["audit", "--evidence-token", token]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /\d+ entries replayed: 3 legal, \d+ state leaves, 0 void/);
  assert.match(run.stdout, /1 attestations verified, 0 entries not admitted/);
  assert.match(run.stdout, /the state computed here is the one the head commits to/);
  assert.ok(!run.output.includes(AUDIT_TOKEN));
});

test("audit: anybody can, without a token: the evidence of released entries is public", async () => {
  const run = await world.countermark(["audit", "--json"]);
  assert.equal(run.status, 0, run.output);
  const result = JSON.parse(run.stdout);
  assert.equal(result.evidence, "public");
  assert.equal(result.attestationsVerified, 1);
  assert.deepEqual(result.notAdmitted, []);
});

test("audit: evidence that is not there fails it", async () => {
  const stop = world.network.intercept("index.test", async (request, answer) =>
    request.url.includes("/_/audit/attestation/") ? new Response("", { status: 404 }) : await answer(request),
  );
  const run = await world.countermark(["audit", "--json"], { COUNTERMARK_AUDIT_TOKEN: AUDIT_TOKEN });
  stop();
  assert.equal(run.status, 1, run.output);
  const result = JSON.parse(run.stdout);
  assert.equal(result.error.code, "audit-failed");
  assert.equal(result.notAdmitted[0].code, "evidence-missing");
});

test("audit: evidence that is out of reach is unavailable, and no finding", async () => {
  const stop = world.network.intercept("index.test", async (request, answer) =>
    request.url.includes("/_/audit/blob/") ? new Response("", { status: 503 }) : await answer(request),
  );
  const run = await world.countermark(["audit"]);
  stop();
  assert.equal(run.status, 3, run.output);
  assert.match(run.stderr, /\[unavailable\]/);
});

test("audit: bytes that are in service and not served fail it", async () => {
  const stop = world.network.intercept("index.test", async (request, answer) =>
    request.url.includes("/_/audit/blob/") ? new Response("", { status: 404 }) : await answer(request),
  );
  const run = await world.countermark(["audit", "--json"]);
  stop();
  assert.equal(run.status, 1, run.output);
  assert.equal(JSON.parse(run.stdout).notAdmitted[0].code, "file-missing");
});

test("audit: a wrong token is the server's refusal, not a finding", async () => {
  const run = await world.countermark(["audit"], { COUNTERMARK_AUDIT_TOKEN: "wrong" });
  assert.notEqual(run.status, 0);
  assert.doesNotMatch(run.stdout, /entries replayed/);
});

test("audit: entries that do not hash to the head are not replayed", async () => {
  const stop = world.network.intercept("index.test", async (request, answer) => {
    const response = await answer(request);
    if (!request.url.includes("/tile/entries/")) return response;
    const bytes = new Uint8Array(await response.arrayBuffer());
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    return new Response(bytes, { status: response.status });
  });
  const run = await world.countermark(["audit"]);
  stop();
  assert.equal(run.status, 1);
  assert.match(run.stderr, /\[not-authentic\]/);
});

test("audit: the evidence of a withdrawn file is for auditors; anybody is told so, and the audit holds", async () => {
  const file = buildWheel(toyProject("sampleproject", "2.0.0"));
  const run = await world.publish({ ...claims, runId: "2" }, [file]);
  assert.equal(run.status, 0, run.output);
  await world.manage("projects/sampleproject/withdraw", { files: [file.filename], reason: "malware" });
  await world.tick();
  const open = await world.countermark(["audit", "--json"]);
  assert.equal(open.status, 0, open.output);
  assert.equal(JSON.parse(open.stdout).outOfService.length, 1);
  const auditor = await world.countermark(["audit", "--json", "--evidence-token", token]);
  assert.equal(auditor.status, 0, auditor.output);
  assert.deepEqual(JSON.parse(auditor.stdout).outOfService, []);
});

test("audit: a quarantined project's bytes are out of service, and the audit holds", async () => {
  await world.manage("projects/sampleproject/status", { status: "quarantined", text: "looked at" });
  await world.tick();
  const run = await world.countermark(["audit", "--json"]);
  assert.equal(run.status, 0, run.output);
  assert.equal(JSON.parse(run.stdout).outOfService.length, 2);
  assert.equal(JSON.parse(run.stdout).attestationsVerified, 0, "counted with the file, which was not seen");
});

test("audit: only the bytes of what is out of service are excused, nothing that was signed or said of it", async () => {
  for (const kind of ["detail", "attestation"]) {
    const stop = world.network.intercept("index.test", async (request, answer) =>
      request.url.includes(`/_/audit/${kind}/`) ? new Response("", { status: 404 }) : await answer(request),
    );
    const run = await world.countermark(["audit"]);
    stop();
    assert.equal(run.status, 1, kind);
  }
  const stop = world.network.intercept("index.test", async (request, answer) =>
    request.url.includes("/_/audit/blob/") ? new Response("", { status: 403 }) : await answer(request),
  );
  assert.equal((await world.countermark(["audit"])).status, 1, "refused is not gone");
  stop();
});
