// SPDX-License-Identifier: Apache-2.0

/** Why a check said no: code -> meaning. Sorted. */
export const VERIFY_CODES = {
  "digest-mismatch": "The bytes have another SHA-256 than what was signed, logged or listed.",
} as const;

export type VerifyCode = keyof typeof VERIFY_CODES;

/** A check says no. The message says what was checked, what was found and what was wanted. */
export class VerifyError extends Error {
  override readonly name = "VerifyError";
  readonly code: VerifyCode;

  constructor(code: VerifyCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** Why policy said no although every signature holds: code -> meaning. Sorted. */
export const REFUSAL_CODES = {
  "identity-changed": "The file is signed by another identity than the one that is locked for this project.",
} as const;

export type RefusalCode = keyof typeof REFUSAL_CODES;

/** Policy says no. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }
}
