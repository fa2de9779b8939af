// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { listen } from "@countermark/log";
import { buildWheel, type ProcessWorld, toyProject, toyTrustDescription } from "@countermark/testkit";
import { openBook } from "../book.ts";
import { openClients } from "../clients.ts";
import { openFindings } from "../findings.ts";
import type { Observer } from "../observer.ts";
import { isDone, isForLater, type Outcome } from "../outcome.ts";

const FILE = buildWheel(toyProject("toy", "1.0"));

/** Clients of an index that answers every request with `answer.now`. */
async function clientsOf(context: TestContext) {
  const answer = { now: (): Response => new Response("not found", { status: 404 }) };
  const served = await listen({ fetch: () => answer.now() }, { port: 0 });
  const dir = mkdtempSync(join(tmpdir(), "clients-"));
  context.after(async () => {
    await served.close();
    rmSync(dir, { recursive: true });
  });
  const trustFile = join(dir, "trust.json");
  writeFileSync(trustFile, toyTrustDescription());
  const book = openBook();
  const project = book.addProject("toy", "ann");
  const file = book.addFile(project, "1.0", FILE);
  file.uploaded = "done";
  const findings = openFindings(() => {});
  const sizes = [5, 4];
  const observer = { see: async () => sizes.shift() ?? null } as unknown as Observer;
  const world = { indexUrl: served.url, trustFile } as unknown as ProcessWorld;
  const clients = openClients({ world, book, observer, findings, tokens: new Map() });
  return { answer, clients, project, file, findings };
}

function page(files: readonly { filename: string; sha256: string; yanked?: boolean }[]): () => Response {
  const listed = files.map(({ filename, sha256, yanked = false }) => ({
    filename,
    hashes: { sha256 },
    yanked,
  }));
  return () => Response.json({ files: listed });
}

test("clients: a page that lists what was promised is no finding", async (context) => {
  const { answer, clients, project, file, findings } = await clientsOf(context);
  answer.now = page([{ filename: FILE.filename, sha256: file.sha256 }]);
  assert.equal(await clients.readPage(project), true);
  assert.deepEqual(findings.list, []);
});

for (const [claim, answerOf, prepare, harm] of [
  ["a page that does not list it", page([]), {}, "lost"],
  ["no page at all", () => new Response("", { status: 404 }), {}, "lost"],
  ["a page that lists it after its withdrawal", null, { withdrawn: "done" }, "lost"],
  ["a page on which its yank is gone", null, { yanked: "done" }, "lost"],
  ["a page with other bytes", page([{ filename: FILE.filename, sha256: "0".repeat(64) }]), {}, "forked"],
  [
    "a page with a file that nobody uploaded",
    page([{ filename: "x", sha256: "0" }]),
    { withdrawn: "done" },
    "forked",
  ],
] as const) {
  test(`clients: of an accepted file, ${claim}: ${harm}`, async (context) => {
    const { answer, clients, project, file, findings } = await clientsOf(context);
    Object.assign(file, prepare);
    answer.now = answerOf ?? page([{ filename: FILE.filename, sha256: file.sha256 }]);
    await clients.readPage(project);
    assert.deepEqual(
      findings.list.map((finding) => finding.harm),
      [harm],
    );
  });
}

for (const [claim, answerOf, prepare, harm] of [
  ["is not there", () => new Response("", { status: 404 }), {}, "lost"],
  ["has other bytes", () => new Response("other"), {}, "lost"],
  [
    "is served after its withdrawal",
    () => new Response(new Uint8Array(FILE.bytes)),
    { withdrawn: "done" },
    "lost",
  ],
] as const) {
  test(`clients: an accepted file that ${claim}: ${harm}`, async (context) => {
    const { answer, clients, project, file, findings } = await clientsOf(context);
    Object.assign(file, prepare);
    answer.now = answerOf;
    assert.equal(await clients.fetchFile(project, file), true);
    assert.deepEqual(
      findings.list.map((finding) => finding.harm),
      [harm],
    );
  });
}

test("clients: a receipt that is gone, or is none, is lost", async (context) => {
  const { answer, clients, file, findings } = await clientsOf(context);
  await clients.fetchReceipt(file);
  answer.now = () => new Response("c2sp.org/tlog-proof@v1\n");
  await clients.fetchReceipt(file);
  assert.equal(findings.count("lost"), 2);
});

test("clients: a provenance that is gone is lost, unless nobody can say whether the file is shown", async (context) => {
  const { answer, clients, project, file, findings } = await clientsOf(context);
  await clients.fetchProvenance(project, file);
  assert.equal(findings.count("lost"), 1);
  answer.now = () => new Response('{"attestation_bundles":[]}');
  file.withdrawn = "sent";
  await clients.fetchProvenance(project, file);
  assert.equal(findings.count("lost"), 1);
});

test("clients: an older head than one that was served is lost", async (context) => {
  const { answer, clients, findings } = await clientsOf(context);
  answer.now = () => new Response("a head");
  await clients.readHead();
  await clients.readHead();
  assert.equal(findings.count("lost"), 1);
});

test("clients: an index that cannot answer now is no finding, and no answer", async (context) => {
  const { answer, clients, project, file, findings } = await clientsOf(context);
  answer.now = () => new Response("later", { status: 503 });
  assert.equal(await clients.readPage(project), false);
  assert.equal(await clients.fetchFile(project, file), false);
  assert.equal(await clients.fetchReceipt(file), false);
  assert.deepEqual(findings.list, []);
});

test("clients: one upload that is answered with two receipts is lost", async (context) => {
  const { answer, clients, project, file, findings } = await clientsOf(context);
  for (const receipt of ["one", "two"]) {
    answer.now = () => new Response("", { headers: { "countermark-receipt": receipt } });
    await clients.upload(project, file);
  }
  assert.equal(findings.count("lost"), 1);
});

test("isDone, isForLater: what an outcome means", () => {
  const answered = (status: number, text = ""): Outcome => ({
    kind: "answered",
    status,
    text,
    receipt: null,
  });
  assert.ok(isDone(answered(200)));
  assert.ok(isDone(answered(400, '{"code":"wrong-state"}')));
  assert.ok(!isDone(answered(400, '{"code":"file-exists"}')));
  assert.ok(isForLater(answered(503)));
  assert.ok(isForLater({ kind: "no-answer", why: "gone" }));
  assert.ok(!isForLater(answered(400)));
});
