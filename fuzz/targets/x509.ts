// SPDX-License-Identifier: Apache-2.0
import {
  CERTIFICATE_BYTES_MAX,
  contextConstructed,
  type DerReader,
  derBitString,
  derImplicitConstructed,
  derInteger,
  derSequence,
  type EcdsaSignature,
  encodeEcdsaSignature,
  encodePem,
  encodeRfc3339,
  encodeSignatureAlgorithm,
  encodeTimestampRequest,
  encodeTstInfo,
  parseCertificate,
  parseCertificateRequest,
  parseEcdsaSignature,
  parseFulcioExtensions,
  parsePem,
  parsePublicKey,
  parseRfc3339,
  parseSctList,
  parseTimestamp,
  parseTimestampRequest,
  parseTstInfo,
  precertificateTbs,
  readDer,
  TIMESTAMP_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import { encodeSample, encodeSampleTimestamp } from "../../packages/formats/test/x509/sample.ts";
import { makeWorld, soundPlan } from "../../packages/verify/test/support/toy-sigstore.ts";
import { agreesWithOpenSsl, canonical, keyAgreesWithOpenSsl, nothing, stable, textOf } from "../oracles.ts";
import { conformance, inside, texts } from "../seeds.ts";
import { expect, expectBytes, row, type Target } from "../target.ts";

const { attestation, root } = makeWorld(soundPlan());
const published = (): readonly Uint8Array[] =>
  conformance(
    "pep740/*attestation",
    "trust/trusted_root.json",
    "sigstore/bundle-verify/*/bundle.sigstore.json",
  );

function certificates(): readonly Uint8Array[] {
  const authorities = [...root.certificateAuthorities, ...root.timestampAuthorities];
  const toys = authorities.flatMap((authority) => authority.certificates.map(({ der }) => der));
  return [encodeSample(), attestation.certificate.der, ...toys, ...inside(published(), parseCertificate)];
}

function timestamps(): readonly Uint8Array[] {
  return [
    encodeSampleTimestamp(),
    ...attestation.timestamps.map(({ der }) => der),
    ...inside(published(), parseTimestamp),
  ];
}

/** A request by the sample's key; what it asks for is not read. */
function certificateRequest(): Uint8Array {
  const { publicKey, signatureAlgorithm } = attestation.certificate;
  const info = derSequence(derInteger(0), derSequence(), publicKey.spki, derImplicitConstructed(0));
  return derSequence(info, encodeSignatureAlgorithm(signatureAlgorithm), derBitString(attestation.signature));
}

export const X509_TARGETS: readonly Target[] = [
  row({
    name: "der",
    bytesMax: CERTIFICATE_BYTES_MAX,
    seeds: () => [...certificates(), ...timestamps()],
    read: (input) => walk(readDer(input, "fuzz")),
    accepted: nothing,
  }),
  row({
    name: "certificate",
    bytesMax: CERTIFICATE_BYTES_MAX,
    seeds: certificates,
    read: (input) => parseCertificate(input),
    accepted: agreesWithOpenSsl,
  }),
  row({
    name: "certificate-scts",
    bytesMax: CERTIFICATE_BYTES_MAX,
    seeds: certificates,
    read: (input) => {
      const certificate = parseCertificate(input);
      return { scts: parseSctList(certificate), others: certificate.extensions.length - 1 };
    },
    accepted: ({ scts, others }, input) => {
      // A certificate has an extension at least.
      if (scts.length === 0 || others === 0) return;
      const { extensions } = parseCertificate(precertificateOf(input));
      expect(extensions.length === others, "a precertificate has every extension but the SCTs");
    },
  }),
  row({
    name: "certificate-claims",
    bytesMax: CERTIFICATE_BYTES_MAX,
    seeds: certificates,
    read: (input) => parseFulcioExtensions(parseCertificate(input)),
    accepted: nothing,
  }),
  row({
    name: "public-key",
    bytesMax: CERTIFICATE_BYTES_MAX,
    seeds: () => [
      ...certificates().map((der) => parseCertificate(der).publicKey.spki),
      ...inside(published(), (der) => parsePublicKey(der, "seed")),
    ],
    read: (input) => parsePublicKey(input, "fuzz"),
    accepted: keyAgreesWithOpenSsl,
  }),
  ...(["der", "raw"] as const).map((encoding) =>
    row({
      name: `ecdsa-signature-${encoding}`,
      bytesMax: 1_024,
      seeds: () => [
        encodeEcdsaSignature(parseEcdsaSignature(attestation.signature, "p256", "der"), encoding),
      ],
      read: (input) => parseEcdsaSignature(input, "p256", encoding),
      accepted: canonical((pair: EcdsaSignature) => encodeEcdsaSignature(pair, encoding)),
    }),
  ),
  row({
    name: "ecdsa-signature",
    bytesMax: 256,
    seeds: () => [derSequence(derInteger(1), derInteger(new Uint8Array(32).fill(0x80)))],
    read: (input) => parseEcdsaSignature(input, "p256", "der"),
    accepted: canonical((pair: EcdsaSignature) => encodeEcdsaSignature(pair, "der")),
  }),
  row({
    name: "certificate-request",
    bytesMax: CERTIFICATE_BYTES_MAX,
    seeds: () => [certificateRequest()],
    read: parseCertificateRequest,
    accepted: nothing,
  }),
  row({
    name: "timestamp",
    bytesMax: TIMESTAMP_BYTES_MAX,
    seeds: timestamps,
    read: (input) => parseTimestamp(input),
    accepted: ({ info, signedBytes }) => {
      expect(Number.isSafeInteger(info.time), "a timestamp's time is a number of seconds");
      expect(signedBytes[0] === 0x31, "signed attributes are a SET");
    },
  }),
  row({
    name: "tst-info",
    bytesMax: TIMESTAMP_BYTES_MAX,
    seeds: () => timestamps().map((der) => parseTimestamp(der).infoBytes),
    read: (input) => parseTstInfo(input, "fuzz"),
    accepted: (info) => {
      // Ours count up from one.
      if ((info.serial[0] ?? 0) < 0x80) stable(encodeTstInfo, (bytes) => parseTstInfo(bytes, "fuzz"))(info);
    },
  }),
  row({
    name: "timestamp-request",
    bytesMax: TIMESTAMP_BYTES_MAX,
    seeds: () =>
      [true, false].map((wanted) =>
        encodeTimestampRequest(attestation.timestamps[0]?.info.imprint ?? NO_IMPRINT, wanted),
      ),
    read: parseTimestampRequest,
    accepted: ({ imprint, policy, nonce, certificates }) => {
      const again = parseTimestampRequest(encodeTimestampRequest(imprint, certificates));
      expectBytes(again.imprint.digest, imprint.digest, "an imprint is written as it was read");
      expect(policy === null || nonce === null || policy.includes("."), "a policy is an object identifier");
    },
  }),
  row({
    name: "pem",
    bytesMax: 131_072,
    seeds: () => [
      ...certificates().map((der) => utf8(encodePem("CERTIFICATE", der))),
      ...conformance("pep740/*.pem"),
    ],
    read: (input) => parsePem(textOf(input), "CERTIFICATE", "fuzz"),
    accepted: (blocks) => {
      const text = blocks.map((der) => encodePem("CERTIFICATE", der)).join("");
      stable(writePem, (bytes) => parsePem(textOf(bytes), "CERTIFICATE", "fuzz"))(blocks);
      canonical(writePem)(parsePem(text, "CERTIFICATE", "fuzz"), utf8(text));
    },
  }),
  row({
    name: "rfc3339",
    bytesMax: 64,
    seeds: () =>
      texts(
        "2026-01-31T23:59:59Z",
        "2024-02-29T00:00:00.000000001Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9Z",
      ),
    read: (input) => parseRfc3339(textOf(input), "fuzz"),
    accepted: ({ seconds }, input) => {
      const text = textOf(input);
      expect(
        Math.floor(Date.parse(text.replace(/\.\d*/, "")) / 1000) === seconds,
        "Date reads the same time",
      );
      expect(text.startsWith(encodeRfc3339(seconds).slice(0, -1)), "a time is written as it was read");
    },
  }),
];

const NO_IMPRINT = { algorithm: "sha256", digest: new Uint8Array(32) } as const;

function writePem(blocks: readonly Uint8Array[]): string {
  return blocks.map((der) => encodePem("CERTIFICATE", der)).join("");
}

/** The certificate with the signed part that its log saw. */
function precertificateOf(input: Uint8Array): Uint8Array {
  const certificate = parseCertificate(input);
  const tbs = precertificateTbs(certificate);
  const rest = input.subarray(certificate.tbs.byteOffset - input.byteOffset + certificate.tbs.length);
  return wrap(Buffer.concat([tbs, rest]));
}

function wrap(content: Uint8Array): Uint8Array {
  const { length } = content;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return new Uint8Array(Buffer.concat([Uint8Array.of(0x30, ...head), content]));
}

/** Reads every element, each as what its tag says. */
function walk(reader: DerReader): number {
  let count = 0;
  while (!reader.atEnd) {
    count++;
    if (reader.has(0x30)) count += walk(reader.sequence());
    else if (reader.has(0x31)) count += walk(reader.set());
    else if (reader.has(contextConstructed(0))) count += walk(reader.explicit(0));
    else if (reader.has(0x01)) reader.boolean();
    else if (reader.has(0x02)) reader.integer();
    else if (reader.has(0x03)) reader.bitString();
    else if (reader.has(0x05)) reader.null();
    else if (reader.has(0x06)) reader.oid();
    else if (reader.has(0x0c)) reader.utf8String();
    else if (reader.has(0x17)) reader.certificateTime();
    else if (reader.has(0x18)) reader.generalizedTime();
    else reader.any();
  }
  return count;
}
