// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "@countermark/log";
import { Hono } from "hono";

test("listen: serves on a free port, and closes", async () => {
  const listening = await listen(
    new Hono().get("/", (c) => c.text("hello")),
    { port: 0 },
  );
  assert.equal(listening.url, `http://127.0.0.1:${listening.port}`);
  assert.equal(await (await fetch(listening.url)).text(), "hello");
  await listening.close();
  await assert.rejects(fetch(listening.url));
});

test("listen: a port that is taken rejects", async () => {
  const first = await listen(new Hono(), { port: 0 });
  await assert.rejects(listen(new Hono(), { port: first.port }), { code: "EADDRINUSE" });
  await first.close();
});
