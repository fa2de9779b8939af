// SPDX-License-Identifier: Apache-2.0
import { type Attestation, makeAttestation } from "../attest/attestation.ts";
import { IN_TOTO_PAYLOAD_TYPE } from "../attest/envelope.ts";
import { ParseError } from "../failure.ts";
import { BUNDLE_BYTES_MAX, CERTIFICATE_BYTES_MAX, JSON_DEPTH_MAX, TIMESTAMP_BYTES_MAX } from "../limits.ts";
import { encodeBase64 } from "../text/base64.ts";
import { type Bytes, equalBytes } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { parseTimestamp, type Timestamp } from "../x509/timestamp.ts";
import { HASH_ALGORITHM_NAMES, type HashAlgorithmName } from "./key-details.ts";
import { isSet } from "./proto-json.ts";
import { parseTlogEntry, type TlogEntry, tlogEntryJson } from "./tlog-entry.ts";

export type BundleVersion = "0.1" | "0.2" | "0.3";

/** A Sigstore bundle. Nothing in it is believed yet. */
export type SigstoreBundle = {
  readonly version: BundleVersion;
  readonly signer: BundleSigner;
  readonly tlogEntries: readonly TlogEntry[];
  readonly timestamps: readonly Timestamp[];
  readonly content: BundleContent;
};

export type BundleSigner =
  | { readonly kind: "certificate"; readonly certificate: Certificate }
  /** A key that the verifier must know; `hint` says which, and is worth nothing by itself. */
  | { readonly kind: "public-key"; readonly hint: string };

export type MessageDigest = { readonly algorithm: HashAlgorithmName; readonly value: Uint8Array };

export type BundleContent =
  | {
      readonly kind: "message-signature";
      /** A hint that must be right where it is given, not what was signed: the signature covers the artifact itself. */
      readonly digest: MessageDigest | null;
      readonly signature: Uint8Array;
    }
  | {
      readonly kind: "dsse";
      readonly payloadType: string;
      readonly payload: Uint8Array;
      readonly signature: Uint8Array;
    };

/** What is written; the other spelling of the same version is read too. */
export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const MEDIA_TYPES: ReadonlyMap<string, BundleVersion> = new Map([
  ["application/vnd.dev.sigstore.bundle+json;version=0.1", "0.1"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.2", "0.2"],
  ["application/vnd.dev.sigstore.bundle+json;version=0.3", "0.3"],
  [BUNDLE_MEDIA_TYPE, "0.3"],
]);

const CERTIFICATES_MAX = 8;
const HINT_CHARS_MAX = 512;
const TLOG_ENTRIES_MAX = 4;
const TIMESTAMPS_MAX = 4;
const SIGNATURE_BYTES_MAX = 1024;
const DIGEST_BYTES_MAX = 64;
const PAYLOAD_TYPE_CHARS_MAX = 256;

/**
 * Reads a bundle. The media type is not signed, so a newer bundle can be relabelled to lose its inclusion proof: versions
 * below `oldest` are refused, and 0.1 is for who asks for it.
 *
 * @throws ParseError `unsupported` for other versions; `missing-field` without the evidence that its version must have;
 *   those of the JSON reader, {@link parseCertificate} and {@link parseTimestamp}
 * @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export function parseBundle(bytes: Uint8Array, oldest: BundleVersion): SigstoreBundle {
  const limits = { bytesMax: BUNDLE_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const body = parseJsonObject(bytes, limits, "bundle");
  const newEnough = [...MEDIA_TYPES].filter(([, version]) => version >= oldest).map(([type]) => type);
  const version = MEDIA_TYPES.get(body.choice("mediaType", newEnough)) ?? "0.3"; // chosen among its keys
  const material = parseMaterial(body.object("verificationMaterial"), version);
  const content = parseContent(body);
  body.end();
  return { version, ...material, content };
}

/** The bundle in canonical JSON, as version 0.3. */
export function encodeBundle(bundle: SigstoreBundle): Bytes {
  const { content, signer } = bundle;
  const timestamps = bundle.timestamps.map(({ der }) => ({ signedTimestamp: encodeBase64(der) }));
  return encodeCanonicalJson({
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...(signer.kind === "certificate"
        ? { certificate: { rawBytes: encodeBase64(signer.certificate.der) } }
        : { publicKey: { hint: signer.hint } }),
      tlogEntries: bundle.tlogEntries.map(tlogEntryJson),
      timestampVerificationData: { rfc3161Timestamps: timestamps },
    },
    ...contentJson(content),
  });
}

