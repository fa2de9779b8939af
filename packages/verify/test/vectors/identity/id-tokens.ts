// SPDX-License-Identifier: Apache-2.0
// vectors/identity/id-token.json
import { type IdTokenAlgorithm, parseIdToken, parseJwks, utf8 } from "@countermark/formats";
import { type ProviderConfig, providerRow, verifyIdToken } from "@countermark/verify";
import { type Cases, gives, refuses } from "../case.ts";

interface AskedToken {
  readonly claim: string;
  readonly token: string;
  readonly provider: ProviderConfig;
  readonly audience: string;
  readonly now: number;
  readonly leewaySeconds: number;
  /** What the provider is used with, where it is not what its kind is used with. */
  readonly algorithms?: readonly IdTokenAlgorithm[];
}

interface IdTokenFile {
  /** The issuer's key set, as text. */
  readonly jwks: string;
  readonly accepted: readonly (AskedToken & { readonly issuer: string; readonly subject: string })[];
  readonly refused: readonly (AskedToken & { readonly code: string })[];
}

export const idTokenCases: Cases = (file, crypto) => {
  const { jwks, accepted, refused } = file as IdTokenFile;
  const verify = ({ token, provider, audience, now, leewaySeconds, algorithms }: AskedToken) => {
    const row = providerRow(provider);
    const expected = {
      row: { ...row, algorithms: algorithms ?? row.algorithms },
      keys: parseJwks(utf8(jwks)),
      audience,
      now,
      leewaySeconds,
    };
    return verifyIdToken(parseIdToken(token), expected, crypto);
  };
  return [
    ...accepted.map((asked) => {
      const { claim, issuer, subject } = asked;
      return gives(claim, { issuer, subject }, async () => {
        const token = await verify(asked);
        return { issuer: token.issuer, subject: token.subject };
      });
    }),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => verify(asked))),
  ];
};
