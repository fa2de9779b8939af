// SPDX-License-Identifier: Apache-2.0
// Repositories that others made (conformance data, tuf), at the time for which they were made.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parseTufRoot } from "@countermark/formats";
import { memoryStorage, nodeCrypto } from "@countermark/log";
import { TUF_LIMITS, type TufContext } from "@countermark/verify";
import { downloadTargets, initTuf, refreshTuf } from "../../src/trust/tuf-commands.ts";
import { createTufFolder } from "../../src/trust/tuf-folder.ts";

const { CONFORMANCE_DIR } = process.env;
const dir = CONFORMANCE_DIR ?? fileURLToPath(new URL("../../../../../shared/conformance", import.meta.url));
const TUF_ON_CI = `${dir}/tuf/tuf-on-ci-0.11`;
const SIGSTORE = `${dir}/tuf/sigstore-root-history`;
const skip = (folder: string) => (existsSync(folder) ? false : `no conformance data in ${folder}`);

const contextAt = (time: string): TufContext => ({
  now: Date.parse(time) / 1000,
  mode: { kind: "online" },
  limits: TUF_LIMITS,
  crypto: nodeCrypto,
});

/** Serves the files of a folder, and keeps what the client keeps. */
function portsOn(folder: string) {
  return {
    fetch: async (url: string) => {
      const path = `${folder}${new URL(url).pathname}`;
      return existsSync(path) ? new Response(await readFile(path)) : new Response("", { status: 404 });
    },
    metadataUrl: "https://tuf.test/metadata",
    targetsUrl: "https://tuf.test/targets",
    folder: createTufFolder(memoryStorage()),
    targets: memoryStorage(),
    bytesMax: 1_000_000,
  };
}

test("static: a repository of tuf-on-ci 0.11, and a target that it delegates", {
  skip: skip(TUF_ON_CI),
}, async () => {
  const ports = portsOn(TUF_ON_CI);
  await initTuf(ports.folder, await readFile(`${TUF_ON_CI}/initial_root.json`));
  await downloadTargets(["delegatedrole/artifact"], ports, contextAt("2025-02-09T09:17:23Z"));
  assert.deepEqual(await ports.targets.list(""), ["delegatedrole+2Fartifact"]);
});

test("static: Sigstore's roots from the fifth to the fifteenth", { skip: skip(SIGSTORE) }, async () => {
  const ports = portsOn(`${SIGSTORE}/..`);
  const at = { ...ports, metadataUrl: "https://tuf.test/sigstore-root-history" };
  await initTuf(ports.folder, await readFile(`${SIGSTORE}/5.root.json`));
  // The history has roots only.
  await assert.rejects(refreshTuf(at, contextAt("2026-11-20T13:58:17Z")), { code: "tuf-file-absent" });
  const newest = await ports.folder.read("root");
  assert.equal(newest === null ? 0 : parseTufRoot(newest).signed.version, 15);
  await assert.rejects(refreshTuf(at, contextAt("2026-11-20T13:58:18Z")), { code: "tuf-expired" });
});

test("static: Sigstore's first four roots are not written as the specification says", {
  skip: skip(SIGSTORE),
}, async () => {
  for (const version of [1, 2, 3]) {
    const bytes = await readFile(`${SIGSTORE}/${version}.root.json`);
    assert.throws(() => parseTufRoot(bytes), { name: "ParseError" });
  }
  // Its time is right, and its keys are in hexadecimal: none of them can be used.
  assert.equal(parseTufRoot(await readFile(`${SIGSTORE}/4.root.json`)).signed.keys.size, 0);
});
