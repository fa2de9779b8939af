// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  attestationDigest,
  attestationFromBundle,
  bundleFromAttestation,
  encodeAttestation,
  encodeBundle,
  encodeCanonicalJson,
  parseAttestation,
  parseBundle,
  utf8,
} from "../../src/index.ts";
import { digest } from "../x509/sample.ts";
import { sampleAttestation, sampleJson } from "./sample.ts";

const encode = (json: unknown): Uint8Array => utf8(JSON.stringify(json));
const material = sampleJson.verification_material;
const withMaterial = (change: object): Uint8Array =>
  encode({ ...sampleJson, verification_material: { ...material, ...change } });
const without = (name: "timestamps"): Uint8Array => {
  const { [name]: _, ...rest } = material;
  return encode({ ...sampleJson, verification_material: rest });
};

test("parseAttestation: reads what was encoded, and encodes it again to the same bytes", () => {
  const bytes = encodeAttestation(sampleAttestation);
  const { json, ...parts } = parseAttestation(bytes);
  const { json: madeJson, ...made } = sampleAttestation;
  assert.deepEqual(parts, made);
  assert.deepEqual(encodeCanonicalJson(json), encodeCanonicalJson(madeJson));
  assert.deepEqual(encodeAttestation(parseAttestation(bytes)), bytes);
});

test("parseAttestation: without timestamps, absent or null, it is one of Rekor v1", () => {
  assert.deepEqual(parseAttestation(without("timestamps")).timestamps, []);
  assert.deepEqual(parseAttestation(withMaterial({ timestamps: null })).timestamps, []);
});

test("attestationDigest: is of the canonical form of what was read, however it was spelled", () => {
  const reordered = encode(Object.fromEntries(Object.entries(sampleJson).toReversed()));
  const seen: Uint8Array[] = [];
  const record = (bytes: Uint8Array): Uint8Array => {
    seen.push(bytes);
    return digest(bytes);
  };
  attestationDigest(record, parseAttestation(reordered));
  assert.deepEqual(seen, [encodeAttestation(sampleAttestation)]);
});

test("attestationFromBundle: gives back what bundleFromAttestation took", () => {
  const bundle = bundleFromAttestation(sampleAttestation);
  assert.deepEqual(attestationFromBundle(bundle), sampleAttestation);
  assert.deepEqual(
    encodeAttestation(attestationFromBundle(parseBundle(encodeBundle(bundle), "0.3"))),
    encodeAttestation(sampleAttestation),
  );
});

for (const [what, bytes, code] of [
  ["version 2", encode({ ...sampleJson, version: 2 }), "out-of-range"],
  ["an unknown field", encode({ ...sampleJson, extra: 1 }), "unknown-field"],
  ["unknown material", withMaterial({ roughtime: [] }), "unknown-field"],
  [
    "an unknown field of the envelope",
    encode({ ...sampleJson, envelope: { ...sampleJson.envelope, keyid: "" } }),
    "unknown-field",
  ],
  ["no log entry", withMaterial({ transparency_entries: [] }), "missing-field"],
  [
    "five log entries",
    withMaterial({ transparency_entries: Array(5).fill(material.transparency_entries[0]) }),
    "too-many",
  ],
  ["five timestamps", withMaterial({ timestamps: Array(5).fill(material.timestamps[0]) }), "too-many"],
  ["a timestamp that is none", withMaterial({ timestamps: ["AAAA"] }), "not-der"],
  ["a certificate that is none", withMaterial({ certificate: "AAAA" }), "not-der"],
  [
    "base64url",
    withMaterial({ certificate: material.certificate.replace("/", "_").replace("+", "-") }),
    "not-base64",
  ],
  [
    "an attestation beyond the size limit",
    encode({ ...sampleJson, extra: "x".repeat(140_000) }),
    "too-large",
  ],
  ["no envelope", encode({ version: 1, verification_material: material }), "missing-field"],
] as const) {
  test(`parseAttestation: ${what} is refused`, () => assert.throws(() => parseAttestation(bytes), { code }));
}

test("attestationFromBundle: a bundle without a statement is refused", () => {
  const bundle = bundleFromAttestation(sampleAttestation);
  const { content } = bundle;
  assert.ok(content.kind === "dsse");
  assert.throws(
    () => attestationFromBundle({ ...bundle, content: { ...content, payloadType: "text/plain" } }),
    {
      code: "unsupported",
    },
  );
});
