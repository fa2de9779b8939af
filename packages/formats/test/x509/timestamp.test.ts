// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  CMS_OIDS,
  derBitString,
  derBoolean,
  derExplicit,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  encodeExtension,
  encodeMessageImprint,
  encodeTimestampRequest,
  parseCertificateRequest,
  parseTimestamp,
  parseTimestampRequest,
  parseTstInfo,
  utf8,
} from "../../src/index.ts";
import { digest, encodeSampleTimestamp, SIGNATURE, sampleFields } from "./sample.ts";

const der = encodeSampleTimestamp();
const imprint = { algorithm: "sha256", digest: digest(utf8("x")) } as const;

test("parseTimestamp: says what was written", () => {
  const timestamp = parseTimestamp(der);
  assert.equal(timestamp.info.time, 1_780_000_005);
  assert.deepEqual(timestamp.info.imprint, imprint);
  assert.deepEqual(timestamp.info.nonce, Uint8Array.of(5));
  assert.equal(timestamp.attributes.contentType, CMS_OIDS.tstInfo);
  assert.deepEqual(timestamp.attributes.messageDigest, digest(timestamp.infoBytes));
  assert.equal(timestamp.attributes.signingCertificate.algorithm, "sha256");
  assert.deepEqual(timestamp.signer, {
    kind: "issuer-and-serial",
    issuer: sampleFields.issuer,
    serial: sampleFields.serial,
  });
  assert.deepEqual(timestamp.signature, SIGNATURE);
  assert.equal(timestamp.signedBytes[0], 0x31);
});

const oid = (dotted: string): string => Buffer.from(derOid(dotted)).toString("latin1");
/** The sample with one piece of it replaced by another of the same length. */
const replaced = (from: string, to: string, which: "first" | "last" = "last"): Uint8Array => {
  const text = Buffer.from(der).toString("latin1");
  const at = which === "first" ? text.indexOf(from) : text.lastIndexOf(from);
  assert.ok(at >= 0 && from.length === to.length);
  return new Uint8Array(Buffer.from(text.slice(0, at) + to + text.slice(at + from.length), "latin1"));
};

for (const [what, bytes, code] of [
  ["a response beyond the size limit", new Uint8Array(40_000), "too-large"],
  ["a refusal", derSequence(derSequence(derInteger(2))), "unsupported"],
  ["a grant without token", derSequence(derSequence(derInteger(0))), "truncated"],
  ["a byte after the end", Uint8Array.from([...der, 0]), "trailing-data"],
  [
    "another content than SignedData",
    replaced(oid(CMS_OIDS.signedData), oid("1.2.840.113549.1.7.3")),
    "unsupported",
  ],
  [
    "another signed content than TSTInfo",
    replaced(oid(CMS_OIDS.tstInfo), oid("1.2.840.113549.1.9.16.1.5"), "first"),
    "unsupported",
  ],
  ["no message digest", replaced(oid(CMS_OIDS.messageDigest), oid("1.2.840.113549.1.9.6")), "missing-field"],
  ["no content type", replaced(oid(CMS_OIDS.contentType), oid("1.2.840.113549.1.9.7")), "missing-field"],
  [
    "no signing certificate",
    replaced(oid(CMS_OIDS.signingCertificateV2), oid("1.2.840.113549.1.9.16.2.48")),
    "missing-field",
  ],
  [
    "an attribute that is there twice",
    replaced(oid(CMS_OIDS.messageDigest), oid(CMS_OIDS.contentType)),
    "malformed",
  ],
  ["a signature of an unknown algorithm", replaced(oid("1.3.101.112"), oid("1.3.101.113")), "unsupported"],
] as const) {
  test(`parseTimestamp: ${what} is refused`, () => assert.throws(() => parseTimestamp(bytes), { code }));
}

test("parseTimestamp: no byte of it can be cut out without refusal", () => {
  for (let i = 0; i < der.length; i++) {
    const cut = Uint8Array.from([...der.subarray(0, i), ...der.subarray(i + 1)]);
    assert.throws(() => parseTimestamp(cut), { name: "ParseError" });
  }
});

