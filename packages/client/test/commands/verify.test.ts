// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import {
  encodeHex,
  encodeReceipt,
  type Predicate,
  parseProvenance,
  parseReceipt,
  parseTrust,
  parseTrustedRoot,
} from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import {
  buildWheel,
  createWorld,
  INDEX_URL,
  ISSUER_URL,
  jobEnvironment,
  releaseJob,
  toyProject,
} from "@countermark/testkit";
import { type LoggedFile, prepareTrustedRoot, type Verified, verifyReceipt } from "@countermark/verify";
import { openArtifact } from "../../src/evidence/artifact.ts";
import { checkEvidence } from "../../src/evidence/check-evidence.ts";

const world = await createWorld();
after(() => world.close());
const claims = releaseJob("example/sampleproject");
await world.registerProject("sampleproject", claims);
const wheel = world.writeFile(buildWheel(toyProject("sampleproject", "1.0.0")));
const filename = "sampleproject-1.0.0-py3-none-any.whl";
const receipts = join(world.dir, "receipts");
const published = await world.countermark(
  ["publish", "--receipts", receipts, wheel],
  jobEnvironment(await world.startJob(claims)),
);
assert.equal(published.status, 0, published.output);
const NAME = `https://github.com/${claims.repository}/${claims.workflow}@${claims.ref}`;
const receipt = join(receipts, `${filename}.tlog-proof`);
const provenance = join(world.dir, "provenance.json");
const served = await world.network.fetch(`${INDEX_URL}/integrity/sampleproject/1.0.0/${filename}/provenance`);
await writeFile(provenance, new Uint8Array(await served.arrayBuffer()));

test("verify: a file with receipt and provenance, offline and in words", async () => {
  world.network.detach("index.test");
  const run = await world.countermark(["verify", wheel, "--receipt", receipt, "--provenance", provenance]);
  assert.equal(run.status, 0, run.output);
  assert.match(run.stdout, /logged at index \d+ of index\.test\/ledger/);
  assert.match(run.stdout, /witnessed: the same for everybody/);
  assert.match(run.stdout, /attested by "example\/sampleproject" .*, the publisher that the ledger names/);
  assert.match(run.stdout, /not proved: that the index still serves it, or that it is safe/);
});

test("verify: --json has what was checked", async () => {
  const run = await world.countermark([
    "verify",
    "--json",
    wheel,
    "--receipt",
    receipt,
    "--provenance",
    provenance,
  ]);
  const result = JSON.parse(run.stdout);
  assert.equal(result.sha256, encodeHex(nodeCrypto.sha256(await readFile(wheel))));
  assert.equal(result.logged.head, "witnessed");
  assert.equal(result.attested[0].listedInLedger, true);
  assert.equal(result.attested[0].identity.project, "example/sampleproject");
});

test("verify: the receipt alone says that attestations are listed and none was given", async () => {
  const run = await world.countermark(["verify", wheel, "--receipt", receipt]);
  assert.equal(run.status, 0);
  assert.match(run.stdout, /not attested here: its entry lists 1 attestations, none was given/);
});

test("verify: provenance alone is no success: who may publish is not known", async () => {
  const run = await world.countermark(["verify", wheel, "--provenance", provenance]);
  assert.equal(run.status, 2);
  assert.match(
    run.stderr,
    /signed by "https:.*nobody said that this is who should have signed.*\[no-signer\]/,
  );
});

test("verify: provenance by a signer who is named, or any, says that nothing is known of the ledger", async () => {
  for (const signer of [
    ["--any-identity"],
    ["--certificate-identity", NAME, "--certificate-oidc-issuer", ISSUER_URL],
  ]) {
    const run = await world.countermark(["verify", wheel, "--provenance", provenance, ...signer]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.stdout, /not checked: that it is logged/);
    assert.match(run.stdout, /not checked: that the ledger lists it/);
    assert.match(run.stdout, /the publisher that the index names agrees with the certificate/);
  }
});

for (const [claim, name, issuer, code] of [
  ["another name", "https://github.com/example/other", null, "identity-name"],
  ["the beginning of the name", "https://github.com/example/", null, "identity-name"],
  ["another issuer", null, "https://issuer.example", "identity-issuer"],
] as const) {
  test(`verify: an attestation by a signer other than the demanded one is refused: ${claim}`, async () => {
    const demand = [
      "--certificate-identity",
      name ?? NAME,
      "--certificate-oidc-issuer",
      issuer ?? ISSUER_URL,
    ];
    const run = await world.countermark(["verify", wheel, "--provenance", provenance, ...demand]);
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`\\[${code}\\]`));
  });
}

