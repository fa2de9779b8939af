// SPDX-License-Identifier: Apache-2.0
// What a caller may demand of a bundle beyond one signature, and Rekor v1: each a sound bundle with one thing wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bundleFromAttestation,
  parsePolicy,
  parsePublicKey,
  type RekorV1Body,
  type SigstoreBundle,
  type TlogEntry,
  type TrustedRoot,
} from "@countermark/formats";
import { type BundleDemands, verifyBundle } from "../../src/sigstore/bundle.ts";
import { contentOfBytes } from "../../src/sigstore/content.ts";
import { ORDINARY_DEMANDS } from "../../src/sigstore/signing.ts";
import type { StepId } from "../../src/sigstore/steps.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { ONE_OF_EACH } from "../../src/thresholds.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { sha256, TOY_TIME } from "../support/toy-certificates.ts";
import { toyP256 } from "../support/toy-keys.ts";
import { makeV1Entry, rekorV1Log, soundV1Entry, type ToyV1Entry } from "../support/toy-rekor-v1.ts";
import { makeMessageWorld, makeWorld, soundPlan, TOY_FILE } from "../support/toy-sigstore.ts";

const plan = soundPlan();
const world = makeWorld(plan);
const root: TrustedRoot = { ...world.root, tlogs: [...world.root.tlogs, rekorV1Log()] };
const envelope = bundleFromAttestation(world.attestation);
const message = makeMessageWorld(plan, TOY_FILE.bytes).bundle;
const stranger = toyP256("stranger");
const demands: BundleDemands = {
  ...ORDINARY_DEMANDS,
  artifact: contentOfBytes(TOY_FILE.bytes),
  signer: { kind: "any-identity" },
};

async function verify(bundle: SigstoreBundle, change: Partial<BundleDemands> = {}, trusted = root) {
  return await verifyBundle(
    bundle,
    { ...demands, ...change },
    await prepareTrustedRoot(trusted, testCrypto),
    testCrypto,
  );
}

function leafOf({ signer }: SigstoreBundle) {
  if (signer.kind !== "certificate") throw new TypeError("Cannot take a certificate from a bundle by a key");
  return signer.certificate;
}

const verifier = { kind: "certificate", der: leafOf(envelope).der } as const;
const bodies = {
  hashedrekord: {
    kind: "hashedrekord",
    version: "0.0.1",
    algorithm: "sha256",
    digest: TOY_FILE.sha256,
    signature: message.content.signature,
    verifier: { kind: "certificate", der: leafOf(message).der },
  },
  dsse: {
    kind: "dsse",
    version: "0.0.1",
    payloadSha256: sha256(world.attestation.statement),
    envelopeSha256: sha256(TOY_FILE.bytes),
    signature: envelope.content.signature,
    verifier,
  },
  intoto: {
    kind: "intoto",
    version: "0.0.2",
    payloadType: "application/vnd.in-toto+json",
    payloadSha256: sha256(world.attestation.statement),
    envelopeSha256: sha256(TOY_FILE.bytes),
    signature: envelope.content.signature,
    verifier,
  },
} as const satisfies Record<string, RekorV1Body>;

/** A bundle whose only time and log is Rekor v1. */
function loggedInV1(
  kind: keyof typeof bodies,
  body: Partial<RekorV1Body> = {},
  entry: Partial<ToyV1Entry> = {},
) {
  const bundle = kind === "hashedrekord" ? message : envelope;
  const changed = { ...bodies[kind], ...body } as RekorV1Body; // of one kind: the tests change fields of it
  return { ...bundle, timestamps: [], tlogEntries: [makeV1Entry({ ...soundV1Entry(changed), ...entry })] };
}

for (const kind of ["hashedrekord", "dsse", "intoto"] as const) {
  test(`verifyBundle: an entry of Rekor v1 (${kind}) is believed, and its promise is the time`, async () => {
    assert.equal((await verify(loggedInV1(kind))).signedAt, TOY_TIME + 5);
  });
  const other = sha256(new Uint8Array(1));
  for (const [what, body] of [
    ["another signature", { signature: other }],
    [
      "another certificate",
      { verifier: { ...verifier, der: world.root.certificateAuthorities[0]?.certificates[0]?.der } },
    ],
    ["a key in place of the certificate", { verifier: { kind: "public-key", der: stranger.spki } }],
    ["another content", kind === "hashedrekord" ? { digest: other } : { payloadSha256: other }],
  ] as const) {
    test(`verifyBundle: an entry of Rekor v1 (${kind}) with ${what} is refused`, async () => {
      await assert.rejects(verify(loggedInV1(kind, body as Partial<RekorV1Body>)), {
        code: "log-entry-mismatch",
      });
    });
  }
}

