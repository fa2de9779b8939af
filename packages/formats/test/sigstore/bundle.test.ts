// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bundleFromAttestation,
  encodeBundle,
  parseBundle,
  parseUtf8,
  type SigstoreBundle,
  utf8,
} from "../../src/index.ts";
import { sampleAttestation } from "../attest/sample.ts";

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
  ["a bare key", material({ publicKey: { hint: "x" } }), "unsupported"],
  ["a certificate chain", material({ x509CertificateChain: { certificates: [] } }), "unsupported"],
  ["no log entry", material({ tlogEntries: [] }), "missing-field"],
  ["two contents", changed(dsse, () => sha1), "malformed"],
  ["no content", changed(dsse, () => ({ dsseEnvelope: undefined })), "malformed"],
  ["an envelope without signature", envelope({ signatures: [] }), "missing-field"],
  ["an envelope with two signatures", envelope({ signatures: [{}, {}] }), "too-many"],
  ["a digest of another algorithm", changed(message, () => sha1), "unsupported"],
] as const) {
  test(`parseBundle: ${what} is refused`, () => assert.throws(() => parseBundle(bytes, "0.3"), { code }));
}
