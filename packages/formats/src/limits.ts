// SPDX-License-Identifier: Apache-2.0
// Every limit on input from outside, in one table. Bytes unless the name says otherwise.

/** Nesting of any JSON document. */
export const JSON_DEPTH_MAX = 32;
/** Values in any JSON document: an empty object is two bytes of it and two hundred of memory. */
export const JSON_VALUES_MAX = 4_194_304;
/** One leaf of a log. @spec c2sp.org/tlog-tiles: entries are at most 65,535 bytes */
export const ENTRY_BYTES_MAX = 65_535;
/** A detail, salt included. */
export const DETAIL_BYTES_MAX = 1_048_576;
/** The publisher record in canonical JSON. */
export const PUBLISHER_BYTES_MAX = 2_048;
/** A signed note: the text and, at 16 signatures of up to 5 kB each, its signature lines. */
export const NOTE_BYTES_MAX = 131_072;
export const NOTE_SIGNATURES_MAX = 64;
/** Hashes in one inclusion, consistency or map proof. */
export const PROOF_HASHES_MAX = 63;
/** Keys in one bucket of a map. */
export const MAP_BUCKET_KEYS_MAX = 4_096;
/** A tile of 256 hashes, and an entry bundle of 256 entries. @spec c2sp.org/tlog-tiles */
export const TILE_BYTES_MAX = 8_192;
export const ENTRY_BUNDLE_BYTES_MAX = 256 * (2 + 65_535);
/** A tlog-proof: an entry and a detail in base64, the hashes, and the checkpoint. */
export const TLOG_PROOF_BYTES_MAX = 2_097_152;
/** A request to a witness: proof lines and a checkpoint. */
export const WITNESS_REQUEST_BYTES_MAX = 139_264;
/** A tlog-policy file: 32 logs and 32 witnesses with ML-DSA-44 keys have 120 kB. */
export const POLICY_BYTES_MAX = 262_144;
/** Logs, witnesses and groups in one policy, each. */
export const POLICY_ITEMS_MAX = 256;
/** A PEP 740 attestation. */
export const ATTESTATION_BYTES_MAX = 131_072;
/** A Sigstore bundle, and the statement in it: GitHub attests bills of materials of up to 16 MiB, here in base64. */
export const BUNDLE_BYTES_MAX = 33_554_432;
/** Attestations of one file. */
export const ATTESTATIONS_PER_FILE_MAX = 8;
/** A PEP 740 provenance object. */
export const PROVENANCE_BYTES_MAX = 2_097_152;
/** A Sigstore trusted root. */
export const TRUSTED_ROOT_BYTES_MAX = 1_048_576;
/** One DER certificate. */
export const CERTIFICATE_BYTES_MAX = 16_384;
export const DER_DEPTH_MAX = 24;
/** One object identifier: messages quote it. */
export const OID_BYTES_MAX = 64;
/** An RFC 3161 response. */
export const TIMESTAMP_BYTES_MAX = 32_768;
/** A JSON Web Token, in characters. */
export const ID_TOKEN_CHARS_MAX = 16_384;
/** An issuer's key set, and the keys in it. */
export const JWKS_BYTES_MAX = 262_144;
export const JWKS_KEYS_MAX = 64;
/** A trust description. */
export const TRUST_BYTES_MAX = 1_048_576;
/** A project's state file (all records), and the details it refers to. */
export const STATE_BYTES_MAX = 67_108_864;
export const DETAILS_BYTES_MAX = 268_435_456;
/** A page of the simple API. */
export const SIMPLE_PAGE_BYTES_MAX = 67_108_864;
export const SIMPLE_PAGE_FILES_MAX = 100_000;
/** countermark.lock. */
export const LOCK_BYTES_MAX = 67_108_864;
/** A distribution's core metadata. */
export const METADATA_BYTES_MAX = 4_194_304;
/** A project name, a version, a filename, in characters. */
export const PROJECT_NAME_CHARS_MAX = 128;
export const VERSION_CHARS_MAX = 128;
export const FILENAME_CHARS_MAX = 255;
/** TUF files. A snapshot of 262,144 roles has 9.4 MB, with a SHA-256 each 36 MB. */
export const TUF_ROOT_BYTES_MAX = 524_288;
export const TUF_TIMESTAMP_BYTES_MAX = 16_384;
export const TUF_SNAPSHOT_BYTES_MAX = 67_108_864;
export const TUF_TARGETS_BYTES_MAX = 67_108_864;
/** Signatures of one TUF file, and keys of one role. */
export const TUF_SIGNATURES_MAX = 256;
export const TUF_ROLE_KEYS_MAX = 256;
/** A TUF signature: RSA of 4,096 bits, with room. */
export const TUF_SIGNATURE_BYTES_MAX = 1_024;
/** A TUF key in PEM, and any TUF name, path pattern or digest, in characters. */
export const TUF_KEY_CHARS_MAX = 4_096;
export const TUF_NAME_CHARS_MAX = 1_024;
/** Hashes of one file in TUF metadata. */
export const TUF_HASHES_MAX = 8;
/** Roles in one TUF delegation, and path patterns or hash prefixes of one role. */
export const TUF_DELEGATIONS_MAX = 65_536;
/** Roots fetched in one TUF update. @spec theupdateframework/specification#5.3 */
export const TUF_ROOT_UPDATES_MAX = 1_024;
/** Roles visited in search of one TUF target. @spec theupdateframework/specification#5.6 */
export const TUF_SEARCH_ROLES_MAX = 64;
