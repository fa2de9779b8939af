// SPDX-License-Identifier: Apache-2.0
// npm run conformance:sigstore [-- --spawn | --original <checkout of sigstore/sigstore-conformance>]: every case of the published suite of
// Sigstore clients, by path and by digest, through the suite's command line. The last line is "N passed, M failed".
//
// The cases run in this process, and some again as programs of their own; with --spawn all of them do. Data: CONFORMANCE_DIR.
// The original needs Python with what its requirements.txt names: PYTHON, else <checkout>/env/bin/python, else python3.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { createFetch, EXIT, runSigstoreConformance } from "@countermark/client";
import { conformanceDir, conformanceSkip } from "../packages/verify/test/support/conformance.ts";
import { listSigstoreCases } from "../packages/verify/test/support/sigstore-cases.ts";
import { ROOT } from "./source.mjs";

const ENTRY = join(ROOT, "bin/countermark-sigstore-conformance");
const SPAWNED = [
  "happy-path-v0.3",
  "rekor2-dsse-happy-path",
  "managed-key-happy-path",
  "signature-mismatch_fail",
];
/** What refuses a bundle. Any other status is a fault of ours, and no refusal. */
const REFUSALS = [EXIT.refused, EXIT.malformed];

if (conformanceSkip !== false) {
  console.log(`skipped: ${conformanceSkip}; name the folder with CONFORMANCE_DIR`);
  process.exit(0);
}
const env = { ...process.env, CONFORMANCE_DIR: conformanceDir };
const { values } = parseArgs({ options: { spawn: { type: "boolean" }, original: { type: "string" } } });
process.exitCode =
  values.original === undefined
    ? await runCases(values.spawn === true)
    : runOriginal(resolve(values.original));

async function runCases(spawnAll) {
  const total = { passed: 0, failed: 0 };
  for (const published of listSigstoreCases()) {
    for (const input of ["path", "digest"]) {
      const args = argumentsOf(published, input);
      const runs = spawnAll ? [] : [await runHere(args)];
      if (spawnAll || SPAWNED.includes(published.name)) runs.push(runSpawned(args));
      const wrong = runs.find((run) => !isAsWanted(published, run));
      total[wrong === undefined ? "passed" : "failed"]++;
      if (wrong !== undefined) {
        console.log(`FAILED: ${published.name}, by ${input}: status ${wrong.status} ${wrong.said.trimEnd()}`);
      }
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
}

/** What needs the public token, or more data, is left out: signing. */
function runOriginal(folder) {
  const own = join(folder, "env/bin/python");
  const python = process.env.PYTHON ?? (existsSync(own) ? own : "python3");
  const plugin = ["-p", "offline_token"];
  const args = ["-m", "pytest", "-q", "-rs", ...plugin, "test", "--entrypoint", ENTRY, "--skip-signing"];
  const PYTHONPATH = join(ROOT, "tools/conformance");
  const done = spawnSync(python, args, { cwd: folder, env: { ...env, PYTHONPATH }, stdio: "inherit" });
  if (done.error !== undefined) console.error(`Cannot start ${python}: ${done.error.message}`);
  return done.status ?? 1;
}

/** In the order in which the suite gives them. */
function argumentsOf({ bundle, signer, trustedRoot, artifact }, input) {
  const who =
    signer.kind === "key"
      ? ["--key", signer.key]
      : ["--certificate-identity", signer.name, "--certificate-oidc-issuer", signer.issuer];
  const root = trustedRoot === null ? [] : ["--trusted-root", trustedRoot];
  const about = input === "path" ? artifact : `sha256:${sha256(artifact)}`;
  return ["verify-bundle", "--bundle", bundle, ...who, ...root, about];
}

function sha256(path) {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

async function runHere(args) {
  let said = "";
  const world = {
    env,
    now: () => Math.floor(Date.now() / 1000),
    stderr: (text) => {
      said += text;
    },
    createFetch,
  };
  return { status: await runSigstoreConformance(args, world), said };
}

function runSpawned(args) {
  const { status, stderr, error } = spawnSync(ENTRY, args, { env, encoding: "utf8" });
  return { status, said: error?.message ?? stderr };
}

function isAsWanted({ mustFail }, { status }) {
  return mustFail ? REFUSALS.includes(status) : status === EXIT.ok;
}
