// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "../failure.ts";
import type { Bytes } from "../text/bytes.ts";
import type { DerReader } from "./der.ts";
import { derNull, derOid, derSequence } from "./der-writer.ts";
import { ED25519_OID, RSA_ENCRYPTION_OID } from "./public-key.ts";

export type DigestName = "sha256" | "sha384" | "sha512";

/** What an AlgorithmIdentifier says of a signature; the curve comes from the key. */
export type SignatureAlgorithm =
  | { readonly kind: "ecdsa"; readonly hash: DigestName }
  | { readonly kind: "rsa-pkcs1"; readonly hash: DigestName }
  | { readonly kind: "ed25519" };

type Row = { readonly algorithm: SignatureAlgorithm; readonly parameters: "absent" | "null" };

/** Signature algorithms: object identifier -> meaning, and how its parameters are written. */
const SIGNATURES: ReadonlyMap<string, Row> = new Map<string, Row>([
  ["1.2.840.10045.4.3.2", { algorithm: { kind: "ecdsa", hash: "sha256" }, parameters: "absent" }],
  ["1.2.840.10045.4.3.3", { algorithm: { kind: "ecdsa", hash: "sha384" }, parameters: "absent" }],
  ["1.2.840.10045.4.3.4", { algorithm: { kind: "ecdsa", hash: "sha512" }, parameters: "absent" }],
  ["1.2.840.113549.1.1.11", { algorithm: { kind: "rsa-pkcs1", hash: "sha256" }, parameters: "null" }],
  ["1.2.840.113549.1.1.12", { algorithm: { kind: "rsa-pkcs1", hash: "sha384" }, parameters: "null" }],
  ["1.2.840.113549.1.1.13", { algorithm: { kind: "rsa-pkcs1", hash: "sha512" }, parameters: "null" }],
  [ED25519_OID, { algorithm: { kind: "ed25519" }, parameters: "absent" }],
]);

const DIGESTS: ReadonlyMap<string, DigestName> = new Map<string, DigestName>([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"],
]);

/** Reads a signature's AlgorithmIdentifier. @throws ParseError `unsupported`, `not-der` @spec rfc5758#3, rfc8410#3, rfc4055#5 */
export function readSignatureAlgorithm(reader: DerReader, what: string): SignatureAlgorithm {
  const identifier = reader.sequence();
  const oid = identifier.oid();
  const row = SIGNATURES.get(oid);
  if (row === undefined) throw unsupported("signature", oid, what);
  if (row.parameters === "null") identifier.null();
  identifier.end();
  return row.algorithm;
}

/**
 * Reads the signature algorithm of a CMS SignerInfo, where RSA is also written as plain `rsaEncryption` beside a digest.
 *
 * @spec rfc3370#3.2
 */
export function readCmsSignatureAlgorithm(
  reader: DerReader,
  digest: DigestName,
  what: string,
): SignatureAlgorithm {
  const identifier = reader.sequence();
  const oid = identifier.oid();
  const row: Row | undefined =
    oid === RSA_ENCRYPTION_OID
      ? { algorithm: { kind: "rsa-pkcs1", hash: digest }, parameters: "null" }
      : SIGNATURES.get(oid);
  if (row === undefined) throw unsupported("signature", oid, what);
  if (row.parameters === "null") identifier.null();
  identifier.end();
  return row.algorithm;
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
  for (const [oid, row] of DIGESTS) if (row === name) return derSequence(derOid(oid));
  throw new TypeError(`Cannot encode the digest algorithm ${name}`);
}

function unsupported(kind: string, oid: string, what: string): ParseError {
  return new ParseError("unsupported", `Cannot read ${what}: the ${kind} algorithm ${oid} is not accepted`);
}
