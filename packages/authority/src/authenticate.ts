// SPDX-License-Identifier: Apache-2.0
import { type IdToken, parseIdToken, quote } from "@countermark/formats";
import { type Clock, type IssuerKeys, nodeCrypto } from "@countermark/log";
import {
  type CertificateTemplate,
  certificateFieldsFromIdToken,
  findProvider,
  type ProviderRow,
  type Verified,
  verifyIdToken,
} from "@countermark/verify";
import { AuthorityError } from "./failure.ts";
import { ID_TOKEN_LEEWAY_SECONDS } from "./limits.ts";

/** Whom a certificate may be issued to. */
export type Bearer = {
  readonly token: Verified<IdToken>;
  readonly template: CertificateTemplate;
  /** What the bearer signs to prove possession of his key: the token's `sub`, or the e-mail address. */
  readonly challenge: string;
};

export type AuthenticatePorts = {
  readonly issuers: readonly ProviderRow[];
  readonly issuerKeys: IssuerKeys;
  readonly audience: string;
  readonly clock: Clock;
};

/**
 * Believes an ID token of one of the configured issuers.
 *
 * A token may be used more than once while it lives: a certificate gives its bearer nothing that the token does not.
 *
 * @throws AuthorityError `issuer-unknown`, `issuer-unavailable`; ParseError; VerifyError `id-token-*`, `identity-*`
 */
export async function authenticate(text: string, ports: AuthenticatePorts): Promise<Bearer> {
  const received = parseIdToken(text);
  const row = findProvider(ports.issuers, received.issuer);
  if (row === null) {
    throw new AuthorityError(
      "issuer-unknown",
      `Cannot accept ID token: its issuer ${quote(received.issuer)} is not configured`,
    );
  }
  const expected = {
    row,
    keys: await ports.issuerKeys.keysOf(row.issuer, received.keyId),
    audience: ports.audience,
    now: ports.clock(),
    leewaySeconds: ID_TOKEN_LEEWAY_SECONDS,
  };
  const token = await verifyIdToken(received, expected, nodeCrypto);
  const template = certificateFieldsFromIdToken(row, token);
  return { token, template, challenge: template.name.kind === "email" ? template.name.value : token.subject };
}