/** The bundle that says what `attestation` says. */
export function bundleFromAttestation(attestation: Attestation): SigstoreBundle {
  return {
    version: "0.3",
    signer: { kind: "certificate", certificate: attestation.certificate },
    tlogEntries: attestation.transparencyEntries,
    timestamps: attestation.timestamps,
    content: {
      kind: "dsse",
      payloadType: IN_TOTO_PAYLOAD_TYPE,
      payload: attestation.statement,
      signature: attestation.signature,
    },
  };
}

/**
 * The attestation that says what `bundle` says.
 *
 * @throws ParseError `unsupported` unless a certificate's key signed an in-toto statement, with a proof for every entry
 */
export function attestationFromBundle(bundle: SigstoreBundle): Attestation {
  const { content, signer, tlogEntries } = bundle;
  const isProved = tlogEntries.every(({ inclusionProof }) => inclusionProof !== null);
  if (
    content.kind !== "dsse" ||
    content.payloadType !== IN_TOTO_PAYLOAD_TYPE ||
    signer.kind !== "certificate" ||
    !isProved
  ) {
    throw new ParseError(
      "unsupported",
      `Cannot make an attestation: wanted ${IN_TOTO_PAYLOAD_TYPE} by a certificate, with inclusion proofs`,
    );
  }
  return makeAttestation({
    certificate: signer.certificate,
    transparencyEntries: bundle.tlogEntries,
    timestamps: bundle.timestamps,
    statement: content.payload,
    signature: content.signature,
  });
}

function parseMaterial(
  material: JsonObject,
  version: BundleVersion,
): Pick<SigstoreBundle, "signer" | "tlogEntries" | "timestamps"> {
  const signer = parseSigner(material, version);
  const entries = material.objects("tlogEntries", { itemsMax: TLOG_ENTRIES_MAX });
  const evidence = version === "0.1" ? "promise" : "proof";
  const timestamps = isSet(material, "timestampVerificationData")
    ? parseTimestamps(material.object("timestampVerificationData"))
    : [];
  material.end();
  return { signer, tlogEntries: entries.map((entry) => parseTlogEntry(entry, evidence)), timestamps };
}

/** Exactly one of a certificate, a chain (before version 0.3) and a key's hint. */
function parseSigner(material: JsonObject, version: BundleVersion): BundleSigner {
  const found = ["certificate", "x509CertificateChain", "publicKey"].filter((name) => isSet(material, name));
  if (found.length !== 1 || (version === "0.3" && found[0] === "x509CertificateChain")) {
    throw new ParseError(
      "unsupported",
      `Cannot read ${material.path}: version ${version} has one signer, found ${found.join(", ") || "none"}`,
    );
  }
  switch (found[0]) {
    case "certificate":
      return { kind: "certificate", certificate: parseRawCertificate(material.object("certificate")) };
    case "x509CertificateChain":
      return { kind: "certificate", certificate: parseChain(material.object("x509CertificateChain")) };
    default: {
      const key = material.object("publicKey");
      const hint = isSet(key, "hint") ? key.text("hint", { charsMax: HINT_CHARS_MAX }) : "";
      key.end();
      return { kind: "public-key", hint };
    }
  }
}

