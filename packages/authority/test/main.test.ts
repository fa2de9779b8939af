// SPDX-License-Identifier: Apache-2.0
// The two processes as they are started: config file in, one line out, SIGTERM ends them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { createP256 } from "@countermark/log";
import { claimsOf, JOB, postJson, readJson, signingRequest, temporaryFolder } from "./world.ts";

async function start(t: TestContext, entry: string, config: unknown) {
  const file = join(temporaryFolder(), "config.json");
  writeFileSync(file, JSON.stringify(config));
  const path = new URL(`../src/${entry}`, import.meta.url).pathname;
  const child = spawn(process.execPath, [...process.execArgv, path, "--config", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const { ready, url } = JSON.parse(line);
  assert.equal(ready, true);
  const stop = async (): Promise<unknown> => {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const [status] = await exited;
    return status;
  };
  return { url: String(url), stop };
}

test("main: issuer and authority start, issue a certificate, stop, and keep who they are", async (t) => {
  const dir = temporaryFolder();
  const issuer = await start(t, "oidc-issuer-main.ts", { dir: join(dir, "oidc"), port: 0 });
  const row = { provider: "github", issuer: issuer.url, serverUrl: "https://github.com" };
  const config = { dir: join(dir, "authority"), port: 0, issuers: [row] };
  const authority = await start(t, "main.ts", config);

  const job = await readJson(fetch(`${issuer.url}/jobs`, postJson(JOB)));
  const headers = { authorization: `Bearer ${job.requestToken}` };
  const { value } = await readJson(fetch(`${job.requestUrl}&audience=sigstore`, { headers }));
  const body = signingRequest(value, createP256(), String(claimsOf(value)["sub"]));
  const response = await fetch(`${authority.url}/api/v2/signingCert`, postJson(body));
  assert.equal(response.status, 200);
  const root = await (await fetch(`${authority.url}/trusted_root.json`)).text();

  assert.equal(await authority.stop(), 0);
  const restarted = await start(t, "main.ts", config);
  assert.equal(await (await fetch(`${restarted.url}/trusted_root.json`)).text(), root);
  assert.equal(await restarted.stop(), 0);
  assert.equal(await issuer.stop(), 0);
});