for (const [claim, change, code] of [
  ["another repository", { repository: "example/other" }, "publisher-claim"],
  ["another workflow", { workflow: "other.yml" }, "publisher-claim"],
  ["another owner's id", { owner_id: "1" }, "publisher-claim"],
  ["another issuer", { issuer: "https://issuer.example" }, "publisher-claim"],
  ["a kind that is not known", { kind: "ActiveState" }, "publisher-kind"],
] as const) {
  test(`verify: a provenance object whose publisher is not the certificate's is refused: ${claim}`, async () => {
    const changed = JSON.parse(await readFile(provenance, "utf8"));
    Object.assign(changed.attestation_bundles[0].publisher, change);
    const path = join(world.dir, "changed.json");
    await writeFile(path, JSON.stringify(changed));
    const run = await world.countermark(["verify", wheel, "--provenance", path, "--any-identity"]);
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`\\[${code}\\]`));
  });
}

test("verify: a provenance object without bundles, or with an empty one, is malformed", async () => {
  const path = join(world.dir, "empty.json");
  for (const bundles of [[], [{ publisher: { kind: "GitHub" }, attestations: [] }]]) {
    await writeFile(path, JSON.stringify({ version: 1, attestation_bundles: bundles }));
    assert.equal((await world.countermark(["verify", wheel, "--provenance", path])).status, 4);
  }
});

test("verify: evidence beside the file is found by itself, and leads to the file when it is named alone", async () => {
  await copyFile(receipt, `${wheel}.tlog-proof`);
  await copyFile(provenance, `${wheel}.provenance`);
  for (const path of [wheel, `${wheel}.tlog-proof`]) {
    const run = await world.countermark(["verify", path]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.stdout, /logged at index/);
    assert.equal(run.stdout.includes("attested by"), path === wheel);
  }
  const alone = join(world.dir, "a.whl.provenance");
  await copyFile(provenance, alone);
  assert.equal((await world.countermark(["verify", alone])).status, 2);
});

test("verify: a named trusted root is enough for signatures, not for receipts", async () => {
  const root = join(world.dir, "root.json");
  await writeFile(root, world.authority.trustedRoot());
  const env = { COUNTERMARK_TRUST: "" };
  const signed = ["--provenance", provenance, "--any-identity", "--trusted-root"];
  const pin = encodeHex(nodeCrypto.sha256(world.authority.trustedRoot()));
  assert.equal((await world.countermark(["verify", wheel, ...signed, root], env)).status, 0);
  assert.equal(
    (await world.countermark(["verify", wheel, ...signed, `${root}#sha256=${pin}`], env)).status,
    0,
  );
  const other = `${root}#sha256=${"0".repeat(64)}`;
  const changed = await world.countermark(["verify", wheel, ...signed, other], env);
  assert.match(changed.stderr, /\[trust-mismatch\]/);
  const logged = await world.countermark(
    ["verify", wheel, "--receipt", receipt, "--trusted-root", root],
    env,
  );
  assert.match(logged.stderr, /\[no-trust\]/);
});

test("verify: --explain says every step of a signature, and on a refusal the one that does not hold", async () => {
  const given = ["--provenance", provenance, "--explain"];
  const good = await world.countermark(["verify", wheel, ...given, "--any-identity"]);
  assert.match(
    good.stdout,
    /1\. holds: every timestamp .*\n.* by https:\/\/authority\.test\/api\/v1\/timestamp, key id [0-9a-f]{40}\n.*rfc3161#2\.2/,
  );
  assert.match(good.stdout, /nothing to check: a quorum of cosigners .*no cosigner is demanded/);
  assert.match(good.stdout, /nothing to check: .*identity and issuer \(nobody is demanded\)/);
  const demand = ["--certificate-identity", "x", "--certificate-oidc-issuer", ISSUER_URL];
  const bad = await world.countermark(["verify", wheel, ...given, ...demand]);
  assert.equal(bad.status, 1);
  assert.match(
    bad.stdout,
    /11\. does not hold: the certificate names exactly .*\n.*what to do: do not use the file/,
  );
});

for (const [claim, name, change, code] of [
  ["a file with one byte changed is refused", filename, true, "digest-mismatch"],
  [
    "the file under another name is refused",
    "sampleproject-9.9.9-py3-none-any.whl",
    false,
    "detail-mismatch",
  ],
] as const) {
  test(`verify: ${claim}`, async () => {
    const bytes = await readFile(wheel);
    if (change) bytes[0] = (bytes[0] ?? 0) ^ 1;
    const path = join(dirname(receipt), name);
    await writeFile(path, bytes);
    const run = await world.countermark(["verify", path, "--receipt", receipt]);
    assert.equal(run.status, 1);
    assert.match(run.stderr, new RegExp(`\\[${code}\\]`));
  });
}

test("verify: a demand that no signature is there to meet is no success", async () => {
  const policy = join(world.dir, "policy");
  await writeFile(policy, "quorum none\n");
  for (const demand of [
    ["--certificate-identity", NAME, "--certificate-oidc-issuer", ISSUER_URL],
    ["--any-identity"],
    ["--cosigners", policy],
  ]) {
    const run = await world.countermark(["verify", wheel, "--receipt", receipt, ...demand]);
    assert.equal(run.status, 2, run.output);
  }
});

