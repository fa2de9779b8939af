// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeHex, encodeTrust, parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { createSigningWorld } from "@countermark/testkit";
import { prepareTrustedRoot } from "@countermark/verify";
import { type CommonOptions, readSettings } from "../../src/settings.ts";
import { readTrust } from "../../src/trust/read-trust.ts";
import { createToyIndex } from "../toy-index.ts";
import { fakeFetch, fakeWorld } from "../world.ts";

const world = await createSigningWorld();
after(() => world.close());
const root = world.authority.trustedRoot();
const sigstore = await prepareTrustedRoot(parseTrustedRoot(root), nodeCrypto);
const digest = (bytes: Uint8Array) => encodeHex(nodeCrypto.sha256(bytes));
const { description } = createToyIndex(world.clock.now, sigstore).trust;
const trust = encodeTrust({ ...description, sigstore: { rootVersion: 1, rootSha256: digest(root) } });

const home = await mkdtemp(join(tmpdir(), "countermark-test-"));
const config = join(home, ".config", "countermark");
const elsewhere = join(home, "elsewhere");
await mkdir(elsewhere);

const nowhere = fakeWorld(fakeFetch({}));
const read = (options: CommonOptions) =>
  readTrust({ settings: readSettings(options, { HOME: home }), world: nowhere });
const place = async (folder: string, trustBytes: Uint8Array = trust, rootBytes: Uint8Array = root) => {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "trust.json"), trustBytes);
  await writeFile(join(folder, "trusted_root.json"), rootBytes);
  return join(folder, "trust.json");
};

test("readTrust: without any there is none", async () => {
  await assert.rejects(read({}), { code: "no-trust" });
});

test("readTrust: a file elsewhere is trusted under its SHA-256", async () => {
  const path = await place(elsewhere);
  const found = await read({ trust: `${path}#sha256=${digest(trust)}` });
  assert.equal(found.sha256, digest(trust));
  assert.equal(found.description.ecosystem, "pypi");
});

test("readTrust: a file elsewhere without its SHA-256 is refused", async () => {
  await assert.rejects(read({ trust: await place(elsewhere) }), { code: "trust-not-pinned" });
});

test("readTrust: a file beside the configuration folder is not in it", async () => {
  const path = await place(`${config}-other`);
  await assert.rejects(read({ trust: path }), { code: "trust-not-pinned" });
  await assert.rejects(read({ trust: join(config, "..", "countermark-other", "trust.json") }), {
    code: "trust-not-pinned",
  });
});

test("readTrust: a file with another SHA-256 is refused", async () => {
  const path = await place(elsewhere);
  await assert.rejects(read({ trust: `${path}#sha256=${"0".repeat(64)}` }), { code: "trust-mismatch" });
});

test("readTrust: a pin that is no SHA-256 is refused", async () => {
  const path = await place(elsewhere);
  for (const pin of ["", "sha256=", `sha256=${digest(trust).toUpperCase()}`, `md5=${digest(trust)}`]) {
    await assert.rejects(read({ trust: `${path}#${pin}` }), { code: "usage" });
  }
});

test("readTrust: another Sigstore root than the trust description names is refused", async () => {
  const path = await place(elsewhere, trust, Buffer.concat([root, Buffer.from("\n")]));
  await assert.rejects(read({ trust: `${path}#sha256=${digest(trust)}` }), { code: "trust-mismatch" });
});

test("readTrust: what the user put into the configuration folder needs no pin", async () => {
  const path = await place(config);
  assert.equal((await read({})).sha256, digest(trust));
  assert.equal((await read({ trust: path })).sha256, digest(trust));
});
