// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { encodeHex, encodeTrust, parseIdentityLock, parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { buildWheel, createSigningWorld, toyProject } from "@countermark/testkit";
import { prepareTrustedRoot } from "@countermark/verify";
import { runCli } from "../../src/cli.ts";
import { createToyIndex, TOY_PROJECT, TOY_URL } from "../toy-index.ts";
import { fakeWorld } from "../world.ts";

const world = await createSigningWorld();
after(() => world.close());
const root = world.authority.trustedRoot();
const sigstore = await prepareTrustedRoot(parseTrustedRoot(root), nodeCrypto);
const digest = (bytes: Uint8Array) => encodeHex(nodeCrypto.sha256(bytes));
const wheel = buildWheel(toyProject(TOY_PROJECT, "1.0"));

test("proxy: prints its URL, serves until it is stopped, and then writes the lock", async () => {
  const folder = await mkdtemp(join(tmpdir(), "countermark-test-"));
  const index = createToyIndex(world.clock.now, sigstore);
  index.seal([wheel]);
  const trust = encodeTrust({
    ...index.trust.description,
    sigstore: { rootVersion: 1, rootSha256: digest(root) },
  });
  await writeFile(join(folder, "trust.json"), trust);
  await writeFile(join(folder, "trusted_root.json"), root);
  const lock = join(folder, "countermark.lock");
  const env = {
    COUNTERMARK_STATE_DIR: join(folder, "state"),
    COUNTERMARK_TRUST: `${join(folder, "trust.json")}#sha256=${digest(trust)}`,
    COUNTERMARK_INDEX: TOY_URL,
    COUNTERMARK_LOCK: lock,
  };
  const stop = new AbortController();
  const fake = fakeWorld(index.fetch, env);
  const ready = Promise.withResolvers<string>();
  const running = runCli(["proxy"], {
    ...fake,
    now: world.clock.now,
    stop: stop.signal,
    stdout: (text) => ready.resolve(text.trim()),
  });
  const simpleUrl = await ready.promise;
  const file = await fetch(new URL(`../files/${TOY_PROJECT}/${wheel.filename}`, simpleUrl));
  assert.equal(file.status, 200);
  assert.equal(digest(new Uint8Array(await file.arrayBuffer())), digest(wheel.bytes));
  stop.abort();
  assert.equal(await running, 0);
  assert.deepEqual([...parseIdentityLock(await readFile(lock)).projects.keys()], [TOY_PROJECT]);
  await assert.rejects(fetch(simpleUrl));
});