test("verify: a receipt is for a name too, so a digest is not enough", async () => {
  const digest = `sha256:${encodeHex(nodeCrypto.sha256(await readFile(wheel)))}`;
  assert.equal((await world.countermark(["verify", digest, "--receipt", receipt])).status, 2);
});

test("verify: an attestation is of the kind that the ledger states for it", async () => {
  const trust = parseTrust(world.trust, nodeCrypto.sha256);
  const { sha256, contentFor } = await openArtifact(wheel);
  const now = world.clock.now();
  const asked = { trust, now, fileSha256: encodeHex(sha256) };
  const logged = await verifyReceipt(await readFile(receipt), asked, nodeCrypto);
  const root = await prepareTrustedRoot(parseTrustedRoot(world.authority.trustedRoot()), nodeCrypto);
  const { bundles } = parseProvenance(await readFile(provenance));
  const attestation = bundles[0]?.attestations[0];
  assert.ok(attestation !== undefined);
  const item = { kind: "attestation", source: "it", attestation, publisher: null } as const;
  const check = async (predicate: Predicate) => {
    const attestations = logged.statement.attestations.map((stated) => ({ ...stated, predicate }));
    const changed = { ...logged, statement: { ...logged.statement, attestations } };
    return await checkEvidence(
      item,
      {
        artifact: { filename, sha256, contentFor },
        sigstore: { root, sha256: "" },
        signer: null,
        cosigners: { kind: "not-demanded" },
        logged: changed as Verified<LoggedFile>, // a ledger that says otherwise
      },
      [],
    );
  };
  assert.equal((await check("publish")).acceptedBy, "ledger");
  await assert.rejects(check("slsa"), { code: "attestation-predicate" });
});

test("verify: --explain says how a receipt is believed", async () => {
  const run = await world.countermark(["verify", wheel, "--receipt", receipt, "--explain"]);
  assert.match(
    run.stdout,
    /1\. holds: a quorum .*\n.*index\.test\/ledger, size \d+\n(?:.* at 20.*\n){2,}.*tlog-policy/,
  );
  assert.match(run.stdout, /4\. holds: the index countersigned the entry/);
});

test("verify: a receipt without its detail is for a file of that name all the same", async () => {
  const { proof, entry } = parseReceipt(await readFile(receipt));
  const stripped = join(world.dir, "stripped.tlog-proof");
  await writeFile(stripped, encodeReceipt({ proof, entry, detail: new Uint8Array() }));
  assert.equal((await world.countermark(["verify", wheel, "--receipt", stripped])).status, 0);
  // The same bytes, as if they were another project's: the receipt is a stranger's.
  for (const name of ["requests-2.0-py3-none-any.whl", "download"]) {
    const path = join(world.dir, name);
    await copyFile(wheel, path);
    const run = await world.countermark(["verify", path, "--receipt", stripped]);
    assert.equal(run.status, 1, run.output);
    assert.match(run.stderr, /\[detail-mismatch\]/);
  }
});

test("verify: a file without any evidence is a wrong call, not a success", async () => {
  const alone = world.writeFile(buildWheel(toyProject("sampleproject", "2.0.0")));
  const run = await world.countermark(["verify", alone]);
  assert.equal(run.status, 2);
});

test("verify: a policy of cosigners whose bytes are no text is not read as another text", async () => {
  const policy = join(world.dir, "latin-1");
  await writeFile(policy, Buffer.from("# b\xfcro\nquorum none\n", "latin1"));
  const run = await world.countermark([
    "verify",
    wheel,
    "--provenance",
    provenance,
    "--any-identity",
    "--cosigners",
    policy,
  ]);
  assert.equal(run.status, 4, run.output);
  assert.match(run.stderr, /\[not-utf8\]/);
});

test("verify: malformed evidence gives status 4", async () => {
  const bad = join(world.dir, "bad.tlog-proof");
  await writeFile(bad, "not a proof");
  assert.equal((await world.countermark(["verify", wheel, "--receipt", bad])).status, 4);
});

test("inspect: says what is in a receipt, a provenance object and a lock, and that none of it is verified", async () => {
  const lock = join(world.dir, "a.lock");
  await writeFile(lock, '{"version":1,"projects":{"a":{"files":{},"identity":"unattested","index":"i"}}}');
  for (const [path, kind, line] of [
    [receipt, /receipt/, /entry at index \d+: file-accepted/],
    [provenance, /PEP 740 provenance/, /certificate [0-9a-f]{64}/],
    [lock, /identity lock/, /a: unattested when locked, 0 files, of i/],
  ] as const) {
    const run = await world.countermark(["inspect", path]);
    assert.equal(run.status, 0, run.output);
    assert.match(run.stdout, kind);
    assert.match(run.stdout, /UNVERIFIED/);
    assert.match(run.stdout, line);
  }
});

test("inspect: what is nothing that is known gives status 4", async () => {
  assert.equal((await world.countermark(["inspect", wheel])).status, 4);
});