test("verifyBundle: an intoto entry about another payload type is refused", async () => {
  await assert.rejects(verify(loggedInV1("intoto", { payloadType: "text/plain" })), {
    code: "log-entry-mismatch",
  });
});

test("verifyBundle: an entry whose body is of another kind than it says is refused", async () => {
  const bundle = loggedInV1("dsse");
  const tlogEntries = bundle.tlogEntries.map((entry) => ({ ...entry, kind: "intoto", version: "0.0.2" }));
  await assert.rejects(verify({ ...bundle, tlogEntries }), { code: "log-entry-mismatch" });
});

const v1 = loggedInV1("dsse");
const [v1Entry] = v1.tlogEntries;
const [v2Entry] = envelope.tlogEntries;
assert.ok(v1Entry?.inclusionPromise && v1Entry.inclusionProof && v2Entry);
/** As a bundle of version 0.1 may have it. */
const promisedEntry = { ...v1Entry, inclusionPromise: v1Entry.inclusionPromise, inclusionProof: null };
const withEntries = (...tlogEntries: readonly TlogEntry[]): SigstoreBundle => ({ ...envelope, tlogEntries });
const untimed = {
  ...v1,
  tlogEntries: [{ ...v1Entry, inclusionProof: v1Entry.inclusionProof, inclusionPromise: null }],
};

const refused: readonly (readonly [string, SigstoreBundle, Partial<BundleDemands>, string])[] = [
  [
    "a promise by a stranger",
    loggedInV1("dsse", {}, { promiseSigner: stranger }),
    {},
    "log-promise-signature",
  ],
  [
    "a promise for another time",
    { ...v1, tlogEntries: [{ ...v1Entry, integratedTime: TOY_TIME + 6 }] },
    {},
    "log-promise-signature",
  ],
  [
    "a promise for another index",
    { ...v1, tlogEntries: [{ ...v1Entry, logIndex: 7 }] },
    {},
    "log-promise-signature",
  ],
  ["a time without a promise", untimed, {}, "timestamp-missing"],
  [
    "a promised time before the certificate",
    loggedInV1("dsse", {}, { time: TOY_TIME - 1 }),
    {},
    "certificate-not-yet-valid",
  ],
  [
    "a promise of Rekor v2",
    withEntries({ ...v2Entry, inclusionPromise: Uint8Array.of(1) }),
    {},
    "log-promise-unexpected",
  ],
  ["no entry", withEntries(), {}, "log-entry-missing"],
  ["one entry twice", withEntries(v2Entry, v2Entry), {}, "log-entry-duplicate"],
  [
    "a checkpoint of another host",
    loggedInV1("dsse", {}, { origin: "other.test - 1" }),
    {},
    "checkpoint-origin",
  ],
  [
    "a checkpoint without a tree id",
    loggedInV1("dsse", {}, { origin: "v1.rekor.toy.test" }),
    {},
    "checkpoint-origin",
  ],
  [
    "a checkpoint of a tree id in words",
    loggedInV1("dsse", {}, { origin: "v1.rekor.toy.test - one" }),
    {},
    "checkpoint-origin",
  ],
  ["a line under another name", loggedInV1("dsse", {}, { name: "other.test" }), {}, "log-signature-missing"],
  ["a line by a stranger", loggedInV1("dsse", {}, { signer: stranger }), {}, "log-signature-invalid"],
  ["one log of two wanted", envelope, { thresholds: { ...ONE_OF_EACH, logs: 2 } }, "threshold-logs"],
  [
    "two logs of one operator, two wanted",
    withEntries(v2Entry, v1Entry),
    { thresholds: { ...ONE_OF_EACH, logs: 2 } },
    "threshold-logs",
  ],
  [
    "two clocks of one operator, two wanted",
    withEntries(v2Entry, v1Entry),
    { thresholds: { ...ONE_OF_EACH, times: 2 } },
    "threshold-times",
  ],
  [
    "one certificate log of two wanted",
    envelope,
    { thresholds: { ...ONE_OF_EACH, ctLogs: 2 } },
    "threshold-ct-logs",
  ],
  ["a certificate where a key is wanted", envelope, { signer: keySigner(stranger.spki) }, "signer-kind"],
  [
    "a key where a certificate is wanted",
    { ...message, signer: { kind: "public-key", hint: "" } },
    {},
    "signer-kind",
  ],
];
for (const [what, bundle, change, code] of refused) {
  test(`verifyBundle: ${what} is refused`, async () =>
    await assert.rejects(verify(bundle, change), { code }));
}

