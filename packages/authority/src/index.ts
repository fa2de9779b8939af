// SPDX-License-Identifier: Apache-2.0
export { type Authority, type AuthorityOptions, type AuthorityStore, createAuthority } from "./authority.ts";
export { AUTHORITY_CODES, type AuthorityCode, AuthorityError } from "./failure.ts";
export { createOidcIssuer, type OidcIssuerOptions } from "./oidc/issuer.ts";
export {
  createIssuerSigningKey,
  type IssuerSigningKey,
  readOrCreateIssuerSigningKey,
} from "./oidc/rsa-key.ts";
