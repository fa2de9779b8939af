// SPDX-License-Identifier: Apache-2.0
import { type IdToken, type IdTokenAlgorithm, type IssuerKey, quote } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort, SignatureScheme } from "../port.ts";
import type { Verified } from "../verified.ts";
import type { ProviderRow } from "./ci-providers.ts";

export type IdTokenExpectation = {
  readonly row: ProviderRow;
  /** The issuer's keys, fetched from it over an authenticated channel. */
  readonly keys: readonly IssuerKey[];
  readonly audience: string;
  /** Unix seconds. */
  readonly now: number;
  /** How far the issuer's clock and ours may be apart. */
  readonly leewaySeconds: number;
};

const SCHEMES: Readonly<Record<IdTokenAlgorithm, SignatureScheme>> = {
  RS256: { kind: "rsa-pkcs1", hash: "sha256" },
  ES256: { kind: "ecdsa", curve: "p256", hash: "sha256", encoding: "raw" },
  EdDSA: { kind: "ed25519" },
};

/**
 * Checks that `token` is by the expected issuer, for exactly this audience, and alive.
 *
 * Not checked here: that it was not used before. Who grants something against a token remembers `tokenId` per issuer
 * until `expires` plus the leeway.
 *
 * @throws VerifyError `id-token-issuer`, `id-token-key-unknown` (worth fetching the keys again), `id-token-algorithm`,
 *   `id-token-signature`, `id-token-audience`, `id-token-without-id`, `id-token-from-future`, `id-token-not-yet-valid`,
 *   `id-token-expired`
 * @spec openid-connect-core#3.1.3.7
 */
export async function verifyIdToken(
  token: IdToken,
  expected: IdTokenExpectation,
  crypto: CryptoPort,
): Promise<Verified<IdToken>> {
  verifyIssuer(token, expected.row);
  const key = findKey(token, expected.keys);
  verifyAlgorithm(token, key, expected.row);
  await verifySignature(token, key, crypto);
  verifyAudience(token, expected.audience);
  verifyTokenId(token, expected.row);
  verifyTimes(token, expected.now, expected.leewaySeconds);
  return token as Verified<IdToken>;
}

function verifyIssuer(token: IdToken, row: ProviderRow): void {
  if (token.issuer === row.issuer) return;
  throw refused("id-token-issuer", `it is by ${quote(token.issuer)}, wanted ${quote(row.issuer)}`);
}

function findKey(token: IdToken, keys: readonly IssuerKey[]): IssuerKey {
  const key = keys.find(({ keyId }) => keyId === token.keyId);
  if (key !== undefined) return key;
  throw refused("id-token-key-unknown", `its issuer has no key ${quote(token.keyId)}`);
}

function verifyAlgorithm(token: IdToken, key: IssuerKey, row: ProviderRow): void {
  // The key decides, not the header: a header that chooses is how algorithm confusion works.
  if (token.algorithm !== key.algorithm || !row.algorithms.some((name) => name === key.algorithm)) {
    throw refused(
      "id-token-algorithm",
      `it says ${token.algorithm}, its key is for ${key.algorithm}, ${row.provider} uses ${row.algorithms.join(", ")}`,
    );
  }
}

async function verifySignature(token: IdToken, key: IssuerKey, crypto: CryptoPort): Promise<void> {
  if (await crypto.verify(SCHEMES[key.algorithm], key.spki, token.signed, token.signature)) return;
  throw refused("id-token-signature", `it is not signed by key ${quote(key.keyId)} of its issuer`);
}

function verifyAudience(token: IdToken, audience: string): void {
  // Exactly one: a token for us and for another can be replayed here by that other.
  if (token.audiences.length === 1 && token.audiences[0] === audience) return;
  const found = token.audiences.map(quote).join(", ");
  throw refused("id-token-audience", `it is for ${found}, wanted ${quote(audience)} alone`);
}

function verifyTokenId(token: IdToken, row: ProviderRow): void {
  if (row.givesTokenId && token.tokenId === null) {
    throw refused("id-token-without-id", `${row.provider} gives every token a "jti", this has none`);
  }
}

function verifyTimes(token: IdToken, now: number, leewaySeconds: number): void {
  if (token.issuedAt > now + leewaySeconds) {
    throw refused("id-token-from-future", `it was issued at ${token.issuedAt}, it is ${now}`);
  }
  if (token.notBefore !== null && token.notBefore > now + leewaySeconds) {
    throw refused("id-token-not-yet-valid", `it is valid from ${token.notBefore}, it is ${now}`);
  }
  if (token.expires <= now - leewaySeconds) {
    throw refused("id-token-expired", `it expired at ${token.expires}, it is ${now}`);
  }
}

function refused(code: VerifyError["code"], reason: string): VerifyError {
  return new VerifyError(code, `Cannot accept ID token: ${reason}`);
}
