// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Fetch, httpEvidence, httpTiles, listen } from "@countermark/log";
import { Hono } from "hono";

const DIGEST = "ab".repeat(32);

function evidenceWith(status: number, asked: [string, string | null][] = []) {
  return httpEvidence({
    evidenceUrl: "https://index.example",
    token: "secret",
    logUrl: "https://log.example",
    fetch: async (url, init) => {
      asked.push([url, new Headers(init?.headers).get("authorization")]);
      return new Response("evidence", { status });
    },
  });
}

function evidenceFrom(url: string, fetch: Fetch) {
  return httpEvidence({ evidenceUrl: url, token: "secret", logUrl: url, fetch });
}

test("httpEvidence: asks for each kind where it is, and shows the token to the index only", async () => {
  const asked: [string, string | null][] = [];
  const evidence = evidenceWith(200, asked);
  for (const kind of ["detail", "attestation", "blob", "note"] as const) {
    assert.equal(Buffer.from((await evidence[kind](DIGEST)) ?? []).toString(), "evidence");
  }
  assert.deepEqual(asked, [
    [`https://index.example/_/audit/detail/${DIGEST}`, "Bearer secret"],
    [`https://index.example/_/audit/attestation/${DIGEST}`, "Bearer secret"],
    [`https://index.example/_/audit/blob/${DIGEST}`, "Bearer secret"],
    [`https://log.example/checkpoint/sha256/${DIGEST}`, null],
  ]);
});

for (const [status, code] of [
  [404, null],
  [410, null],
  [302, "evidence-missing"],
  [401, "evidence-missing"],
  [403, "evidence-missing"],
  [451, "evidence-missing"],
  [408, "unavailable"],
  [425, "unavailable"],
  [429, "unavailable"],
  [500, "unavailable"],
  [503, "unavailable"],
] as const) {
  test(`httpEvidence: ${status} is ${code ?? "null"}`, async () => {
    const reading = evidenceWith(status).detail(DIGEST);
    if (code === null) assert.equal(await reading, null);
    else await assert.rejects(reading, { code });
  });
}

test("httpEvidence: no answer is unavailable", async () => {
  const fetch = async () => await Promise.reject(new TypeError("fetch failed"));
  await assert.rejects(evidenceFrom("https://index.example", fetch).note(DIGEST), { code: "unavailable" });
});

test("httpEvidence: what is above its limit is no evidence, and is not read to its end", async () => {
  let sent = 0;
  const endless = (): Response =>
    new Response(
      new ReadableStream({
        pull(controller) {
          sent++;
          controller.enqueue(new Uint8Array(1_048_576));
        },
      }),
    );
  const evidence = evidenceFrom("https://index.example", async () => endless());
  await assert.rejects(evidence.attestation(DIGEST), { name: "VerifyError", code: "evidence-missing" });
  await assert.rejects(evidence.note(DIGEST), { name: "VerifyError", code: "evidence-missing" });
  assert.ok(sent < 10);
});

test("httpEvidence, httpTiles: an index cannot send an auditor on to a host of its choice", async () => {
  const reached: string[] = [];
  const inner = await listen(
    new Hono().all("*", (c) => {
      reached.push(c.req.path);
      return c.text("secret");
    }),
    { port: 0 },
  );
  const outer = await listen(
    new Hono().all("*", (c) => c.redirect(`${inner.url}/internal`, 302)),
    { port: 0 },
  );
  const evidence = evidenceFrom(outer.url, fetch);
  for (const kind of ["detail", "attestation", "blob", "note"] as const) {
    await assert.rejects(evidence[kind](DIGEST), { code: "unavailable" });
  }
  await assert.rejects(httpTiles(outer.url, fetch).read("tile/0/000"), { code: "unavailable" });
  await Promise.all([outer.close(), inner.close()]);
  assert.deepEqual(reached, []);
});
