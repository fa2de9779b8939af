// SPDX-License-Identifier: Apache-2.0
import { ParseError } from "@countermark/formats";
import { RefusedError, VerifyError } from "@countermark/verify";

/** Why the authority or the development issuer says no: code -> HTTP status and meaning. Sorted. */
export const AUTHORITY_CODES = {
  "audience-malformed": {
    status: 400,
    meaning: "An ID token is asked for an audience that is empty or too long.",
  },
  "body-too-large": { status: 413, meaning: "The request has a larger body than this endpoint takes." },
  "credentials-differ": {
    status: 400,
    meaning: "The body and the Authorization header hold two different ID tokens.",
  },
  "credentials-missing": { status: 401, meaning: "The request has no ID token, or no request token." },
  "digest-length": { status: 400, meaning: "The digest is not as long as its algorithm makes it." },
  "issuer-unavailable": {
    status: 503,
    meaning: "The issuer's signing keys cannot be had, or are not where an issuer may keep them.",
  },
  "issuer-unknown": {
    status: 401,
    meaning: "The ID token is by an issuer that this authority does not serve.",
  },
  "job-unknown": { status: 401, meaning: "No job of the development issuer has this request token." },
  "key-mismatch": { status: 400, meaning: "The key is not of the kind that the request says it is." },
  "key-request-ambiguous": {
    status: 400,
    meaning: "The request does not have exactly one of a public key and a certificate signing request.",
  },
  "media-type": {
    status: 415,
    meaning: "The request has a body of a type that this endpoint does not read.",
  },
  "nonce-too-long": { status: 400, meaning: "The nonce of a timestamp request is longer than is taken." },
  "not-found": { status: 404, meaning: "There is nothing at this path." },
  "pki-mismatch": {
    status: 500,
    meaning: "A stored certificate of the authority is not for the key that is stored beside it.",
  },
  "policy-unknown": {
    status: 400,
    meaning: "The timestamp is asked under a policy that is not this authority's.",
  },
  "proof-of-possession": {
    status: 400,
    meaning: "The request does not prove that its sender holds the private key.",
  },
  "request-kind": { status: 400, meaning: "The log takes entries of kind hashedrekord 0.0.2 only." },
  "signature-invalid": {
    status: 400,
    meaning: "The signature of the entry is not by its key over its digest.",
  },
} as const;

export type AuthorityCode = keyof typeof AUTHORITY_CODES;

/** The authority says no. The message says what was tried, what was found and what was wanted; never a token. */
export class AuthorityError extends Error {
  override readonly name = "AuthorityError";
  readonly code: AuthorityCode;

  constructor(code: AuthorityCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** What a client is told of a failure. */
export type Answer = { readonly status: number; readonly code: string; readonly message: string };

/** The one place where a failure becomes a status. What is not a refusal is not described to strangers. */
export function describeFailure(error: unknown): Answer {
  if (error instanceof AuthorityError) {
    return { status: AUTHORITY_CODES[error.code].status, code: error.code, message: error.message };
  }
  if (error instanceof ParseError) return { status: 400, code: error.code, message: error.message };
  if (error instanceof VerifyError || error instanceof RefusedError) {
    return { status: 401, code: error.code, message: error.message };
  }
  return { status: 500, code: "internal", message: "The authority failed; its log says why" };
}
