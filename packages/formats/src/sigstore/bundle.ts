// SPDX-License-Identifier: Apache-2.0
import { type Attestation, makeAttestation } from "../attest/attestation.ts";
import { IN_TOTO_PAYLOAD_TYPE } from "../attest/envelope.ts";
import { ParseError } from "../failure.ts";
import {
  ATTESTATION_BYTES_MAX,
  CERTIFICATE_BYTES_MAX,
  JSON_DEPTH_MAX,
  TIMESTAMP_BYTES_MAX,
} from "../limits.ts";
import { encodeBase64 } from "../text/base64.ts";
import type { Bytes } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { parseTimestamp, type Timestamp } from "../x509/timestamp.ts";
import { HASH_ALGORITHM_NAMES, type HashAlgorithmName } from "./key-details.ts";
import { isSet } from "./proto-json.ts";
import { parseTlogEntry, type TlogEntry, tlogEntryJson } from "./tlog-entry.ts";

/** A Sigstore bundle, version 0.3, by a certificate. Nothing in it is believed yet. */
export type SigstoreBundle = {
  readonly certificate: Certificate;
  readonly tlogEntries: readonly TlogEntry[];
  readonly timestamps: readonly Timestamp[];
  readonly content: BundleContent;
};

export type BundleContent =
  | {
      readonly kind: "message-signature";
      /** A hint that must be right, not what was signed: the signature covers the artifact itself. */
      readonly digest: { readonly algorithm: HashAlgorithmName; readonly value: Uint8Array };
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
const MEDIA_TYPES = [BUNDLE_MEDIA_TYPE, "application/vnd.dev.sigstore.bundle+json;version=0.3"];

const TLOG_ENTRIES_MAX = 4;
const TIMESTAMPS_MAX = 4;
const SIGNATURE_BYTES_MAX = 1024;
const DIGEST_BYTES_MAX = 64;
const PAYLOAD_TYPE_CHARS_MAX = 256;

/**
 * Reads a bundle of version 0.3. Older versions are refused: their media type is not signed, so a newer bundle can be
 * relabelled to lose its inclusion proof.
 *
 * @throws ParseError `unsupported` for other versions and for key material other than one certificate; `missing-field`
 *   without a log entry; those of the JSON reader, {@link parseCertificate} and {@link parseTimestamp}
 * @spec github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
 */
export function parseBundle(bytes: Uint8Array): SigstoreBundle {
  const limits = { bytesMax: ATTESTATION_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  const body = parseJsonObject(bytes, limits, "bundle");
  body.choice("mediaType", MEDIA_TYPES);
  const material = parseMaterial(body.object("verificationMaterial"));
  const content = parseContent(body);
  body.end();
  return { ...material, content };
}

/** The bundle in canonical JSON. */
export function encodeBundle(bundle: SigstoreBundle): Bytes {
  const { content } = bundle;
  const timestamps = bundle.timestamps.map(({ der }) => ({ signedTimestamp: encodeBase64(der) }));
  return encodeCanonicalJson({
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      certificate: { rawBytes: encodeBase64(bundle.certificate.der) },
      tlogEntries: bundle.tlogEntries.map(tlogEntryJson),
      timestampVerificationData: { rfc3161Timestamps: timestamps },
    },
    ...contentJson(content),
  });
}

/** The bundle that says what `attestation` says. */
export function bundleFromAttestation(attestation: Attestation): SigstoreBundle {
  return {
    certificate: attestation.certificate,
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

/** The attestation that says what `bundle` says. @throws ParseError `unsupported` unless it holds an in-toto statement */
export function attestationFromBundle(bundle: SigstoreBundle): Attestation {
  const { content } = bundle;
  if (content.kind !== "dsse" || content.payloadType !== IN_TOTO_PAYLOAD_TYPE) {
    throw new ParseError(
      "unsupported",
      `Cannot make an attestation from a bundle without ${IN_TOTO_PAYLOAD_TYPE}`,
    );
  }
  return makeAttestation({
    certificate: bundle.certificate,
    transparencyEntries: bundle.tlogEntries,
    timestamps: bundle.timestamps,
    statement: content.payload,
    signature: content.signature,
  });
}

function parseMaterial(material: JsonObject): Omit<SigstoreBundle, "content"> {
  if (isSet(material, "publicKey") || isSet(material, "x509CertificateChain")) {
    throw new ParseError(
      "unsupported",
      `Cannot read ${material.path}: only a single certificate is accepted`,
    );
  }
  const raw = material.object("certificate");
  const der = raw.base64("rawBytes", { bytesMax: CERTIFICATE_BYTES_MAX });
  raw.end();
  const entries = material.objects("tlogEntries", { itemsMax: TLOG_ENTRIES_MAX });
  if (entries.length === 0) {
    throw new ParseError("missing-field", `Cannot read ${material.path}.tlogEntries: it is empty`);
  }
  const timestamps = isSet(material, "timestampVerificationData")
    ? parseTimestamps(material.object("timestampVerificationData"))
    : [];
  material.end();
  return { certificate: parseCertificate(der), tlogEntries: entries.map(parseTlogEntry), timestamps };
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
  const payload = envelope.base64("payload", { bytesMax: ATTESTATION_BYTES_MAX });
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
  const hint = object.object("messageDigest");
  // Object.keys forgets the names' type.
  const names = Object.keys(HASH_ALGORITHM_NAMES) as readonly HashAlgorithmName[];
  const algorithm = hint.choice("algorithm", names);
  const value = hint.base64("digest", { bytesMax: DIGEST_BYTES_MAX });
  hint.end();
  const signature = object.base64("signature", { bytesMax: SIGNATURE_BYTES_MAX });
  object.end();
  return { kind: "message-signature", digest: { algorithm, value }, signature };
}

function contentJson(content: BundleContent): { readonly [name: string]: JsonInput } {
  const signature = encodeBase64(content.signature);
  if (content.kind === "dsse") {
    const { payloadType } = content;
    return {
      dsseEnvelope: { payload: encodeBase64(content.payload), payloadType, signatures: [{ sig: signature }] },
    };
  }
  const { algorithm, value } = content.digest;
  return { messageSignature: { messageDigest: { algorithm, digest: encodeBase64(value) }, signature } };
}
