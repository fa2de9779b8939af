// SPDX-License-Identifier: Apache-2.0
// The index gets a new countersigning key: drafted online, signed by offline keys, in the ledger before it holds. What the old key
// signed goes on to verify, what it signs from then on counts for nothing, and clients follow by their trust description.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, test } from "node:test";
import { encodeTrust, mapKey, parseTrust, type TrustDescription } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  type BuiltFile,
  buildWheel,
  createWorld,
  download,
  holdCeremony,
  INDEX_URL,
  jobEnvironment,
  ORIGIN,
  releaseJob,
  sealAsThief,
  sealSigned,
  toyProject,
} from "@countermark/testkit";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const project = "sampleproject";
const [first, second] = [buildWheel(toyProject(project, "1.0.0")), buildWheel(toyProject(project, "1.1.0"))];

const described: TrustDescription = parseTrust(world.trust, nodeCrypto.sha256);
const spki = world.nextCountersignKey.publicSpki;
/** Both keys, open: at which entry the change holds is not known before it is sealed. */
const nextTrust = encodeTrust({
  ...described,
  countersign: [...described.countersign, { origin: ORIGIN, spki, from: 0, to: null }],
});
const rotation = {
  kind: "trust-changed",
  description: new TextDecoder().decode(nextTrust),
  text: "the countersigning key of this year",
};

type Client = typeof world.countermark;

/** `countermark verify` of a file with the receipt that the index serves. */
async function verifyReceipt(client: Client, file: BuiltFile): Promise<{ status: number; output: string }> {
  const sha256 = Buffer.from(nodeCrypto.sha256(file.bytes)).toString("hex");
  const response = await world.network.fetch(`${INDEX_URL}/receipt/${sha256}/${file.filename}.tlog-proof`);
  const path = world.writeFile(file);
  writeFileSync(`${path}.tlog-proof`, new Uint8Array(await response.arrayBuffer()));
  return await client(["verify", path, "--receipt", `${path}.tlog-proof`]);
}

/** `countermark publish` in another run of the same job. */
async function publishWith(
  client: Client,
  runId: string,
  file: BuiltFile,
): Promise<{ status: number; output: string }> {
  const job = await world.startJob({ ...claims, runId });
  return await client(["publish", world.writeFile(file)], jobEnvironment(job));
}

const oldClient = world.createClient();
const newClient = world.createClientWith(nextTrust);

test("a release is published under the key of last year", async () => {
  const published = await world.publish(claims, [first]);
  assert.equal(published.status, 0, published.output);
  const verified = await verifyReceipt(oldClient, first);
  assert.equal(verified.status, 0, verified.output);
});

test("each holder of a root key is shown what it signs; one of two is not enough", async () => {
  const ceremony = await holdCeremony(world, rotation, world.rootKeys.slice(0, 1));
  assert.match(
    ceremony.shown[0] ?? "",
    /trust-changed: these keys, and no other, countersign and rule the index/,
  );
  assert.match(ceremony.shown[0] ?? "", /the trust description that clients will get:/);
  await assert.rejects(sealSigned(world, ceremony.signed), /bad-root/);
});

test("signed by both, the change is in the ledger, and the next entry is by the new key", async () => {
  const ceremony = await holdCeremony(world, rotation, world.rootKeys);
  const sealed = await sealSigned(world, ceremony.signed);
  assert.equal(sealed.released, true);
  const published = await publishWith(newClient, "778", second);
  assert.equal(published.status, 0, published.output);
});

test("a client that has the new description believes both keys, each where it signed", async () => {
  for (const file of [first, second]) {
    const verified = await verifyReceipt(newClient, file);
    assert.equal(verified.status, 0, verified.output);
  }
  const run = await download(newClient, project, "1.1.0");
  assert.equal(run.status, 0, run.output);
});

test("a client that has not is told which key it does not know; what it knew still holds", async () => {
  const refused = await verifyReceipt(oldClient, second);
  assert.equal(refused.status, 1, refused.output);
  assert.match(refused.output, /countersign-key/);
  const verified = await verifyReceipt(oldClient, first);
  assert.equal(verified.status, 0, verified.output);
});

test("anybody who replays the ledger finds it whole, the change of keys with its description in it", async () => {
  const audited = await newClient(["audit"]);
  assert.equal(audited.status, 0, audited.output);
});

test("the index goes on with the new key after a restart, and the old one counts for nothing", async () => {
  await world.crashIndex();
  const published = await publishWith(newClient, "779", buildWheel(toyProject(project, "1.2.0")));
  assert.equal(published.status, 0, published.output);
  const outcomes = await sealAsThief(world, [
    { kind: "status", project: mapKey(nodeCrypto.sha256, "pypi", project), status: "archived" },
  ]);
  assert.deepEqual(outcomes, ["key-not-in-force"]);
  assert.equal((await newClient(["audit"])).status, 1);
});