/** @returns the signer's certificate. Who issued it is for the trusted root to say, and a root has no place in a bundle. */
function parseChain(chain: JsonObject): Certificate {
  const [leaf, ...issuers] = chain
    .objects("certificates", { itemsMax: CERTIFICATES_MAX })
    .map(parseRawCertificate);
  chain.end();
  if (leaf === undefined) throw new ParseError("missing-field", `Cannot read ${chain.path}: it is empty`);
  if (issuers.some(({ issuer, subject }) => equalBytes(issuer, subject))) {
    throw new ParseError("malformed", `Cannot read ${chain.path}: it holds a root certificate`);
  }
  return leaf;
}

function parseRawCertificate(raw: JsonObject): Certificate {
  const der = raw.base64("rawBytes", { bytesMax: CERTIFICATE_BYTES_MAX });
  raw.end();
  return parseCertificate(der, raw.path);
}

function parseTimestamps(data: JsonObject): readonly Timestamp[] {
  const items = isSet(data, "rfc3161Timestamps")
    ? data.objects("rfc3161Timestamps", { itemsMax: TIMESTAMPS_MAX })
    : [];
  data.end();
  return items.map((item) => {
    const der = item.base64("signedTimestamp", { bytesMax: TIMESTAMP_BYTES_MAX });
    item.end();
    return parseTimestamp(der);
  });
}

function parseContent(body: JsonObject): BundleContent {
  const [isEnvelope, isMessage] = [isSet(body, "dsseEnvelope"), isSet(body, "messageSignature")];
  if (isEnvelope === isMessage) {
    throw new ParseError(
      "malformed",
      `Cannot read ${body.path}: wanted one of dsseEnvelope and messageSignature`,
    );
  }
  return isEnvelope
    ? parseEnvelope(body.object("dsseEnvelope"))
    : parseMessageSignature(body.object("messageSignature"));
}

function parseEnvelope(envelope: JsonObject): BundleContent {
  const payload = envelope.base64("payload", { bytesMax: BUNDLE_BYTES_MAX });
  const payloadType = envelope.text("payloadType", { charsMax: PAYLOAD_TYPE_CHARS_MAX });
  const [signed] = envelope.objects("signatures", { itemsMax: 1 });
  envelope.end();
  if (signed === undefined) {
    throw new ParseError("missing-field", `Cannot read ${envelope.path}.signatures: it is empty`);
  }
  const signature = signed.base64("sig", { bytesMax: SIGNATURE_BYTES_MAX });
  // A hint that is not signed and not needed: the certificate names the key.
  if (isSet(signed, "keyid")) signed.text("keyid", { charsMax: PAYLOAD_TYPE_CHARS_MAX });
  signed.end();
  return { kind: "dsse", payloadType, payload, signature };
}

function parseMessageSignature(object: JsonObject): BundleContent {
  const digest = isSet(object, "messageDigest") ? parseMessageDigest(object.object("messageDigest")) : null;
  const signature = object.base64("signature", { bytesMax: SIGNATURE_BYTES_MAX });
  object.end();
  return { kind: "message-signature", digest, signature };
}

function parseMessageDigest(object: JsonObject): MessageDigest {
  // Object.keys forgets the names' type.
  const names = Object.keys(HASH_ALGORITHM_NAMES) as readonly HashAlgorithmName[];
  const algorithm = object.choice("algorithm", names);
  const value = object.base64("digest", { bytesMax: DIGEST_BYTES_MAX });
  object.end();
  return { algorithm, value };
}

function contentJson(content: BundleContent): { readonly [name: string]: JsonInput } {
  const signature = encodeBase64(content.signature);
  if (content.kind === "dsse") {
    const { payloadType } = content;
    return {
      dsseEnvelope: { payload: encodeBase64(content.payload), payloadType, signatures: [{ sig: signature }] },
    };
  }
  if (content.digest === null) return { messageSignature: { signature } };
  const { algorithm, value } = content.digest;
  return { messageSignature: { messageDigest: { algorithm, digest: encodeBase64(value) }, signature } };
}
