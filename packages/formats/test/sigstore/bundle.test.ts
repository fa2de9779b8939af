// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attestationFromBundle,
  bundleFromAttestation,
  encodeBase64,
  encodeBundle,
  parseBundle,
  parseUtf8,
  type SigstoreBundle,
  utf8,
} from "../../src/index.ts";
import { sampleAttestation } from "../attest/sample.ts";
import { encodeSample, sampleFields } from "../x509/sample.ts";

const dsse = bundleFromAttestation(sampleAttestation);
const message: SigstoreBundle = {
  ...dsse,
  content: {
    kind: "message-signature",
    digest: { algorithm: "SHA2_256", value: new Uint8Array(32) },
    signature: Uint8Array.of(1),
  },
};

for (const [what, bundle] of [
  ["an envelope", dsse],
  ["a message signature", message],
] as const) {
  test(`parseBundle: reads ${what} that was encoded`, () => {
    assert.deepEqual(encodeBundle(parseBundle(encodeBundle(bundle), "0.3")), encodeBundle(bundle));
  });
}

type Json = Readonly<Record<string, unknown>>;

/** A copy with some members of it replaced; undefined ones are left out. */
function changed(bundle: SigstoreBundle, change: (json: Readonly<Record<string, Json>>) => Json): Uint8Array {
  const json = JSON.parse(parseUtf8(encodeBundle(bundle), "test"));
  return utf8(JSON.stringify({ ...json, ...change(json) }));
}

const mediaType = (mediaType: string): Uint8Array => changed(dsse, () => ({ mediaType }));
const material = (change: Json): Uint8Array =>
  changed(dsse, ({ verificationMaterial }) => ({
    verificationMaterial: { ...verificationMaterial, ...change },
  }));
const envelope = (change: Json): Uint8Array =>
  changed(dsse, ({ dsseEnvelope }) => ({ dsseEnvelope: { ...dsseEnvelope, ...change } }));

test("parseBundle: the other spelling of version 0.3 is read", () => {
  parseBundle(mediaType("application/vnd.dev.sigstore.bundle+json;version=0.3"), "0.3");
});

test("parseBundle: null is absent, as protobuf says", () => {
  parseBundle(material({ publicKey: null, x509CertificateChain: null }), "0.3");
  parseBundle(
    changed(dsse, () => ({ messageSignature: null })),
    "0.3",
  );
});

test("parseBundle: a key id, which is a hint, is let through", () => {
  parseBundle(envelope({ signatures: [{ sig: "AQ==", keyid: "x" }] }), "0.3");
});

test("parseBundle: absent timestamps are none", () => {
  assert.deepEqual(parseBundle(material({ timestampVerificationData: undefined }), "0.3").timestamps, []);
  assert.deepEqual(parseBundle(material({ timestampVerificationData: {} }), "0.3").timestamps, []);
});

const sha1 = { messageSignature: { messageDigest: { algorithm: "SHA1", digest: "" }, signature: "AQ==" } };
for (const [what, bytes, code] of [
  ["version 0.1", mediaType("application/vnd.dev.sigstore.bundle+json;version=0.1"), "unsupported"],
  ["version 0.2", mediaType("application/vnd.dev.sigstore.bundle+json;version=0.2"), "unsupported"],
  ["an unknown version", mediaType("application/vnd.dev.sigstore.bundle.v0.9+json"), "unsupported"],
  ["an unknown field", changed(dsse, () => ({ extra: {} })), "unknown-field"],
  ["unknown material", material({ extra: 1 }), "unknown-field"],
  ["two signers", material({ publicKey: { hint: "x" } }), "unsupported"],
  ["no signer", material({ certificate: null }), "unsupported"],
  [
    "a certificate chain",
    material({ certificate: null, x509CertificateChain: { certificates: [] } }),
    "unsupported",
  ],
  ["no list of log entries", material({ tlogEntries: null }), "wrong-type"],
  ["two contents", changed(dsse, () => sha1), "malformed"],
  ["no content", changed(dsse, () => ({ dsseEnvelope: undefined })), "malformed"],
  ["an envelope without signature", envelope({ signatures: [] }), "missing-field"],
  ["an envelope with two signatures", envelope({ signatures: [{}, {}] }), "too-many"],
  ["a digest of another algorithm", changed(message, () => sha1), "unsupported"],
] as const) {
  test(`parseBundle: ${what} is refused`, () => assert.throws(() => parseBundle(bytes, "0.3"), { code }));
}

