// SPDX-License-Identifier: Apache-2.0
import {
  type CertificateRequest,
  ID_TOKEN_CHARS_MAX,
  type JsonObject,
  type PublicKey,
  parseCertificateRequest,
  parseJsonObject,
  parsePemBlock,
  parsePublicKey,
  parseUtf8,
  quote,
} from "@countermark/formats";
import { AuthorityError } from "../failure.ts";
import { PEM_CHARS_MAX, SIGNATURE_BYTES_MAX, SIGNING_REQUEST_BYTES_MAX } from "../limits.ts";

/** A request for a certificate. `token` is a secret; nothing in it is believed. */
export type SigningRequest = { readonly token: string | null; readonly key: KeyRequest };

/** The key to certify, with the proof that the sender holds it. */
export type KeyRequest =
  | { readonly kind: "public-key"; readonly publicKey: PublicKey; readonly proof: Uint8Array }
  | { readonly kind: "certificate-request"; readonly request: CertificateRequest };

/** Names of the protocol's PublicKeyAlgorithm -> kind of key. The name of "unspecified" and an absent name say nothing. */
const ALGORITHMS: ReadonlyMap<string, PublicKey["kind"]> = new Map([
  ["ECDSA", "ecdsa"],
  ["ED25519", "ed25519"],
  ["RSA_PSS", "rsa"],
]);

/**
 * Reads the body of `POST /api/v2/signingCert`: `credentials.oidcIdentityToken`, and either `publicKeyRequest` or
 * `certificateSigningRequest` (base64 of PEM).
 *
 * @throws ParseError; AuthorityError `key-request-ambiguous`, `key-mismatch`
 * @spec github.com/sigstore/fulcio/blob/main/fulcio.proto
 */
export function parseSigningRequest(bytes: Uint8Array): SigningRequest {
  const limits = { bytesMax: SIGNING_REQUEST_BYTES_MAX, depthMax: 4 };
  const body = parseJsonObject(bytes, limits, "signing request");
  const token = body.has("credentials") ? readCredentials(body.object("credentials")) : null;
  if (body.has("publicKeyRequest") === body.has("certificateSigningRequest")) {
    throw new AuthorityError(
      "key-request-ambiguous",
      'Cannot read signing request: wanted exactly one of "publicKeyRequest" and "certificateSigningRequest"',
    );
  }
  const key = body.has("publicKeyRequest")
    ? readPublicKeyRequest(body.object("publicKeyRequest"))
    : readCertificateRequest(body);
  body.end();
  return { token, key };
}

function readCredentials(credentials: JsonObject): string {
  const token = credentials.text("oidcIdentityToken", { charsMax: ID_TOKEN_CHARS_MAX });
  credentials.end();
  return token;
}

function readPublicKeyRequest(body: JsonObject): KeyRequest {
  const key = body.object("publicKey");
  const pem = key.text("content", { charsMax: PEM_CHARS_MAX });
  const publicKey = parsePublicKey(parsePemBlock(pem, "PUBLIC KEY", "public key"), "public key");
  const algorithm = key.has("algorithm") ? key.text("algorithm", { charsMax: 64 }) : "";
  key.end();
  const wanted = ALGORITHMS.get(algorithm);
  if (wanted !== undefined && wanted !== publicKey.kind) {
    throw new AuthorityError(
      "key-mismatch",
      `Cannot read signing request: the key is called ${quote(algorithm)} and is of kind ${publicKey.kind}`,
    );
  }
  const proof = body.base64("proofOfPossession", { bytesMax: SIGNATURE_BYTES_MAX });
  body.end();
  return { kind: "public-key", publicKey, proof };
}

function readCertificateRequest(body: JsonObject): KeyRequest {
  const pem = parseUtf8(
    body.base64("certificateSigningRequest", { bytesMax: PEM_CHARS_MAX }),
    "certificate request",
  );
  const der = parsePemBlock(pem, "CERTIFICATE REQUEST", "certificate request");
  return { kind: "certificate-request", request: parseCertificateRequest(der) };
}
