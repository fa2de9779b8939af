// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { encodeTrustedRoot, parseJsonObject, utf8 } from "@countermark/formats";
import { makeWorld } from "../../verify/test/support/toy-sigstore.ts";
import { type IndexConfig, logVkey, readIndexConfig, readIndexKeys } from "../src/config.ts";
import { temporaryFolder } from "./support/folder.ts";
import { TOY_PLAN } from "./support/toy-plan.ts";
import { ORIGIN } from "./support/world.ts";

const PROVIDER = { provider: "github", issuer: "http://127.0.0.1:1", serverUrl: "https://github.com" };

async function read(
  context: TestContext,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<IndexConfig> {
  const dir = await temporaryFolder(context);
  const policyFile = join(dir, "policy.txt");
  const trustedRootFile = join(dir, "trusted_root.json");
  await writeFile(policyFile, `log ${logVkey(ORIGIN, readIndexKeys(join(dir, "data")).log)}\nquorum none\n`);
  await writeFile(trustedRootFile, encodeTrustedRoot(makeWorld(TOY_PLAN).root));
  const config = {
    dir: join(dir, "data"),
    lockFile: join(dir, "lock.sqlite"),
    port: 0,
    publicUrl: "https://index.test:8443/",
    origin: ORIGIN,
    ecosystem: "pypi",
    providers: [PROVIDER],
    policyFile,
    trustedRootFile,
    ...changes,
  };
  const limits = { bytesMax: 100_000, depthMax: 8 };
  return await readIndexConfig(parseJsonObject(utf8(JSON.stringify(config)), limits, "config"));
}

test("readIndexConfig: what is not said has a default, and keys are made where they are read again", async (context) => {
  const { options, hostname, tls } = await read(context);
  assert.equal(options.publicUrl, "https://index.test:8443");
  assert.equal(options.audience, "index.test:8443");
  assert.equal(hostname, "127.0.0.1");
  assert.equal(tls, null);
  assert.equal(options.adminToken, null);
  assert.deepEqual(readIndexKeys(options.dir).log.publicSpki, options.keys.log.publicSpki);
});

for (const [claim, changes] of [
  ["a mistyped member", { adminTokn: "x" }],
  ["no policy", { policyFile: "/nowhere" }],
  ["another ecosystem", { ecosystem: "npm" }],
  ["a provider without an issuer", { providers: [{ provider: "github" }] }],
  ["a public URL that is none", { publicUrl: "nonsense" }],
  ["a trusted root that is none", { trustedRootFile: import.meta.filename }],
  ["TLS without a key", { tls: { certFile: import.meta.filename } }],
] as const) {
  test(`readIndexConfig: ${claim} is refused`, async (context) => {
    await assert.rejects(read(context, changes), { code: "config-malformed" });
  });
}
