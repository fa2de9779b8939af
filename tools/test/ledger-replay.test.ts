// SPDX-License-Identifier: Apache-2.0
// An index that runs, audited over HTTP by the second implementation of the rules: Python, and nothing of ours but two files.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  buildWheel,
  createWorld,
  fakeClock,
  INDEX_URL,
  releaseJob,
  runTool,
  startLoopback,
  toyProject,
} from "@countermark/testkit";

const PROGRAM = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  "interop",
  "countermark_ledger.py",
);

const clock = fakeClock();
const world = await createWorld({ clock });
after(() => world.close());
const loopback = await startLoopback(async (request, response) => {
  const answer = await world.network.fetch(`${INDEX_URL}${request.url ?? "/"}`);
  response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer()));
});
after(() => loopback.close());

test("countermark_ledger.py replay: what an index did, and its time, agree with what was cosigned", async () => {
  const claims = releaseJob("example/sampleproject");
  await world.registerProject("sampleproject", claims);
  const run = await world.publish(claims, [buildWheel(toyProject("sampleproject", "1.0.0"))]);
  assert.equal(run.status, 0, run.output);
  const trust = join(world.dir, "trust-of-the-audit.json");
  writeFileSync(trust, world.trust);
  const now = String(clock.now());
  const audit = await runTool(
    "python3",
    [PROGRAM, "replay", loopback.url, "--trust", trust, "--anchors", "--json", "--now", now],
    { env: { PATH: process.env["PATH"] ?? "", PYTHONDONTWRITEBYTECODE: "1" } },
  );
  assert.equal(audit.status, 0, audit.output);
  const said = JSON.parse(audit.stdout) as Record<string, unknown>; // as the program writes it
  assert.equal(said["ok"], true);
  assert.deepEqual(said["void"], []);
  assert.equal((said["projects"] as readonly string[]).length, 1);
  assert.ok(Number(said["anchors"]) > 0, audit.stdout);
});
