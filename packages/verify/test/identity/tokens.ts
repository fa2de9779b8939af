// SPDX-License-Identifier: Apache-2.0
// Tokens for the tests of this folder.
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { encodeBase64Url, type IdToken, type IssuerKey, parseIdToken, utf8 } from "@countermark/formats";
import { type ProviderRow, providerRow, type Verified, verifyIdToken } from "@countermark/verify";
import { testCrypto } from "../support/node-crypto.ts";

export const NOW = 1_800_000_000;

export const GITHUB = providerRow({
  provider: "github",
  issuer: "https://token.actions.githubusercontent.com",
  serverUrl: "https://github.com",
});

export const GITHUB_CLAIMS = {
  iss: GITHUB.issuer,
  sub: "repo:octo-org/sampleproject:environment:pypi",
  aud: "pypi",
  iat: NOW - 10,
  nbf: NOW - 10,
  exp: NOW + 290,
  jti: "0b6a3f6e",
  repository: "octo-org/sampleproject",
  repository_id: "4242",
  repository_owner: "octo-org",
  repository_owner_id: "17",
  repository_visibility: "public",
  workflow: "Release",
  workflow_ref: "octo-org/sampleproject/.github/workflows/release.yml@refs/heads/main",
  workflow_sha: "a".repeat(40),
  job_workflow_ref: "octo-org/sampleproject/.github/workflows/release.yml@refs/heads/main",
  job_workflow_sha: "a".repeat(40),
  ref: "refs/heads/main",
  sha: "a".repeat(40),
  run_id: "900001",
  run_number: "7",
  run_attempt: "1",
  actor: "octocat",
  actor_id: "99",
  event_name: "push",
  environment: "pypi",
  runner_environment: "github-hosted",
};

export type Claims = Readonly<Record<string, unknown>>;

const pairs = {
  RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  EdDSA: generateKeyPairSync("ed25519"),
};

export const KEYS: readonly IssuerKey[] = (["RS256", "ES256", "EdDSA"] as const).map((algorithm) => ({
  keyId: algorithm,
  algorithm,
  spki: new Uint8Array(pairs[algorithm].publicKey.export({ format: "der", type: "spki" })),
}));

export function signToken(
  claims: Claims,
  header: { readonly alg: string; readonly kid: string } = { alg: "RS256", kid: "RS256" },
  signer: keyof typeof pairs = "RS256",
): IdToken {
  const part = (value: unknown): string => encodeBase64Url(utf8(JSON.stringify(value)));
  const signed = `${part(header)}.${part(claims)}`;
  return parseIdToken(`${signed}.${encodeBase64Url(signWith(pairs[signer].privateKey, utf8(signed)))}`);
}

function signWith(key: KeyObject, message: Uint8Array): Uint8Array {
  const hash = key.asymmetricKeyType === "ed25519" ? null : "sha256";
  return new Uint8Array(sign(hash, message, { key, dsaEncoding: "ieee-p1363" }));
}

export async function believe(claims: Claims, row: ProviderRow = GITHUB): Promise<Verified<IdToken>> {
  const expected = { row, keys: KEYS, audience: "pypi", now: NOW, leewaySeconds: 30 };
  return await verifyIdToken(signToken(claims), expected, testCrypto);
}
