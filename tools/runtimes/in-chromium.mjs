// SPDX-License-Identifier: Apache-2.0
// Runs the bundled suite in a real page of a headless Chromium, served from this machine.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MINUTES_MAX = 5;
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @returns what the page sent back. */
export async function runInChromium(program, { script, vectors }) {
  const pages = {
    "/": ["text/html", '<!doctype html><meta charset="utf-8"><script type="module" src="page.mjs"></script>'],
    "/page.mjs": ["text/javascript", readFileSync(script)],
    "/vectors.json": ["application/json", readFileSync(vectors)],
  };
  const { promise, resolve, reject } = Promise.withResolvers();
  const server = createServer(async (request, response) => {
    if (request.method === "POST") {
      const parts = await request.toArray();
      response.end();
      resolve(JSON.parse(Buffer.concat(parts).toString()));
      return;
    }
    const page = pages[request.url];
    response.writeHead(page === undefined ? 404 : 200, { "content-type": page?.[0] ?? "text/plain" });
    response.end(page?.[1]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const profile = mkdtempSync(join(tmpdir(), "countermark-chromium-"));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const browser = spawn(program, [...FLAGS, `--user-data-dir=${profile}`, url], { stdio: "ignore" });
  const limit = setTimeout(
    () => reject(new Error(`no result in ${MINUTES_MAX} minutes`)),
    MINUTES_MAX * 60_000,
  );
  browser.on("exit", (code) => reject(new Error(`Chromium ended with status ${code}`)));
  browser.on("error", reject);
  try {
    return await promise;
  } finally {
    clearTimeout(limit);
    const gone = browser.exitCode === null ? once(browser, "exit") : null;
    browser.kill("SIGKILL");
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
