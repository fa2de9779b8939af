// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  derBitString,
  derBoolean,
  derExplicit,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  encodeBasicConstraints,
  encodeCertificate,
  encodeExtension,
  encodeHex,
  encodeSignatureAlgorithm,
  encodeTbsCertificate,
  parseCertificate,
} from "../../src/index.ts";
import { encodeSample, SIGNATURE, sampleFields } from "./sample.ts";

test("parseCertificate: says what was written", () => {
  const certificate = parseCertificate(encodeSample());
  assert.equal(encodeHex(certificate.serial), "010203");
  assert.deepEqual(certificate.issuer, sampleFields.issuer);
  assert.deepEqual(certificate.subject, sampleFields.subject);
  assert.equal(certificate.notBefore, sampleFields.notBefore);
  assert.equal(certificate.notAfter, sampleFields.notAfter);
  assert.equal(certificate.publicKey.kind, "ed25519");
  assert.deepEqual(certificate.signatureAlgorithm, { kind: "ecdsa", hash: "sha384" });
  assert.deepEqual(certificate.signature, SIGNATURE);
  assert.deepEqual(certificate.tbs, encodeTbsCertificate(sampleFields));
  assert.deepEqual(certificate.keyUsage, new Set(["digitalSignature"]));
  assert.deepEqual(certificate.extendedKeyUsage, ["1.3.6.1.5.5.7.3.3"]);
  assert.deepEqual(certificate.subjectAltName, [{ kind: "email", value: "dev@toy.test" }]);
  assert.deepEqual(certificate.basicConstraints, { ca: false, pathLength: null });
  assert.deepEqual(certificate.subjectKeyId, Uint8Array.of(1));
  assert.deepEqual(certificate.authorityKeyId, Uint8Array.of(2));
  assert.equal(certificate.extensions.length, 7);
});

const tbs = encodeTbsCertificate(sampleFields);
const { signatureAlgorithm: algorithm, extensions } = sampleFields;
const withExtension = (extension: Uint8Array) => encodeSample({ extensions: [...extensions, extension] });

const refused: readonly (readonly [string, Uint8Array, string])[] = [
  ["a certificate beyond the size limit", new Uint8Array(20_000), "too-large"],
  ["a byte after the end", Uint8Array.from([...encodeSample(), 0]), "trailing-data"],
  ["a certificate that is cut", encodeSample().subarray(0, -1), "truncated"],
  [
    "two algorithms that differ",
    encodeCertificate(tbs, { kind: "ecdsa", hash: "sha256" }, SIGNATURE),
    "malformed",
  ],
  [
    "a signature of broken octets",
    derSequence(tbs, encodeSignatureAlgorithm(algorithm), derBitString(Uint8Array.of(0), 1)),
    "not-der",
  ],
  ["a certificate of version 1", withoutVersion(), "unsupported"],
  ["a serial number of zero", encodeSample({ serial: Uint8Array.of(0) }), "out-of-range"],
  ["a serial number of 21 bytes", encodeSample({ serial: new Uint8Array(21).fill(1) }), "out-of-range"],
  ["an extension that is there twice", withExtension(encodeBasicConstraints(true, 0)), "malformed"],
  [
    "an extension that says it is not critical",
    withExtension(derSequence(derOid("1.2.3.5"), derBoolean(false), derOctetString())),
    "not-der",
  ],
  ["no extension at all", encodeSample({ extensions: [] }), "truncated"],
  [
    "65 extensions",
    encodeSample({
      extensions: Array.from({ length: 65 }, (_, i) =>
        encodeExtension(`1.2.3.${i}`, "not-critical", derNull()),
      ),
    }),
    "too-many",
  ],
  [
    "a path length of no authority",
    encodeSample({ extensions: [encodeBasicConstraints(false, 0)] }),
    "malformed",
  ],
  [
    "a name with a control character",
    encodeSample({
      extensions: [encodeExtension("2.5.29.17", "critical", derSequence(Uint8Array.of(0x86, 1, 0)))],
    }),
    "malformed",
  ],
  [
    "a name with a delete character",
    encodeSample({
      extensions: [encodeExtension("2.5.29.17", "critical", derSequence(Uint8Array.of(0x86, 1, 0x7f)))],
    }),
    "malformed",
  ],
  ["a name that is not DER", encodeSample({ issuer: derSequence(derNull()) }), "not-der"],
  [
    "a key of an unknown algorithm",
    encodeSample({ spki: derSequence(derSequence(derOid("1.2.3")), derBitString(Uint8Array.of(1))) }),
    "unsupported",
  ],
];
for (const [what, der, code] of refused) {
  test(`parseCertificate: ${what} is refused`, () => assert.throws(() => parseCertificate(der), { code }));
}

test("parseCertificate: no byte of it can be cut out without refusal", () => {
  const der = encodeSample();
  for (let i = 0; i < der.length; i++) {
    const cut = Uint8Array.from([...der.subarray(0, i), ...der.subarray(i + 1)]);
    assert.throws(() => parseCertificate(cut), { name: "ParseError" });
  }
});

test("parseCertificate: a flipped bit is refused or read, never another error", () => {
  const der = encodeSample();
  for (let i = 0; i < der.length * 8; i++) {
    const flipped = der.slice();
    flipped[i >> 3] = (flipped[i >> 3] ?? 0) ^ (1 << (i & 7));
    try {
      parseCertificate(flipped);
    } catch (error) {
      assert.equal(error instanceof Error && error.name, "ParseError");
    }
  }
});

function withoutVersion(): Uint8Array {
  const version = derExplicit(0, derInteger(2)).length;
  const body = derSequence(tbs.subarray(tbs[1] === 0x82 ? 4 : 3).subarray(version));
  return encodeCertificate(body, algorithm, SIGNATURE);
}
