// SPDX-License-Identifier: Apache-2.0
// Every limit on what a client may send to the authority, in one table. Bytes unless the name says otherwise.

/** A request for a certificate: an ID token, a key or a signing request, a signature. */
export const SIGNING_REQUEST_BYTES_MAX = 65_536;
export const PEM_CHARS_MAX = 32_768;
/** A signature of any accepted algorithm. */
export const SIGNATURE_BYTES_MAX = 1_024;
/** A request for a timestamp, in either encoding. */
export const TIMESTAMP_REQUEST_BYTES_MAX = 4_096;
export const NONCE_BYTES_MAX = 32;
/** A proposed log entry. */
export const ENTRY_REQUEST_BYTES_MAX = 65_536;
/** A job registered at the development issuer, and how many are remembered. */
export const JOB_BYTES_MAX = 16_384;
export const JOBS_MAX = 10_000;
export const CLAIM_CHARS_MAX = 1_024;
export const AUDIENCE_CHARS_MAX = 255;
/** Issuers in a configuration file. */
export const ISSUERS_MAX = 64;
export const ID_TOKEN_LEEWAY_SECONDS = 30;
