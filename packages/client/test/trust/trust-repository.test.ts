// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { encodeHex, encodeRfc3339, encodeTrust, parseTrustedRoot } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import { createSigningWorld, createTufSimulator, type TufSimulator } from "@countermark/testkit";
import { prepareTrustedRoot } from "@countermark/verify";
import { type CommonOptions, readSettings } from "../../src/settings.ts";
import { readTrust } from "../../src/trust/read-trust.ts";
import { createToyIndex } from "../toy-index.ts";
import { published } from "../tuf/toy-client.ts";
import { fakeWorld } from "../world.ts";

const DAY = 86_400;
const world = await createSigningWorld();
const base = await mkdtemp(join(tmpdir(), "countermark-test-"));
after(async () => {
  await world.close();
  await rm(base, { recursive: true });
});
const trustedRoot = world.authority.trustedRoot();
const sigstore = await prepareTrustedRoot(parseTrustedRoot(trustedRoot), nodeCrypto);
const digest = (bytes: Uint8Array): string => encodeHex(nodeCrypto.sha256(bytes));
const { description } = createToyIndex(world.clock.now, sigstore).trust;
const trust = encodeTrust({ ...description, sigstore: { rootVersion: 1, rootSha256: digest(trustedRoot) } });
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

let home: string;
let repo: TufSimulator;
let now: number;
let root: string;
let isUp: boolean;

beforeEach(async () => {
  home = await mkdtemp(join(base, "home-"));
  now = world.clock.now();
  isUp = true;
  repo = createTufSimulator(() => now);
  repo.addTarget("targets", "trust.json", text(trust));
  repo.addTarget("targets", "trusted_root.json", text(trustedRoot));
  repo.publish("targets", "snapshot", "timestamp");
  await writeFile(join(home, "root.json"), published(repo, "root", 1));
  root = `${join(home, "root.json")}#sha256=${digest(published(repo, "root", 1))}`;
});

const cache = (): string => join(home, ".cache/countermark/tuf");

async function read(options: CommonOptions = {}) {
  const fetch = async (url: string, init?: RequestInit) => {
    if (!isUp) throw new Error("connection refused");
    return await repo.fetch(new Request(url, init));
  };
  const given = { trustRepository: "https://tuf.test/", trustRoot: root, ...options };
  const settings = readSettings(given, { HOME: home });
  return await readTrust({ settings, world: { ...fakeWorld(fetch), now: () => now } });
}

test("readTrust: from a TUF repository, both files are its targets", async () => {
  const found = await read();
  assert.equal(found.sha256, digest(trust));
  assert.equal(found.description.ecosystem, "pypi");
  assert.deepEqual(repo.requests, ["root 2", "timestamp", "snapshot 2", "targets 2"]);
});

test("readTrust: from a TUF repository, what is cached is not fetched again", async () => {
  await read();
  repo.requests.length = 0;
  await read();
  assert.deepEqual(repo.requests, ["root 2", "timestamp"]);
  assert.equal(repo.downloads.length, 2);
});

test("readTrust: offline, nothing is asked for", async () => {
  await read();
  isUp = false;
  assert.equal((await read({ trustOffline: "0" })).sha256, digest(trust));
});

test("readTrust: a repository out of reach is not passed over by itself", async () => {
  await read();
  isUp = false;
  await assert.rejects(read(), { code: "unreachable", message: /--trust-offline DAYS/ });
});

test("readTrust: offline without a cache is refused", async () => {
  await assert.rejects(read({ trustOffline: "0" }), { code: "tuf-not-cached" });
});

test("readTrust: offline, what expired longer ago than the user allows is refused", async () => {
  repo.timestamp.expires = encodeRfc3339(now + DAY);
  repo.publish("timestamp");
  await read();
  now += 3 * DAY - 1;
  await assert.rejects(read({ trustOffline: "0" }), { code: "tuf-expired" });
  assert.equal((await read({ trustOffline: "2" })).sha256, digest(trust));
  now += 1;
  await assert.rejects(read({ trustOffline: "2" }), { code: "tuf-expired", message: /it expired at/ });
});

test("readTrust: who can write the cache cannot put another root there", async () => {
  repo.publish("root");
  await read();
  const other = createTufSimulator(() => now);
  other.publish("root");
  const [key = ""] = await readdir(cache());
  const history = join(cache(), key, "metadata/root_history/2.root.json");
  assert.deepEqual(new Uint8Array(await readFile(history)), published(repo, "root", 2));
  await writeFile(history, published(other, "root", 2));
  await writeFile(join(cache(), key, "metadata/root.json"), published(other, "root", 2));
  assert.equal((await read()).sha256, digest(trust));
  assert.deepEqual(new Uint8Array(await readFile(history)), published(repo, "root", 2));
});

test("readTrust: a cached target that was changed is fetched again, and refused offline", async () => {
  await read();
  const [key = ""] = await readdir(cache());
  await writeFile(join(cache(), key, "targets/trust.json"), "{}");
  await assert.rejects(read({ trustOffline: "0" }), { code: "tuf-not-cached" });
  assert.equal((await read()).sha256, digest(trust));
});

test("readTrust: a target that the repository changed is refused", async () => {
  repo.artifacts.set("trust.json", Buffer.from(text(trust).replace("pypi", "pypj")));
  await assert.rejects(read(), { code: "tuf-hash-mismatch" });
});

test("readTrust: another Sigstore root than the trust description names is refused, also as a target", async () => {
  repo.addTarget("targets", "trusted_root.json", `${text(trustedRoot)}\n`);
  repo.publish("targets", "snapshot", "timestamp");
  await assert.rejects(read(), { code: "trust-mismatch" });
});

test("readTrust: a root with another SHA-256 is refused, one without must be in the configuration folder", async () => {
  await assert.rejects(read({ trustRoot: root.replace(/.$/, root.endsWith("0") ? "1" : "0") }), {
    code: "trust-mismatch",
  });
  await assert.rejects(read({ trustRoot: join(home, "root.json") }), { code: "trust-not-pinned" });
  const config = join(home, ".config/countermark");
  await mkdir(config, { recursive: true });
  await writeFile(join(config, "root.json"), published(repo, "root", 1));
  assert.equal((await read({ trustRoot: join(config, "root.json") })).sha256, digest(trust));
});

for (const [claim, options] of [
  ["beside --trust", { trust: "trust.json" }],
  ["over plain HTTP", { trustRepository: "http://tuf.test" }],
  ["offline for a part of a day", { trustOffline: "0.5" }],
  ["offline for more days than are allowed", { trustOffline: "3651" }],
] as const) {
  test(`readTrust: a repository ${claim} is wrong usage`, async () => {
    await assert.rejects(read(options), { code: "usage" });
  });
}

for (const options of [{ trustRoot: "root.json" }, { trustOffline: "1" }]) {
  test(`readTrust: ${Object.keys(options)} without a repository is wrong usage`, async () => {
    const settings = readSettings(options, { HOME: home });
    const nowhere = fakeWorld(async () => assert.fail("nothing is to be fetched"));
    await assert.rejects(readTrust({ settings, world: nowhere }), { code: "usage" });
  });
}
