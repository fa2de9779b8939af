// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { httpEvidence } from "@countermark/log";

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

test("httpEvidence: what is not there is null, what cannot be asked for is unavailable", async () => {
  assert.equal(await evidenceWith(404).detail(DIGEST), null);
  assert.equal(await evidenceWith(410).detail(DIGEST), null);
  await assert.rejects(evidenceWith(403).detail(DIGEST), { code: "unavailable" });
  await assert.rejects(evidenceWith(500).blob(DIGEST), { code: "unavailable" });
});
