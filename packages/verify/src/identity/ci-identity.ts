// SPDX-License-Identifier: Apache-2.0
import {
  type FulcioClaims,
  type GeneralName,
  type IdToken,
  type JsonObject,
  quote,
} from "@countermark/formats";
import { RefusedError, VerifyError } from "../failure.ts";
import type { Verified } from "../verified.ts";
import type { ProviderRow } from "./ci-providers.ts";
import type { CiIdentity, IdentityFields } from "./identify.ts";

const CLAIM_CHARS_MAX = 2_048;

/** What a certificate says: its subject alternative name and its extensions. */
export type CertificateTemplate = { readonly name: GeneralName; readonly fields: FulcioClaims };

/**
 * What a certificate for the bearer of `token` says.
 *
 * @throws VerifyError `identity-incomplete` when a claim is absent, `identity-unverified` for an address its provider does not vouch for
 * @throws ParseError `wrong-type`, `too-large` for a claim that is not a text
 */
export function certificateFieldsFromIdToken(
  row: ProviderRow,
  token: Verified<IdToken>,
): CertificateTemplate {
  for (const claim of row.claimsTrue) {
    if (!token.claims.has(claim) || token.claims.value(claim) !== true) {
      throw new VerifyError(
        "identity-unverified",
        `Cannot accept ID token: its claim "${claim}" is not true`,
      );
    }
  }
  const { kind, template } = row.subjectName;
  const value = expand(row, template, token.claims);
  if (value === null) throw new TypeError(`Row ${row.provider} makes the subject name of an optional claim`);
  const field = (name: keyof FulcioClaims): string | null => {
    const fieldTemplate = row.fields[name];
    return fieldTemplate === undefined ? null : expand(row, fieldTemplate, token.claims);
  };
  return {
    name: { kind, value },
    fields: {
      issuer: field("issuer"),
      buildSignerUri: field("buildSignerUri"),
      buildSignerDigest: field("buildSignerDigest"),
      runnerEnvironment: field("runnerEnvironment"),
      sourceRepositoryUri: field("sourceRepositoryUri"),
      sourceRepositoryDigest: field("sourceRepositoryDigest"),
      sourceRepositoryRef: field("sourceRepositoryRef"),
      sourceRepositoryId: field("sourceRepositoryId"),
      ownerUri: field("ownerUri"),
      ownerId: field("ownerId"),
      buildConfigUri: field("buildConfigUri"),
      buildConfigDigest: field("buildConfigDigest"),
      buildTrigger: field("buildTrigger"),
      runInvocationUri: field("runInvocationUri"),
      visibility: field("visibility"),
      environment: field("environment"),
      subject: field("subject"),
    },
  };
}

/**
 * Who presented `token`: read from what a certificate for it would say, so that token and certificate of one run can only
 * be told apart by what they state.
 *
 * @throws VerifyError as {@link certificateFieldsFromIdToken} and {@link identityFromCertificate}
 * @throws RefusedError `trigger-refused`
 */
export function identityFromIdToken(row: ProviderRow, token: Verified<IdToken>): CiIdentity {
  const { name, fields } = certificateFieldsFromIdToken(row, token);
  return identityFromCertificate(row, fields, name);
}

/**
 * Who a certificate is for.
 *
 * @param fields from a certificate that was verified; nothing of that is checked here.
 * @throws VerifyError `identity-issuer`, `identity-incomplete`, `identity-inconsistent`
 * @throws RefusedError `trigger-refused` for an event that runs a stranger's code with the project's identity
 */
export function identityFromCertificate(
  row: ProviderRow,
  fields: IdentityFields,
  name: GeneralName,
): CiIdentity {
  if (fields.issuer !== row.issuer) {
    throw new VerifyError(
      "identity-issuer",
      `Cannot tell who it was: the issuer is ${quote(fields.issuer ?? "")}, wanted ${quote(row.issuer)}`,
    );
  }
  const identity = { provider: row.provider, issuer: row.issuer, ...row.identify(row, fields, name) };
  if (row.triggersRefused.some((trigger) => trigger === identity.trigger)) {
    throw new RefusedError(
      "trigger-refused",
      `Cannot accept ${quote(identity.project ?? "")}: the run was started by "${identity.trigger}"`,
    );
  }
  return identity;
}

/** `template` with each `{claim}` replaced; null when an optional claim in it is absent or empty. */
function expand(row: ProviderRow, template: string, claims: JsonObject): string | null {
  let absent = false;
  const text = template.replaceAll(/\{([A-Za-z_]+)\}/g, (_whole, name: string) => {
    if (name === "serverUrl") return row.serverUrl;
    const value = readClaim(claims, name);
    if (value !== "") return value;
    if (!row.optionalClaims.some((optional) => optional === name)) {
      throw new VerifyError("identity-incomplete", `Cannot accept ID token: the claim "${name}" is absent`);
    }
    absent = true;
    return "";
  });
  return absent ? null : text;
}

function readClaim(claims: JsonObject, name: string): string {
  return claims.has(name) ? claims.text(name, { charsMax: CLAIM_CHARS_MAX }) : "";
}
