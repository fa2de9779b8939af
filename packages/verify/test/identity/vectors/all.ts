// SPDX-License-Identifier: Apache-2.0
import { crossCheckVectors, providerVectors, sameIdentityVectors } from "./comparisons.ts";
import { idTokenVectors } from "./id-tokens.ts";
import { certificateIdentityVectors, ciIdentityVectors } from "./identities.ts";

/** The files of vectors/identity/, by name. */
export async function identityVectors(): Promise<Readonly<Record<string, unknown>>> {
  return {
    "certificate-identity.json": certificateIdentityVectors(),
    "ci-identity.json": ciIdentityVectors(),
    "cross-check.json": crossCheckVectors(),
    "id-token.json": idTokenVectors(),
    "providers.json": providerVectors(),
    "same-identity.json": sameIdentityVectors(),
  };
}