const time = Uint8Array.from([0x18, 15, ...utf8("20260131235959Z")]);
const tstInfo = (...optional: readonly Uint8Array[]): Uint8Array =>
  derSequence(
    derInteger(1),
    derOid("1.2.3"),
    encodeMessageImprint(imprint),
    derInteger(7),
    time,
    ...optional,
  );

test("parseTstInfo: accuracy, ordering, nonce, name and plain extensions are let through", () => {
  const extensions = encodeExtension("1.2.3", "not-critical", derNull());
  const tagged = derExplicit(1, extensions);
  const info = parseTstInfo(
    tstInfo(derSequence(derInteger(1)), derBoolean(true), derInteger(9), derExplicit(0, derNull()), tagged),
    "test",
  );
  assert.equal(info.time, 1_769_903_999);
});

for (const [what, bytes, code] of [
  [
    "a critical extension",
    tstInfo(derExplicit(1, encodeExtension("1.2.3", "critical", derNull()))),
    "unsupported",
  ],
  ["version 2", derSequence(derInteger(2)), "unsupported"],
  [
    "an imprint of another length",
    derSequence(
      derInteger(1),
      derOid("1.2.3"),
      derSequence(derSequence(derOid("2.16.840.1.101.3.4.2.2")), derOctetString(new Uint8Array(32))),
    ),
    "out-of-range",
  ],
  [
    "an imprint by SHA-1",
    derSequence(
      derInteger(1),
      derOid("1.2.3"),
      derSequence(derSequence(derOid("1.3.14.3.2.26")), derOctetString(new Uint8Array(20))),
    ),
    "unsupported",
  ],
] as const) {
  test(`parseTstInfo: ${what} is refused`, () => assert.throws(() => parseTstInfo(bytes, "test"), { code }));
}

test("parseTimestampRequest: reads what encodeTimestampRequest wrote", () => {
  for (const certificates of [true, false]) {
    assert.deepEqual(parseTimestampRequest(encodeTimestampRequest(imprint, certificates)), {
      imprint,
      policy: null,
      nonce: null,
      certificates,
    });
  }
});

test("parseTimestampRequest: a nonce, a policy and a default that is written out are read", () => {
  const request = derSequence(
    derInteger(1),
    encodeMessageImprint(imprint),
    derOid("1.2.3"),
    derInteger(9),
    derBoolean(false),
  );
  const { policy, nonce, certificates } = parseTimestampRequest(request);
  assert.deepEqual(
    { policy, nonce, certificates },
    { policy: "1.2.3", nonce: Uint8Array.of(9), certificates: false },
  );
});

for (const [what, bytes, code] of [
  ["version 2", derSequence(derInteger(2)), "unsupported"],
  [
    "an extension",
    derSequence(derInteger(1), encodeMessageImprint(imprint), derExplicit(0, derNull())),
    "unsupported",
  ],
  ["a request beyond the size limit", new Uint8Array(40_000), "too-large"],
] as const) {
  test(`parseTimestampRequest: ${what} is refused`, () =>
    assert.throws(() => parseTimestampRequest(bytes), { code }));
}

const info = derSequence(derInteger(0), derSequence(), sampleFields.spki, derExplicit(0));
const ed25519 = derSequence(derOid("1.3.101.112"));

test("parseCertificateRequest: reads the key and its proof of possession", () => {
  const request = parseCertificateRequest(derSequence(info, ed25519, derBitString(SIGNATURE)));
  assert.deepEqual(request.publicKey.spki, sampleFields.spki);
  assert.deepEqual(request.signedBytes, info);
  assert.deepEqual(request.signature, SIGNATURE);
});

for (const [what, bytes, code] of [
  [
    "version 2",
    derSequence(
      derSequence(derInteger(1), derSequence(), sampleFields.spki, derExplicit(0)),
      ed25519,
      derBitString(SIGNATURE),
    ),
    "unsupported",
  ],
  [
    "no attributes",
    derSequence(
      derSequence(derInteger(0), derSequence(), sampleFields.spki),
      ed25519,
      derBitString(SIGNATURE),
    ),
    "truncated",
  ],
  ["a request beyond the size limit", new Uint8Array(20_000), "too-large"],
] as const) {
  test(`parseCertificateRequest: ${what} is refused`, () =>
    assert.throws(() => parseCertificateRequest(bytes), { code }));
}
