// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bundleFromAttestation,
  encodeBundle,
  encodeInTotoStatement,
  PUBLISH_PREDICATE_TYPE,
  parseBundle,
  type SigstoreBundle,
  utf8,
} from "@countermark/formats";
import { type Artifact, verifyBundle } from "../../src/sigstore/bundle.ts";
import { contentOfBytes } from "../../src/sigstore/content.ts";
import { ORDINARY_DEMANDS } from "../../src/sigstore/signing.ts";
import { prepareTrustedRoot } from "../../src/sigstore/trusted-root.ts";
import { testCrypto } from "../support/node-crypto.ts";
import { sha256 } from "../support/toy-certificates.ts";
import { makeMessageWorld, makeWorld, soundPlan, TOY_FILE } from "../support/toy-sigstore.ts";

const ANYBODY = { ...ORDINARY_DEMANDS, signer: { kind: "any-identity" } } as const;
const plan = soundPlan();
const { attestation, root } = makeWorld(plan);
const dsse = bundleFromAttestation(attestation);
const message = makeMessageWorld(plan, TOY_FILE.bytes).bundle;
const bytes = contentOfBytes(TOY_FILE.bytes);
const digest = { kind: "digest", algorithm: "sha256", digest: TOY_FILE.sha256 } as const;
const otherBytes = contentOfBytes(utf8("other"));

const believed: readonly (readonly [string, SigstoreBundle, Artifact])[] = [
  ["a statement about the artifact", dsse, bytes],
  ["a statement about the artifact's digest", dsse, digest],
  ["a message signature over the artifact", message, bytes],
];
for (const [what, bundle, artifact] of believed) {
  test(`verifyBundle: ${what} is believed`, async () => {
    await verifyWith(bundle, artifact);
    await verifyWith(parseBundle(encodeBundle(bundle), "0.3"), artifact);
  });
}

const refused: readonly (readonly [string, SigstoreBundle, Artifact, string])[] = [
  ["a statement about another artifact", dsse, otherBytes, "digest-mismatch"],
  [
    "a statement about another digest",
    dsse,
    { kind: "digest", algorithm: "sha256", digest: sha256(utf8("other")) },
    "digest-mismatch",
  ],
  ["a message signature over another artifact", message, otherBytes, "digest-mismatch"],
  [
    "a message signature whose hint was changed too",
    withHint(message, utf8("other")),
    otherBytes,
    "log-entry-mismatch",
  ],
  [
    "a message signature and a digest of another algorithm",
    message,
    { kind: "digest", algorithm: "sha512", digest: new Uint8Array(64) },
    "artifact-digest-algorithm",
  ],
  ["an envelope of another type", withPayloadType(dsse, "text/plain"), bytes, "statement-payload-type"],
  [
    "an envelope with another payload",
    withPayload(dsse, encodeInTotoStatement(TOY_FILE, PUBLISH_PREDICATE_TYPE, "changed")),
    bytes,
    "log-entry-mismatch",
  ],
];
for (const [what, bundle, artifact, code] of refused) {
  test(`verifyBundle: ${what} is refused`, async () => {
    await assert.rejects(verifyWith(bundle, artifact), { code });
  });
}

test("verifyBundle: a signature over other bytes, logged and stamped as it is, is refused", async () => {
  const world = makeMessageWorld(plan, TOY_FILE.bytes, plan.signer.sign(utf8("other")));
  const prepared = await prepareTrustedRoot(world.root, testCrypto);
  await assert.rejects(verifyBundle(world.bundle, { ...ANYBODY, artifact: bytes }, prepared, testCrypto), {
    code: "attestation-signature",
  });
});

async function verifyWith(bundle: SigstoreBundle, artifact: Artifact) {
  const prepared = await prepareTrustedRoot(root, testCrypto);
  return await verifyBundle(bundle, { ...ANYBODY, artifact }, prepared, testCrypto);
}

function withHint(bundle: SigstoreBundle, artifact: Uint8Array): SigstoreBundle {
  const { content } = bundle;
  if (content.kind !== "message-signature") throw new TypeError("Cannot give an envelope a digest");
  return { ...bundle, content: { ...content, digest: { algorithm: "SHA2_256", value: sha256(artifact) } } };
}

function withPayloadType(bundle: SigstoreBundle, payloadType: string): SigstoreBundle {
  const { content } = bundle;
  if (content.kind !== "dsse") throw new TypeError("Cannot give a message a payload type");
  return { ...bundle, content: { ...content, payloadType } };
}

function withPayload(bundle: SigstoreBundle, payload: Uint8Array): SigstoreBundle {
  const { content } = bundle;
  if (content.kind !== "dsse") throw new TypeError("Cannot give a message a payload");
  return { ...bundle, content: { ...content, payload } };
}
