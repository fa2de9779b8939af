// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "@countermark/log";
import { INDEX_CODES, IndexRefusal } from "../src/failure.ts";
import { reasonPhrase, refusalOf, respondRefusal } from "../src/refusals.ts";
import { openWorld } from "./support/world.ts";

const UV = "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7";

test("respondRefusal: uv gets JSON of exactly its type, with the message in `code`", async () => {
  const refusal = refusalOf(new IndexRefusal("file-exists", "File already exists (x)."));
  const response = respondRefusal("legacy", refusal, UV);
  assert.equal(response.status, 400);
  assert.equal(response.headers.get("content-type"), "application/json");
  const body = (await response.json()) as { code: string; title: string }; // our own answer
  assert.equal(body.code, "400 File already exists (x).");
  assert.equal(body.title, "Bad Request");
  assert.equal(response.statusText, "File already exists (x).");
});

test("respondRefusal: twine and everybody else gets text, and a reason phrase that HTTP can carry", async () => {
  const refusal = refusalOf(new IndexRefusal("field-malformed", "name: é 漢\r\nSet-Cookie: x"));
  for (const accept of [null, "*/*"]) {
    const response = respondRefusal("legacy", refusal, accept);
    assert.equal(response.headers.get("content-type"), "text/plain; charset=utf-8");
    assert.equal(response.statusText, "name: é ?  Set-Cookie: x");
    assert.match(await response.text(), /^400 name: é 漢/);
  }
  assert.equal(reasonPhrase("a\nb\u0000c\u007f"), "a b c ");
});

test("respondRefusal: an error that is not a refusal tells nothing", async () => {
  const refusal = refusalOf(new TypeError("secret path"));
  assert.equal(refusal.status, 500);
  for (const shape of ["legacy", "mint", "json"] as const) {
    assert.ok(!(await respondRefusal(shape, refusal, UV).text()).includes("secret"));
  }
});

for (const [claim, error, status] of [
  ["a full disk", Object.assign(new Error("write"), { code: "ENOSPC" }), 503],
  ["a full quota", Object.assign(new Error("write"), { code: "EDQUOT" }), 503],
  ["a file over its limit", Object.assign(new Error("write"), { code: "EFBIG" }), 503],
  ["a full database", Object.assign(new Error("full"), { code: "ERR_SQLITE_ERROR", errcode: 13 }), 503],
  [
    "a full disk below something else",
    new Error("keep", { cause: Object.assign(new Error(), { code: "ENOSPC" }) }),
    503,
  ],
  [
    "another fault of the database",
    Object.assign(new Error(), { code: "ERR_SQLITE_ERROR", errcode: 11 }),
    500,
  ],
  ["another fault of the disk", Object.assign(new Error("read"), { code: "EIO" }), 500],
] as const) {
  test(`refusalOf: ${claim} is ${status}`, async () => {
    const refusal = refusalOf(error);
    assert.equal(refusal.status, status);
    assert.equal(refusal.code, status === 503 ? "storage-full" : "internal");
    assert.equal(respondRefusal("legacy", refusal, UV).headers.has("retry-after"), status === 503);
  });
}

test("INDEX_CODES: every code has a status of its kind and a sentence", () => {
  for (const [code, { status, meaning }] of Object.entries(INDEX_CODES)) {
    assert.match(code, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(status >= 400 && status < 600, code);
    assert.match(meaning, /^[A-Z].*\.$/, code);
  }
});

test("createIndex: over HTTP the reason phrase carries the message, whole body sent or not", async (context) => {
  const world = await openWorld(context);
  const server = await listen(world.index.app, { port: 0 });
  context.after(() => server.close());
  const large = new Uint8Array(20_000_000);
  for (const body of ["small", large]) {
    const response = await fetch(`${server.url}/legacy/`, {
      method: "POST",
      headers: { authorization: "Bearer pypi-unknown", "content-type": "multipart/form-data; boundary=x" },
      body,
    });
    assert.equal(response.status, 403);
    assert.equal(response.statusText, "Invalid or non-existent authentication information.");
    await response.text();
  }
  const moved = await fetch(`${server.url}/legacy`, { method: "POST", redirect: "manual" });
  assert.equal(moved.status, 308);
});
