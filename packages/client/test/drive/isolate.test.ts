// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openIsolation } from "../../src/drive/isolate.ts";

test("openIsolation: a system without the means says so", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await assert.rejects(openIsolation("http://127.0.0.1:1", folder, { PATH: "/nowhere" }), {
    code: "isolation-unavailable",
  });
});
