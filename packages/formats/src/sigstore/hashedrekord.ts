// SPDX-License-Identifier: Apache-2.0
import { ATTESTATION_BYTES_MAX, CERTIFICATE_BYTES_MAX } from "../limits.ts";
import { encodeBase64 } from "../text/base64.ts";
import { type Bytes, utf8 } from "../text/bytes.ts";
import { encodeCanonicalJson } from "../text/canonical-json.ts";
import { type JsonObject, parseJsonObject } from "../text/json.ts";
import { HASH_ALGORITHM_NAMES, type HashAlgorithmName } from "./key-details.ts";
import { isSet } from "./proto-json.ts";

/** The one entry type of Rekor v2. */
export const HASHEDREKORD_KIND = "hashedrekord";
export const HASHEDREKORD_VERSION = "0.0.2";

/** What a hashedrekord entry says: this signature over this digest, by the key in this verifier. */
export type HashedRekord = {
  readonly hashAlgorithm: HashAlgorithmName;
  readonly digest: Uint8Array;
  readonly signature: Uint8Array;
  readonly verifier: HashedRekordVerifier;
};

export type HashedRekordVerifier = {
  readonly kind: "certificate" | "public-key";
  readonly der: Uint8Array;
  /** The name of `PublicKeyDetails`. */
  readonly keyDetails: string;
};

const DIGEST_BYTES_MAX = 64;
const SIGNATURE_BYTES_MAX = 1024;
const KEY_DETAILS_CHARS_MAX = 64;

/**
 * The canonical body of a hashedrekord 0.0.2 entry: the leaf of the log. A DSSE envelope is logged as its one signature
 * over the digest of its PAE.
 *
 * @spec github.com/sigstore/architecture-docs/blob/main/rekor-v2-spec.md#6.1.4, rfc8785
 */
export function encodeHashedRekordBody(entry: HashedRekord): Bytes {
  const { verifier, hashAlgorithm } = entry;
  const [digest, signature, der] = [entry.digest, entry.signature, verifier.der].map(encodeBase64);
  const keyDetails = JSON.stringify(verifier.keyDetails);
  const material = verifier.kind === "certificate" ? "x509Certificate" : "publicKey";
  const key = `"${material}":{"rawBytes":"${der}"}`;
  // Written as it stands in the log, because every verification makes one; "publicKey" sorts after "keyDetails" too.
  return utf8(
    `{"apiVersion":"${HASHEDREKORD_VERSION}","kind":"${HASHEDREKORD_KIND}","spec":{"hashedRekordV002":{` +
      `"data":{"algorithm":"${hashAlgorithm}","digest":"${digest}"},` +
      `"signature":{"content":"${signature}","verifier":{"keyDetails":${keyDetails},${key}}}}}}`,
  );
}

/**
 * Reads a request to log an entry: `{"hashedRekordRequestV002": {digest, signature}}`.
 *
 * @returns the request, its hash algorithm left to the key details.
 * @throws ParseError of {@link JsonObject}
 * @spec github.com/sigstore/rekor-tiles/blob/main/api/proto/rekor/v2/hashedrekord.proto
 */
export function parseHashedRekordRequest(bytes: Uint8Array): Omit<HashedRekord, "hashAlgorithm"> {
  const limits = { bytesMax: ATTESTATION_BYTES_MAX, depthMax: 8 };
  const body = parseJsonObject(bytes, limits, "log entry request");
  const request = body.object("hashedRekordRequestV002");
  body.end();
  const digest = request.base64("digest", { bytesMax: DIGEST_BYTES_MAX });
  const signed = parseSignature(request.object("signature"));
  request.end();
  return { digest, ...signed };
}

/** A request to log an entry. */
export function encodeHashedRekordRequest(entry: HashedRekord): Bytes {
  const material = { rawBytes: encodeBase64(entry.verifier.der) };
  const verifier =
    entry.verifier.kind === "certificate" ? { x509Certificate: material } : { publicKey: material };
  return encodeCanonicalJson({
    hashedRekordRequestV002: {
      digest: encodeBase64(entry.digest),
      signature: {
        content: encodeBase64(entry.signature),
        verifier: { ...verifier, keyDetails: entry.verifier.keyDetails },
      },
    },
  });
}

/** Reads the canonical body of an entry, for monitors; verifiers encode it anew instead. @throws ParseError of {@link JsonObject} */
export function parseHashedRekordBody(bytes: Uint8Array): HashedRekord {
  const limits = { bytesMax: ATTESTATION_BYTES_MAX, depthMax: 8 };
  const body = parseJsonObject(bytes, limits, "hashedrekord body");
  body.choice("apiVersion", [HASHEDREKORD_VERSION]);
  body.choice("kind", [HASHEDREKORD_KIND]);
  const spec = body.object("spec");
  body.end();
  const record = spec.object("hashedRekordV002");
  spec.end();
  const data = record.object("data");
  // Object.keys forgets the names' type.
  const names = Object.keys(HASH_ALGORITHM_NAMES) as readonly HashAlgorithmName[];
  const hashAlgorithm = data.choice("algorithm", names);
  const digest = data.base64("digest", { bytesMax: DIGEST_BYTES_MAX });
  data.end();
  const signed = parseSignature(record.object("signature"));
  record.end();
  return { hashAlgorithm, digest, ...signed };
}

function parseSignature(object: JsonObject): Pick<HashedRekord, "signature" | "verifier"> {
  const signature = object.base64("content", { bytesMax: SIGNATURE_BYTES_MAX });
  const verifier = object.object("verifier");
  object.end();
  const kind = isSet(verifier, "x509Certificate") ? "certificate" : "public-key";
  const material = verifier.object(kind === "certificate" ? "x509Certificate" : "publicKey");
  const der = material.base64("rawBytes", { bytesMax: CERTIFICATE_BYTES_MAX });
  material.end();
  const keyDetails = verifier.text("keyDetails", { charsMax: KEY_DETAILS_CHARS_MAX });
  verifier.end();
  return { signature, verifier: { kind, der, keyDetails } };
}
