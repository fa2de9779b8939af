// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import {
  ATTESTATION_BYTES_MAX,
  CERTIFICATE_BYTES_MAX,
  JSON_DEPTH_MAX,
  TIMESTAMP_BYTES_MAX,
} from "../limits.ts";
import { parseTlogEntry, type TlogEntry, tlogEntryJson } from "../sigstore/tlog-entry.ts";
import { encodeBase64, parseBase64 } from "../text/base64.ts";
import type { Bytes, Sha256 } from "../text/bytes.ts";
import { encodeCanonicalJson, type JsonInput } from "../text/canonical-json.ts";
import { type JsonObject, type JsonValue, jsonInput, jsonObject, parseJson } from "../text/json.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { parseTimestamp, type Timestamp } from "../x509/timestamp.ts";

/** A PEP 740 attestation, version 1. Nothing in it is believed yet. */
export type Attestation = {
  readonly certificate: Certificate;
  readonly transparencyEntries: readonly TlogEntry[];
  /** RFC 3161 responses over the raw signature. Empty where an entry of Rekor v1 brings its own time. */
  readonly timestamps: readonly Timestamp[];
  /** The in-toto statement, as it was signed. */
  readonly statement: Uint8Array;
  readonly signature: Uint8Array;
  /** The object itself, as it was read or made. */
  readonly json: JsonInput;
};

export type AttestationParts = Omit<Attestation, "json">;

/** Entries of the transparency log in one attestation. */
const TRANSPARENCY_ENTRIES_MAX = 4;
const TIMESTAMPS_MAX = 4;
const SIGNATURE_BYTES_MAX = 1024;

/**
 * Reads one attestation: certificate, log entries, timestamps, statement and signature; nothing else in it.
 *
 * @throws ParseError of the JSON reader, {@link parseCertificate} and {@link parseTimestamp}; `missing-field` without a log entry
 * @spec packaging.python.org/en/latest/specifications/index-hosted-attestations (attestation objects);
 *   github.com/pypa/packaging.python.org/pull/1936 (the member `timestamps`)
 */
export function parseAttestation(bytes: Uint8Array): Attestation {
  const limits = { bytesMax: ATTESTATION_BYTES_MAX, depthMax: JSON_DEPTH_MAX };
  return attestationOfJson(parseJson(bytes, limits, "attestation"), "attestation");
}

/** Reads an attestation that stands inside another document; see {@link parseAttestation}. */
export function attestationOfJson(value: JsonValue, path: string): Attestation {
  const body = jsonObject(value, path);
  body.integer("version", { min: 1, max: 1 });
  const material = parseMaterial(body.object("verification_material"));
  const envelope = body.object("envelope");
  const statement = envelope.base64("statement", { bytesMax: ATTESTATION_BYTES_MAX });
  const signature = envelope.base64("signature", { bytesMax: SIGNATURE_BYTES_MAX });
  envelope.end();
  body.end();
  return { ...material, statement, signature, json: jsonInput(value) };
}

/** An attestation from its parts. */
export function makeAttestation(parts: AttestationParts): Attestation {
  const timestamps = parts.timestamps.map(({ der }) => encodeBase64(der));
  const json = {
    version: 1,
    verification_material: {
      certificate: encodeBase64(parts.certificate.der),
      transparency_entries: parts.transparencyEntries.map(tlogEntryJson),
      ...(timestamps.length === 0 ? {} : { timestamps }),
    },
    envelope: { statement: encodeBase64(parts.statement), signature: encodeBase64(parts.signature) },
  };
  return { ...parts, json };
}

/** The attestation in canonical JSON. */
export function encodeAttestation(attestation: Attestation): Bytes {
  return encodeCanonicalJson(attestation.json);
}

/** What the ledger calls this attestation: SHA-256 of its canonical JSON. */
export function attestationDigest(sha256: Sha256, attestation: Attestation): Uint8Array {
  return sha256(encodeAttestation(attestation));
}

function parseMaterial(
  material: JsonObject,
): Pick<Attestation, "certificate" | "transparencyEntries" | "timestamps"> {
  const path = material.path;
  const certificate = material.base64("certificate", { bytesMax: CERTIFICATE_BYTES_MAX });
  const entries = material.objects("transparency_entries", { itemsMax: TRANSPARENCY_ENTRIES_MAX });
  if (entries.length === 0) {
    throw new ParseError("missing-field", `Cannot read ${path}.transparency_entries: it is empty`);
  }
  const timestamps = parseTimestamps(material);
  material.end();
  return {
    certificate: parseCertificate(certificate, `${path}.certificate`),
    transparencyEntries: entries.map((entry) => parseTlogEntry(entry, "proof")),
    timestamps: timestamps.map((der, i) => parseTimestamp(der, `${path}.timestamps[${i}]`)),
  };
}

/** @returns DER responses; none where the member is absent or null. */
function parseTimestamps(material: JsonObject): readonly Bytes[] {
  if (!material.has("timestamps") || material.value("timestamps") === null) return [];
  const charsMax = Math.ceil(TIMESTAMP_BYTES_MAX / 3) * 4;
  const texts = material.texts("timestamps", { itemsMax: TIMESTAMPS_MAX, charsMax });
  return texts.map((text, i) => parseBase64(text, `${material.path}.timestamps[${i}]`));
}
