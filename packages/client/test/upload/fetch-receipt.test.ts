// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Distribution } from "../../src/dist/read-distribution.ts";
import { fetchReceipt } from "../../src/upload/fetch-receipt.ts";
import { fakeFetch } from "../world.ts";

const distribution: Distribution = {
  path: "a",
  filename: "a-1.0+b.tar.gz",
  kind: "sdist",
  project: "a",
  version: "1.0+b",
  bytes: new Uint8Array(),
  sha256: new Uint8Array(32).fill(0xab),
  metadata: new Map(),
};
const ROUTE = `GET https://index.example/receipt/${"ab".repeat(32)}/a-1.0%2Bb.tar.gz.tlog-proof`;

test("fetchReceipt: is found by digest and name", async () => {
  const fetch = fakeFetch({ [ROUTE]: () => new Response("proof") });
  assert.equal(
    Buffer.from(await fetchReceipt("https://index.example", distribution, fetch)).toString(),
    "proof",
  );
});

test("fetchReceipt: an index without one did not record the file", async () => {
  const fetch = fakeFetch({ [ROUTE]: () => new Response("", { status: 404 }) });
  await assert.rejects(fetchReceipt("https://index.example", distribution, fetch), { code: "not-recorded" });
});