test("verifyBundle: an envelope beside a hashedrekord entry of Rekor v1 is refused", async () => {
  const [entry] = loggedInV1("hashedrekord").tlogEntries;
  assert.ok(entry);
  await assert.rejects(verify(withEntries(entry)), { code: "log-entry-mismatch" });
});

test("verifyBundle: two logs and clocks of two operators are two", async () => {
  const [v2Log] = world.root.tlogs;
  assert.ok(v2Log);
  const trusted = { ...root, tlogs: [v2Log, rekorV1Log({ operator: "another.test" })] };
  await verify(withEntries(v2Entry, v1Entry), { thresholds: { logs: 2, ctLogs: 1, times: 2 } }, trusted);
});

test("verifyBundle: a threshold of nothing is a mistake of the caller", async () => {
  for (const thresholds of [
    { ...ONE_OF_EACH, logs: 0 },
    { ...ONE_OF_EACH, times: 0.5 },
  ]) {
    await assert.rejects(verify(envelope, { thresholds }), { name: "TypeError" });
  }
});

test("verifyBundle: in version 0.1 a promise stands for the proof", async () => {
  await verify({ ...v1, tlogEntries: [promisedEntry] });
});

test("verifyBundle: a timestamp is a time where the promise is absent", async () => {
  await verify({ ...untimed, timestamps: envelope.timestamps });
});

function keySigner(spki: Uint8Array) {
  return { kind: "key", key: parsePublicKey(spki, "key"), rsaPadding: "pkcs1" } as const;
}

test("verifyBundle: a known key's signature is believed, and another key's is not", async () => {
  const { spki } = plan.signer;
  const body = { ...bodies.hashedrekord, verifier: { kind: "public-key", der: spki } } as const;
  const bundle: SigstoreBundle = {
    ...loggedInV1("hashedrekord", body),
    signer: { kind: "public-key", hint: "a hint" },
  };
  const evidence = await verify(bundle, { signer: keySigner(spki) });
  assert.equal(evidence.kind, "key");
  await assert.rejects(verify(bundle, { signer: keySigner(stranger.spki) }), { code: "log-entry-mismatch" });
});

test("verifyBundle: the name and the issuer are compared as a whole", async () => {
  const evidence = await verify(envelope);
  assert.ok(evidence.kind === "identity" && "value" in evidence.san && evidence.claims.issuer !== null);
  const { value: name } = evidence.san;
  const { issuer } = evidence.claims;
  await verify(envelope, { signer: { kind: "identity", name, issuer } });
  for (const wrong of ["", name.slice(0, -1), `${name}x`, name.toUpperCase(), ".*"]) {
    const signer = { kind: "identity", name: wrong, issuer } as const;
    await assert.rejects(verify(envelope, { signer }), { code: "identity-name" }, wrong);
  }
  for (const wrong of ["", issuer.slice(0, -1), `${issuer}/`, issuer.toUpperCase()]) {
    const signer = { kind: "identity", name, issuer: wrong } as const;
    await assert.rejects(verify(envelope, { signer }), { code: "identity-issuer" }, wrong);
  }
});

test("verifyBundle: cosigners are demanded by a policy, and counted", async () => {
  const policy = parsePolicy("quorum none\n", testCrypto.sha256);
  const cosigners = { kind: "quorum", policy, now: TOY_TIME + 60, toleranceSeconds: 0 } as const;
  await assert.rejects(verify(envelope, { cosigners }), { code: "log-signature-missing" });
  const promised = { ...v1, tlogEntries: [promisedEntry] };
  await assert.rejects(verify(promised, { cosigners }), { code: "log-proof-missing" });
});

test("verifyBundle: tells every step that held, in order, up to the one that does not", async () => {
  const told: StepId[] = [];
  await verify(envelope, { trace: (step) => told.push(step) });
  assert.deepEqual(told, [
    "artifact",
    "timestamps",
    "promises",
    "times",
    "issued",
    "alive",
    "sct",
    "entries",
    "cosigners",
    "signature",
    "identity",
  ]);
  told.length = 0;
  const trace = (step: StepId): void => void told.push(step);
  await assert.rejects(verify({ ...envelope, tlogEntries: [] }, { trace }), { code: "log-entry-missing" });
  assert.deepEqual(told, ["artifact", "timestamps", "promises", "times", "issued", "alive", "sct"]);
});

test("verifyBundle: an entry with neither proof nor promise is refused, whoever made the object", async () => {
  const unproved = { ...v1Entry, inclusionProof: null, inclusionPromise: null };
  // The type forbids it, which a caller without types does not see.
  const tlogEntries = [unproved as unknown as TlogEntry];
  await assert.rejects(verify({ ...envelope, tlogEntries }), { code: "log-proof-missing" });
});
