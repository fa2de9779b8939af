// SPDX-License-Identifier: Apache-2.0
import { encodeBase64Url, utf8 } from "@countermark/formats";
import { toyEcdsa } from "../../support/toy-ecdsa.ts";
import { toyRsa } from "../../support/toy-rsa.ts";
import {
  GITHUB_CLAIMS,
  GITHUB_CONFIG,
  GITLAB_CLAIMS,
  GITLAB_CONFIG,
  GOOGLE_CLAIMS,
  GOOGLE_CONFIG,
  NOW,
} from "./claims.ts";

const ONE = toyRsa("one");
const TWO = toyRsa("two");
const EC = toyEcdsa("issuer");

const SIGNERS = {
  one: ONE.sign,
  two: TWO.sign,
  ec: EC.signRaw,
} as const;

const JWKS = JSON.stringify({
  keys: [
    { ...ONE.jwk, kid: "one", use: "sig", alg: "RS256" },
    { ...TWO.jwk, kid: "two", use: "sig", alg: "RS256" },
    {
      kty: "EC",
      crv: "P-256",
      kid: "ec",
      x: encodeBase64Url(EC.spki.subarray(27, 59)),
      y: encodeBase64Url(EC.spki.subarray(59)),
    },
  ],
});

interface Header {
  readonly alg: string;
  readonly kid: string;
}

function signed(
  claims: object,
  header: Header = { alg: "RS256", kid: "one" },
  signer: keyof typeof SIGNERS = "one",
): string {
  const part = (value: object): string => encodeBase64Url(utf8(JSON.stringify(value)));
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${encodeBase64Url(SIGNERS[signer](utf8(text)))}`;
}

/** vectors/identity/id-token.json */
export function idTokenVectors() {
  const asked = { provider: GITHUB_CONFIG, audience: "pypi", now: NOW, leewaySeconds: 30 };
  const found = { issuer: GITHUB_CLAIMS.iss, subject: GITHUB_CLAIMS.sub };
  const google = { provider: GOOGLE_CONFIG, issuer: GOOGLE_CLAIMS.iss, subject: GOOGLE_CLAIMS.sub };
  const gitlab = { provider: GITLAB_CONFIG, issuer: GITLAB_CLAIMS.iss, subject: GITLAB_CLAIMS.sub };
  const twoAlgorithms = { algorithms: ["ES256", "RS256"] };
  const withClaims = (changes: object): string => signed({ ...GITHUB_CLAIMS, ...changes });
  const acceptance = (claim: string, token: string, changes: object = {}) => ({
    claim,
    token,
    ...asked,
    ...found,
    ...changes,
  });
  const refusal = (claim: string, token: string, code: string, changes: object = {}) => ({
    claim,
    token,
    ...asked,
    ...changes,
    code,
  });
  const good = signed(GITHUB_CLAIMS);
  const byEc = signed(GITHUB_CLAIMS, { alg: "ES256", kid: "ec" }, "ec");
  const swapped = good.replace(
    /\.[^.]+\./,
    `.${encodeBase64Url(utf8(JSON.stringify({ ...GITHUB_CLAIMS, repository_id: "1" })))}.`,
  );
  return {
    jwks: JWKS,
    accepted: [
      acceptance("a token", good),
      acceptance("a token by the second key", signed(GITHUB_CLAIMS, { alg: "RS256", kid: "two" }, "two")),
      acceptance("expired for less than the leeway", withClaims({ exp: NOW - 29 })),
      acceptance("issued as late as the leeway allows", withClaims({ iat: NOW + 30 })),
      acceptance("valid from as late as the leeway allows", withClaims({ nbf: NOW + 30 })),
      acceptance("without a time from which it is valid", withClaims({ nbf: undefined })),
      acceptance("the one audience in a list", withClaims({ aud: ["pypi"] })),
      acceptance("without a leeway, at the last second", withClaims({ exp: NOW + 1, iat: NOW, nbf: NOW }), {
        leewaySeconds: 0,
      }),
      acceptance("a token of GitLab", signed(GITLAB_CLAIMS), gitlab),
      acceptance("RS256, where the provider is used with two algorithms", good, twoAlgorithms),
      acceptance("ES256, where the provider is used with two algorithms", byEc, twoAlgorithms),
      acceptance("without jti, of a provider that gives none", signed(GOOGLE_CLAIMS), google),
    ],
    refused: [
      refusal("another issuer", withClaims({ iss: "https://gitlab.com" }), "id-token-issuer"),
      refusal("the issuer with a slash", withClaims({ iss: `${GITHUB_CLAIMS.iss}/` }), "id-token-issuer"),
      refusal(
        "an issuer that begins like it",
        withClaims({ iss: `${GITHUB_CLAIMS.iss}/octo` }),
        "id-token-issuer",
      ),
      refusal(
        "the issuer in capitals",
        withClaims({ iss: GITHUB_CLAIMS.iss.toUpperCase() }),
        "id-token-issuer",
      ),
      refusal(
        "a key id that the issuer has not",
        signed(GITHUB_CLAIMS, { alg: "RS256", kid: "three" }),
        "id-token-key-unknown",
      ),
      refusal(
        "another key than the one that signed",
        signed(GITHUB_CLAIMS, { alg: "RS256", kid: "two" }),
        "id-token-signature",
      ),
      refusal("other claims than were signed", swapped, "id-token-signature"),
      refusal(
        "an algorithm that is not the key's",
        signed(GITHUB_CLAIMS, { alg: "ES256", kid: "one" }),
        "id-token-algorithm",
      ),
      refusal("an algorithm that is not the provider's", byEc, "id-token-algorithm"),
      refusal("without jti, of GitLab", signed({ ...GITLAB_CLAIMS, jti: undefined }), "id-token-without-id", {
        provider: GITLAB_CONFIG,
      }),
      refusal("another audience", withClaims({ aud: "testpypi" }), "id-token-audience"),
      refusal("an audience that begins like it", withClaims({ aud: "pypi.example" }), "id-token-audience"),
      refusal("two audiences, ours first", withClaims({ aud: ["pypi", "testpypi"] }), "id-token-audience"),
      refusal("two audiences, ours last", withClaims({ aud: ["testpypi", "pypi"] }), "id-token-audience"),
      refusal("our audience twice", withClaims({ aud: ["pypi", "pypi"] }), "id-token-audience"),
      refusal("another audience in a list", withClaims({ aud: ["testpypi"] }), "id-token-audience"),
      refusal(
        "without jti, of a provider that gives one",
        withClaims({ jti: undefined }),
        "id-token-without-id",
      ),
      refusal("expired for as long as the leeway", withClaims({ exp: NOW - 30 }), "id-token-expired"),
      refusal("expired long ago", withClaims({ exp: NOW - 3_600 }), "id-token-expired"),
      refusal("issued later than the leeway allows", withClaims({ iat: NOW + 31 }), "id-token-from-future"),
      refusal(
        "valid from later than the leeway allows",
        withClaims({ nbf: NOW + 31 }),
        "id-token-not-yet-valid",
      ),
      refusal("without a leeway, in the second of its end", withClaims({ exp: NOW }), "id-token-expired", {
        leewaySeconds: 0,
      }),
      refusal("without an issuer's time", withClaims({ iat: undefined }), "missing-field"),
      refusal("alg none", signed(GITHUB_CLAIMS, { alg: "none", kid: "one" }), "unsupported"),
    ],
  };
}
