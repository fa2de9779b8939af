// SPDX-License-Identifier: Apache-2.0
// vectors/identity/ci-identity.json, certificate-identity.json, cross-check.json, same-identity.json and providers.json
import {
  type FulcioClaims,
  type GeneralName,
  type IdToken,
  NO_FULCIO_CLAIMS,
  type PublisherRecord,
  parseJsonObject,
  utf8,
} from "@countermark/formats";
import {
  type CiIdentity,
  type CrossCheckedPredicate,
  certificateFieldsFromIdToken,
  crossCheck,
  findProvider,
  identityFromCertificate,
  identityFromIdToken,
  PROVIDER_NAMES,
  type ProviderConfig,
  type ProviderRow,
  PUBLIC_PROVIDERS,
  providerRow,
  publisherRecordFor,
  samePublisher,
  showDifferences,
  type Verified,
} from "@countermark/verify";
import { type Cases, gives, refuses } from "../case.ts";

interface AskedClaims {
  readonly claim: string;
  readonly provider: ProviderConfig;
  /** What a believed token says, as a JSON text. */
  readonly claims: string;
}

interface CiIdentityFile {
  readonly accepted: readonly (AskedClaims & {
    readonly name: GeneralName;
    readonly fields: Partial<FulcioClaims>;
    readonly identity: CiIdentity;
  })[];
  readonly refused: readonly (AskedClaims & { readonly code: string })[];
}

export const ciIdentityCases: Cases = (file) => {
  const { accepted, refused } = file as CiIdentityFile;
  return [
    ...accepted.flatMap(({ claim, name, fields, identity, ...asked }) => [
      gives(`${claim}: certificate`, { name, fields: { ...NO_FULCIO_CLAIMS, ...fields } }, () =>
        certificateFieldsFromIdToken(providerRow(asked.provider), tokenOf(asked.claims)),
      ),
      gives(`${claim}: identity`, identity, () =>
        identityFromIdToken(providerRow(asked.provider), tokenOf(asked.claims)),
      ),
    ]),
    ...refused.map(({ claim, provider, claims, code }) =>
      refuses(claim, code, () => identityFromIdToken(providerRow(provider), tokenOf(claims))),
    ),
  ];
};

/** A token that was believed for what it says: its signature is the matter of other vectors. */
function tokenOf(claims: string): Verified<IdToken> {
  const limits = { bytesMax: 1 << 16, depthMax: 8 };
  const token: Pick<IdToken, "claims"> = { claims: parseJsonObject(utf8(claims), limits, "claims") };
  return token as Verified<IdToken>;
}

interface AskedCertificate {
  readonly claim: string;
  readonly provider: ProviderConfig;
  readonly name: GeneralName;
  /** The extensions that are there. */
  readonly fields: Partial<FulcioClaims>;
}

interface CertificateIdentityFile {
  readonly accepted: readonly (AskedCertificate & { readonly identity: CiIdentity })[];
  readonly refused: readonly (AskedCertificate & { readonly code: string })[];
}

export const certificateIdentityCases: Cases = (file) => {
  const { accepted, refused } = file as CertificateIdentityFile;
  const read = ({ provider, name, fields }: AskedCertificate) =>
    identityFromCertificate(providerRow(provider), { ...NO_FULCIO_CLAIMS, ...fields }, name);
  return [
    ...accepted.map((asked) => gives(asked.claim, asked.identity, () => read(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => read(asked))),
  ];
};

interface AskedCross {
  readonly claim: string;
  readonly token: CiIdentity;
  readonly certificate: CiIdentity;
  readonly predicate: CrossCheckedPredicate;
}

interface CrossCheckFile {
  readonly accepted: readonly AskedCross[];
  readonly refused: readonly (AskedCross & { readonly code: string })[];
}

export const crossCheckCases: Cases = (file) => {
  const { accepted, refused } = file as CrossCheckFile;
  const check = ({ token, certificate, predicate }: AskedCross) => crossCheck(token, certificate, predicate);
  return [
    ...accepted.map((asked) => gives(asked.claim, asked.certificate, () => check(asked))),
    ...refused.map((asked) => refuses(asked.claim, asked.code, () => check(asked))),
  ];
};

interface SameIdentityVector {
  readonly claim: string;
  readonly record: PublisherRecord;
  readonly identity: CiIdentity;
  readonly differences: readonly string[];
  readonly words: string;
  /** The record under which the identity is registered. */
  readonly registered: PublisherRecord;
}

export const sameIdentityCases: Cases = (file) =>
  (file as readonly SameIdentityVector[]).map(({ claim, record, identity, differences, words, registered }) =>
    gives(claim, { differences, words, registered }, () => {
      const found = samePublisher(record, identity);
      return {
        differences: found.map(({ field }) => field),
        words: showDifferences(found),
        registered: publisherRecordFor(identity),
      };
    }),
  );

interface ProvidersFile {
  readonly names: readonly string[];
  readonly usable: readonly ProviderConfig[];
  readonly unusable: readonly (ProviderConfig & { readonly claim: string })[];
  readonly found: readonly { readonly issuer: string; readonly provider: string | null }[];
}

export const providerCases: Cases = (file) => {
  const { names, usable, unusable, found } = file as ProvidersFile;
  return [
    gives("the names of the providers", names, () => PROVIDER_NAMES),
    ...usable.map((config) =>
      gives(`${config.issuer} and ${config.serverUrl} are usable`, config, () => {
        const { provider, issuer, serverUrl } = providerRow(config);
        return { provider, issuer, serverUrl };
      }),
    ),
    ...unusable.map(({ claim, ...config }) => gives(`${claim} is not usable`, false, () => isUsable(config))),
    ...found.map(({ issuer, provider }) =>
      gives(`the provider of "${issuer}"`, provider, () => nameOf(findProvider(PUBLIC_PROVIDERS, issuer))),
    ),
  ];
};

function nameOf(row: ProviderRow | null): string | null {
  return row === null ? null : row.provider;
}

/** A configuration of our own that is wrong is a caller's mistake, which has no code. */
function isUsable(config: ProviderConfig): boolean {
  try {
    providerRow(config);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
