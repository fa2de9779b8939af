// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bundleFromAttestation,
  encodeBundle,
  parseBundle,
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
    assert.deepEqual(encodeBundle(parseBundle(encodeBundle(bundle))), encodeBundle(bundle));
  });
}

/** A copy as plain JSON, with one change made to it. */
function changed(
  bundle: SigstoreBundle,
  change: (json: Record<string, Record<string, unknown>>) => void,
): Uint8Array {
  const json = JSON.parse(new TextDecoder().decode(encodeBundle(bundle)));
  change(json);
  return utf8(JSON.stringify(json));
}

const mediaType = (text: string): Uint8Array =>
  utf8(
    new TextDecoder()
      .decode(encodeBundle(dsse))
      .replace("application/vnd.dev.sigstore.bundle.v0.3+json", text),
  );

test("parseBundle: the other spelling of version 0.3 is read", () => {
  parseBundle(mediaType("application/vnd.dev.sigstore.bundle+json;version=0.3"));
});

test("parseBundle: null is absent, as protobuf says, and a key id hint is let through", () => {
  parseBundle(
    changed(dsse, (json) => {
      json["messageSignature"] = null as never;
      json["verificationMaterial"] = {
        ...json["verificationMaterial"],
        publicKey: null,
        x509CertificateChain: null,
      };
      const envelope = json["dsseEnvelope"];
      assert.ok(envelope);
      envelope["signatures"] = [{ ...(envelope["signatures"] as object[])[0], keyid: "x" }];
    }),
  );
});

test("parseBundle: absent timestamps are none", () => {
  const bytes = changed(dsse, (json) => {
    delete json["verificationMaterial"]?.["timestampVerificationData"];
  });
  assert.deepEqual(parseBundle(bytes).timestamps, []);
});

const material = (change: object) => (json: Record<string, Record<string, unknown>>) => {
  json["verificationMaterial"] = { ...json["verificationMaterial"], ...change };
};
const refused: readonly (readonly [string, Uint8Array, string])[] = [
  ["version 0.1", mediaType("application/vnd.dev.sigstore.bundle+json;version=0.1"), "unsupported"],
  ["version 0.2", mediaType("application/vnd.dev.sigstore.bundle+json;version=0.2"), "unsupported"],
  ["an unknown version", mediaType("application/vnd.dev.sigstore.bundle.v0.9+json"), "unsupported"],
  ["an unknown field", changed(dsse, (json) => void (json["extra"] = {})), "unknown-field"],
  ["unknown material", changed(dsse, material({ extra: 1 })), "unknown-field"],
  ["a bare key", changed(dsse, material({ publicKey: { hint: "x" } })), "unsupported"],
  [
    "a certificate chain",
    changed(dsse, material({ x509CertificateChain: { certificates: [] } })),
    "unsupported",
  ],
  ["no log entry", changed(dsse, material({ tlogEntries: [] })), "missing-field"],
  ["two contents", changed(dsse, (json) => void (json["messageSignature"] = {})), "unknown-field"],
  ["no content", changed(dsse, (json) => void delete json["dsseEnvelope"]), "missing-field"],
  [
    "an envelope without signature",
    changed(dsse, (json) => void (json["dsseEnvelope"] = { ...json["dsseEnvelope"], signatures: [] })),
    "missing-field",
  ],
  [
    "an envelope with two signatures",
    changed(dsse, (json) => void (json["dsseEnvelope"] = { ...json["dsseEnvelope"], signatures: [{}, {}] })),
    "too-many",
  ],
  [
    "a digest of another algorithm",
    changed(
      message,
      (json) =>
        void (json["messageSignature"] = {
          ...json["messageSignature"],
          messageDigest: { algorithm: "SHA1", digest: "" },
        }),
    ),
    "unsupported",
  ],
];
for (const [what, bytes, code] of refused) {
  test(`parseBundle: ${what} is refused`, () => assert.throws(() => parseBundle(bytes), { code }));
}
