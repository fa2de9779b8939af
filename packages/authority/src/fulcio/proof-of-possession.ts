// SPDX-License-Identifier: Apache-2.0
import { ParseError, type PublicKey, type SignatureAlgorithm, utf8 } from "@countermark/formats";
import { nodeCrypto } from "@countermark/log";
import type { SignatureScheme } from "@countermark/verify";
import { AuthorityError } from "../failure.ts";
import type { KeyRequest } from "./signing-request.ts";

/**
 * Checks that the sender holds the private key: it signed the challenge, or its own certificate request.
 *
 * Without this, the bearer of a token could have another's key certified and claim the other's signatures.
 *
 * @param challenge the token's `sub`, or the e-mail address.
 * @throws AuthorityError `proof-of-possession`, `key-mismatch`; ParseError `unsupported` for ML-DSA-44
 * @returns the key to certify
 */
export async function verifyPossession(key: KeyRequest, challenge: string): Promise<PublicKey> {
  const proven = await (key.kind === "public-key"
    ? nodeCrypto.verify(schemeOf(key.publicKey, null), key.publicKey.spki, utf8(challenge), key.proof)
    : nodeCrypto.verify(
        schemeOf(key.request.publicKey, key.request.signatureAlgorithm),
        key.request.publicKey.spki,
        key.request.signedBytes,
        key.request.signature,
      ));
  if (!proven) {
    throw new AuthorityError(
      "proof-of-possession",
      key.kind === "public-key"
        ? "Cannot certify key: the proof of possession is not its signature over the token's subject"
        : "Cannot certify key: the certificate request is not signed by its own key",
    );
  }
  return key.kind === "public-key" ? key.publicKey : key.request.publicKey;
}

/** The hash that goes with a curve where nothing else is said. */
const CURVE_HASHES = { p256: "sha256", p384: "sha384", p521: "sha512" } as const;

/** @param stated what the signature says it is, or null where the protocol leaves it to the key. */
function schemeOf(key: PublicKey, stated: SignatureAlgorithm | null): SignatureScheme {
  const expectedKind = key.kind === "rsa" ? "rsa-pkcs1" : key.kind;
  if (stated !== null && stated.kind !== expectedKind) {
    throw new AuthorityError(
      "key-mismatch",
      `Cannot certify key: the request is signed with ${stated.kind}, its key is of kind ${key.kind}`,
    );
  }
  const hash = stated === null || stated.kind === "ed25519" ? null : stated.hash;
  switch (key.kind) {
    case "ed25519":
      return { kind: "ed25519" };
    case "ecdsa":
      return { kind: "ecdsa", curve: key.curve, hash: hash ?? CURVE_HASHES[key.curve], encoding: "der" };
    case "rsa":
      return { kind: "rsa-pkcs1", hash: hash ?? "sha256" };
    case "ml-dsa-44":
      throw new ParseError("unsupported", "Cannot certify key: no log takes signatures by ML-DSA-44 keys");
  }
}
