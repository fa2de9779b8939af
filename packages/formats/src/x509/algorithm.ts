// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "../text/bytes.ts";
import type { DerReader } from "./der.ts";
import { derExplicit, derInteger, derNull, derOid, derSequence } from "./der-writer.ts";
import { ED25519_OID, RSA_ENCRYPTION_OID } from "./public-key.ts";

export type DigestName = "sha256" | "sha384" | "sha512";

/** What an AlgorithmIdentifier says of a signature; the curve comes from the key. */
export type SignatureAlgorithm =
  | { readonly kind: "ecdsa"; readonly hash: DigestName }
  | { readonly kind: "rsa-pkcs1"; readonly hash: DigestName }
  /** MGF1 with the same hash, a salt of the hash's length. */
  | { readonly kind: "rsa-pss"; readonly hash: DigestName }
  | { readonly kind: "ed25519" };

type Row = { readonly algorithm: SignatureAlgorithm; readonly parameters: "absent" | "null" };

const RSA_PSS_OID = "1.2.840.113549.1.1.10";
const MGF1_OID = "1.2.840.113549.1.1.8";

/** Signature algorithms but RSA-PSS: object identifier -> meaning, and how its parameters are written. */
const SIGNATURES: ReadonlyMap<string, Row> = new Map<string, Row>([
  ["1.2.840.10045.4.3.2", { algorithm: { kind: "ecdsa", hash: "sha256" }, parameters: "absent" }],
  ["1.2.840.10045.4.3.3", { algorithm: { kind: "ecdsa", hash: "sha384" }, parameters: "absent" }],
  ["1.2.840.10045.4.3.4", { algorithm: { kind: "ecdsa", hash: "sha512" }, parameters: "absent" }],
  ["1.2.840.113549.1.1.11", { algorithm: { kind: "rsa-pkcs1", hash: "sha256" }, parameters: "null" }],
  ["1.2.840.113549.1.1.12", { algorithm: { kind: "rsa-pkcs1", hash: "sha384" }, parameters: "null" }],
  ["1.2.840.113549.1.1.13", { algorithm: { kind: "rsa-pkcs1", hash: "sha512" }, parameters: "null" }],
  [ED25519_OID, { algorithm: { kind: "ed25519" }, parameters: "absent" }],
]);

const DIGEST_BYTES: Readonly<Record<DigestName, number>> = { sha256: 32, sha384: 48, sha512: 64 };
const DIGESTS: ReadonlyMap<string, DigestName> = new Map<string, DigestName>([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

/**
 * Reads a signature's AlgorithmIdentifier.
 *
 * @throws ParseError `unsupported`, `not-der`, `trailing-data`
 * @spec rfc5758#3, rfc8410#3, rfc4055#5
 */
export function readSignatureAlgorithm(reader: DerReader, what: string): SignatureAlgorithm {
  const identifier = reader.sequence();
  return readIdentified(identifier.oid(), identifier, what);
}

/**
 * Reads the signature algorithm of a CMS SignerInfo, where RSA is also written as plain `rsaEncryption` beside a digest.
 *
 * @spec rfc3370#3.2, rfc4056#3
 */
export function readCmsSignatureAlgorithm(
  reader: DerReader,
  digest: DigestName,
  what: string,
): SignatureAlgorithm {
  const identifier = reader.sequence();
  const oid = identifier.oid();
  if (oid !== RSA_ENCRYPTION_OID) return readIdentified(oid, identifier, what);
  identifier.null();
  identifier.end();
  return { kind: "rsa-pkcs1", hash: digest };
}

function readIdentified(oid: string, identifier: DerReader, what: string): SignatureAlgorithm {
  if (oid === RSA_PSS_OID) {
    const hash = readPssParameters(identifier.sequence(), what);
    identifier.end();
    return { kind: "rsa-pss", hash };
  }
  const row = SIGNATURES.get(oid);
  if (row === undefined) throw unsupported("signature", oid, what);
  if (row.parameters === "null") identifier.null();
  identifier.end();
  return row.algorithm;
}

/**
 * `RSASSA-PSS-params`: hash, mask and salt are never the defaults here, all of SHA-1, and so are always written; the trailer field
 * always is the default, and so never.
 *
 * @spec rfc4055#3.1
 */
function readPssParameters(parameters: DerReader, what: string): DigestName {
  const hashAt = parameters.explicit(0);
  const hash = readDigestAlgorithm(hashAt, what);
  hashAt.end();
  const maskAt = parameters.explicit(1);
  const mask = maskAt.sequence();
  maskAt.end();
  const maskOid = mask.oid();
  if (maskOid !== MGF1_OID) throw unsupported("mask", maskOid, what);
  const maskHash = readDigestAlgorithm(mask, what);
  mask.end();
  const saltAt = parameters.explicit(2);
  const saltBytes = saltAt.smallInteger(Number.MAX_SAFE_INTEGER);
  saltAt.end();
  parameters.end();
  if (maskHash !== hash || saltBytes !== DIGEST_BYTES[hash]) {
    throw new ParseError(
      "unsupported",
      `Cannot read ${what}: RSA-PSS with ${hash}, a mask by ${maskHash} and a salt of ${saltBytes} bytes is not accepted`,
    );
  }
  return hash;
}

/** Reads a digest's AlgorithmIdentifier; its parameters may be absent or NULL. @throws ParseError `unsupported` @spec rfc5754#2 */
export function readDigestAlgorithm(reader: DerReader, what: string): DigestName {
  const identifier = reader.sequence();
  const oid = identifier.oid();
  if (!identifier.atEnd) identifier.null();
  identifier.end();
  const name = DIGESTS.get(oid);
  if (name === undefined) throw unsupported("digest", oid, what);
  return name;
}

/** The AlgorithmIdentifier of a signature algorithm. */
export function encodeSignatureAlgorithm(algorithm: SignatureAlgorithm): Bytes {
  if (algorithm.kind === "rsa-pss") {
    const hash = derSequence(derOid(digestOid(algorithm.hash)), derNull());
    return derSequence(
      derOid(RSA_PSS_OID),
      derSequence(
        derExplicit(0, hash),
        derExplicit(1, derSequence(derOid(MGF1_OID), hash)),
        derExplicit(2, derInteger(DIGEST_BYTES[algorithm.hash])),
      ),
    );
  }
  for (const [oid, row] of SIGNATURES) {
    const hash = algorithm.kind === "ed25519" ? null : algorithm.hash;
    const rowHash = row.algorithm.kind === "ed25519" ? null : row.algorithm.hash;
    if (row.algorithm.kind !== algorithm.kind || hash !== rowHash) continue;
    return row.parameters === "null" ? derSequence(derOid(oid), derNull()) : derSequence(derOid(oid));
  }
  throw new TypeError(`Cannot encode the signature algorithm ${algorithm.kind}`);
}

/** The AlgorithmIdentifier of a digest, without parameters. @spec rfc5754#2 */
export function encodeDigestAlgorithm(name: DigestName): Bytes {
  return derSequence(derOid(digestOid(name)));
}

/** The object identifier of a hash. */
export function digestOid(name: DigestName): string {
  for (const [oid, row] of DIGESTS) if (row === name) return oid;
  throw new TypeError(`Cannot encode the digest algorithm ${name}`);
}

function unsupported(kind: string, oid: string, what: string): ParseError {
  return new ParseError("unsupported", `Cannot read ${what}: the ${kind} algorithm ${oid} is not accepted`);
}
