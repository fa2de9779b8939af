// SPDX-License-Identifier: Apache-2.0
// Every limit on what a client may send to the index, in one table. Bytes unless the name says otherwise.

/** One distribution file. */
export const FILE_BYTES_MAX = 104_857_600;
/** All text fields of one upload together, names included. */
export const FORM_BYTES_MAX = 8_388_608;
/** One text field of an upload. */
export const FIELD_BYTES_MAX = 4_194_304;
export const FIELD_NAME_BYTES_MAX = 128;
export const FIELDS_MAX = 4_096;
/** What an upload says of the Python it needs; the ledger's details hold no more than 4096 characters. */
export const REQUIRES_PYTHON_CHARS_MAX = 1_024;
/** One upload with all that is read past: part headers, what stands before, between and after the parts. */
export const UPLOAD_BYTES_MAX = FILE_BYTES_MAX + FORM_BYTES_MAX + 4_194_304;
/** Headers of one part of a multipart body. */
export const PART_HEADERS_MAX = 16;
/** What is read, and thrown away, of a body that was refused before its end. */
export const DRAIN_BYTES_MAX = FILE_BYTES_MAX + FORM_BYTES_MAX;
/** Attestations of one upload. @spec PEP 740; Warehouse takes two, the ledger four */
export const ATTESTATIONS_PER_UPLOAD_MAX = 2;
/** Members of one archive. */
export const ARCHIVE_ENTRIES_MAX = 100_000;
/** What one archive may expand to, whatever its size. */
export const ARCHIVE_EXPANDED_BYTES_MAX = 4_294_967_296;
/** Above this much expanded data, an archive may expand at most `ARCHIVE_RATIO_MAX` times. */
export const ARCHIVE_RATIO_FREE_BYTES = 67_108_864;
export const ARCHIVE_RATIO_MAX = 50;
export const ARCHIVE_PATH_CHARS_MAX = 1_024;
/** RECORD of a wheel. */
export const RECORD_BYTES_MAX = 33_554_432;
/** A JSON request body of management and token exchange. */
export const REQUEST_BYTES_MAX = 65_536;
export const ID_TOKEN_LEEWAY_SECONDS = 30;
/** A replayed token id is remembered this long after the token's own end. */
export const REPLAY_MARGIN_SECONDS = 60;
/** @spec PEP 807: 15 minutes to 6 hours */
export const UPLOAD_TOKEN_LIFETIME_SECONDS = 900;
/** Publishers of one project, and publishers waiting for one account. */
export const PUBLISHERS_PER_PROJECT_MAX = 32;
export const PENDING_PUBLISHERS_PER_ACCOUNT_MAX = 100;
/** How long a publisher waits for its project. */
export const PENDING_PUBLISHER_LIFETIME_SECONDS = 2_592_000;
/** The name of a passkey, in base64url: 1,023 bytes. @spec w3c.org/TR/webauthn-3 4 */
export const CREDENTIAL_CHARS_MAX = 1_364;
/** A reason for a yank, in characters. */
export const REASON_CHARS_MAX = 512;
/** Files one management request may name. */
export const FILES_PER_REQUEST_MAX = 512;
