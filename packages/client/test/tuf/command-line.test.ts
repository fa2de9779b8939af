// SPDX-License-Identifier: Apache-2.0
// The command line that the conformance suite drives, as a process, over HTTP and with files.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "@countermark/log";
import { createTufSimulator } from "@countermark/testkit";
import { published } from "./toy-client.ts";

const COMMAND = fileURLToPath(new URL("../../../../bin/countermark-tuf-conformance", import.meta.url));

const repo = createTufSimulator(systemClock);
const server = createServer(async (request, response) => {
  const answer = await repo.fetch(new Request(`http://tuf.test${request.url}`));
  response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer()));
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // listening on TCP
const home = await mkdtemp(join(tmpdir(), "countermark-tuf-"));
const [metadata, targets] = [join(home, "metadata"), join(home, "targets")];
after(async () => {
  server.close();
  server.closeAllConnections();
  await rm(home, { recursive: true });
});

function run(...args: string[]): Promise<number | null> {
  const child = spawn(COMMAND, ["--metadata-dir", metadata, ...args], { stdio: "ignore" });
  return new Promise((resolve) => child.on("close", resolve));
}

test("countermark-tuf-conformance: init, refresh, download; 0 and 1", async () => {
  const refresh = ["--metadata-url", `${url}/metadata/`];
  const download = [...refresh, "--target-base-url", `${url}/targets/`, "--target-dir", targets];
  assert.equal(await run(...refresh, "refresh"), 1);
  await writeFile(join(home, "initial.json"), published(repo, "root", 1));
  assert.equal(await run("init", join(home, "initial.json")), 0);
  assert.deepEqual(repo.requests, []);
  assert.equal(await run(...refresh, "refresh"), 0);
  assert.deepEqual(
    new Uint8Array(await readFile(join(metadata, "snapshot.json"))),
    published(repo, "snapshot", 1),
  );
  repo.addTarget("targets", "dir/file.txt", "content");
  repo.publish("root", "targets", "snapshot", "timestamp");
  assert.equal(
    await run(...download, "--target-name", "dir/file.txt", "--target-name", "none", "download"),
    1,
  );
  const kept = (await readdir(targets)).filter((name) => !name.startsWith("."));
  assert.deepEqual(kept, ["dir+2Ffile.txt"]);
  assert.equal(await readFile(join(targets, kept[0] ?? ""), "utf8"), "content");
  assert.equal(await run(...download, "--target-name", "dir/file.txt", "download"), 0);
  assert.equal(repo.downloads.length, 1);
});