const V1 = "application/vnd.dev.sigstore.bundle+json;version=0.1";
const V2 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
const leaf = { rawBytes: Buffer.from(encodeSample()).toString("base64") };
const selfIssued = Buffer.from(encodeSample({ issuer: sampleFields.issuer, subject: sampleFields.issuer }));
const root = { rawBytes: selfIssued.toString("base64") };
const [entry] = bundleJson().verificationMaterial.tlogEntries;
const promised = { ...entry, inclusionPromise: { signedEntryTimestamp: "AQ==" }, inclusionProof: undefined };

/** A bundle of an older version, with a chain of these certificates. */
function chained(
  mediaType: string,
  certificates: readonly object[],
  tlogEntries: readonly object[],
): Uint8Array {
  const json = bundleJson();
  const { certificate: _, ...others } = json.verificationMaterial;
  const verificationMaterial = { ...others, x509CertificateChain: { certificates }, tlogEntries };
  return utf8(JSON.stringify({ ...json, mediaType, verificationMaterial }));
}

function bundleJson() {
  return JSON.parse(parseUtf8(encodeBundle(dsse), "test"));
}

test("parseBundle: older versions are read by who asks for them, and a chain is its first certificate", () => {
  const v2 = parseBundle(chained(V2, [leaf], [entry]), "0.2");
  assert.equal(v2.version, "0.2");
  assert.deepEqual(v2.signer.kind === "certificate" && v2.signer.certificate.der, encodeSample());
  assert.equal(parseBundle(chained(V1, [leaf], [promised]), "0.1").tlogEntries[0]?.inclusionProof, null);
});

test("parseBundle: a bare key is a hint", () => {
  const bytes = material({ certificate: null, publicKey: { hint: "x" } });
  assert.deepEqual(parseBundle(bytes, "0.3").signer, { kind: "public-key", hint: "x" });
  assert.deepEqual(parseBundle(encodeBundle(parseBundle(bytes, "0.3")), "0.3").signer.kind, "public-key");
  assert.throws(() => attestationFromBundle(parseBundle(bytes, "0.3")), { code: "unsupported" });
});

test("parseBundle: an envelope of a bill of materials is read, and one beyond every measure is not", () => {
  const statement = (length: number) => envelope({ payload: encodeBase64(new Uint8Array(length)) });
  const { content } = parseBundle(statement(16 * 1024 * 1024), "0.3");
  assert.ok(content.kind === "dsse" && content.payload.length === 16 * 1024 * 1024);
  assert.throws(() => parseBundle(statement(25 * 1024 * 1024), "0.3"), { code: "too-large" });
});

test("parseBundle: a message signature may be without its hint", () => {
  const bytes = changed(message, () => ({ messageSignature: { signature: "AQ==" } }));
  const { content } = parseBundle(bytes, "0.3");
  assert.equal(content.kind === "message-signature" && content.digest, null);
});

for (const [what, bytes, oldest, code] of [
  ["version 0.1 below the floor", chained(V1, [leaf], [promised]), "0.2", "unsupported"],
  ["version 0.2 below the floor", chained(V2, [leaf], [entry]), "0.3", "unsupported"],
  ["version 0.1 without a promise", chained(V1, [leaf], [entry]), "0.1", "missing-field"],
  ["version 0.2 without a proof", chained(V2, [leaf], [promised]), "0.1", "missing-field"],
  ["an empty chain", chained(V2, [], [entry]), "0.2", "missing-field"],
  ["a chain with its root", chained(V2, [leaf, root], [entry]), "0.2", "malformed"],
] as const) {
  test(`parseBundle: ${what} is refused`, () => assert.throws(() => parseBundle(bytes, oldest), { code }));
}
