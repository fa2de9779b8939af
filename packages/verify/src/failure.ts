// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "@countermark/formats";

/** Why a check said no: code -> meaning. Sorted. */
export const VERIFY_CODES = {
  "after-last-honest": "The checkpoint is later than the last one that is believed under its keys.",
  "anchor-ahead": "The log's time is ahead of the clocks of the head's cosigners.",
  "anchor-differs": "The anchor of a state leaf is not what the cosigned note that it names says.",
  "anchor-missing": "A state leaf that is not the first has no anchor: log time would stand still unseen.",
  "anchor-place": "The anchor of a head's state leaf is no head up to the state leaf before it.",
  "anchor-stale": "The log's time stands still while heads go on.",
  "artifact-digest-algorithm": "The artifact's digest is of another algorithm than the signature is over.",
  "attestation-predicate": "An attestation is of another kind than the entry states.",
  "attestation-publisher": "An attestation is by another publisher than the entry states.",
  "attestation-signature": "The statement or artifact is not signed by the certificate's key.",
  "attestation-signed-at": "An attestation was made at another time than the entry states.",
  "authority-expired":
    "A certificate of the authority had expired, or was not yet valid, at the signed time.",
  "authority-extended-key-usage":
    "A certificate in a trusted chain may not issue certificates for this purpose.",
  "authority-key-usage": "A certificate in a trusted chain may not sign certificates.",
  "authority-name":
    "A certificate in a trusted chain names another issuer than the next certificate, or its root is not self-issued.",
  "authority-not-ca": "A certificate in a trusted chain is not one of an authority.",
  "authority-outside-window":
    "The signed time is outside the window in which the trusted root believes this authority.",
  "authority-path-length": "A trusted chain is longer than one of its certificates allows.",
  "authority-signature":
    "A certificate in a trusted chain is not signed by the next one, or the root not by itself.",
  "below-floor": "The head is smaller than one that is known to exist.",
  "certificate-critical-extension": "A certificate has a critical extension that is not known here.",
  "certificate-expired": "The certificate had expired at the signed time.",
  "certificate-extended-key-usage": "The certificate is not for this purpose alone.",
  "certificate-is-authority": "The certificate of a signer is one of an authority.",
  "certificate-issuer-unknown":
    "The trusted root has no authority with the name and key id of the certificate's issuer.",
  "certificate-key-usage": "The certificate's key is not for digital signatures alone.",
  "certificate-names": "The certificate has not exactly one subject alternative name of a known kind.",
  "certificate-not-yet-valid": "The certificate was not yet valid at the signed time.",
  "certificate-signature": "The certificate is not signed by its issuer.",
  "checkpoint-empty-root": "A checkpoint of size 0 has another root than the empty tree's.",
  "checkpoint-extensions":
    "The checkpoint has extension lines, and only ML-DSA-44 keys of the log signed, which do not cover them.",
  "checkpoint-origin": "The checkpoint is of another log than the one expected.",
  "consent-evidence":
    "The bytes that are served as a publisher's consent are not those that the entry names.",
  "consent-predicate": "What a publisher signed is not a consent, or says more than one.",
  "consent-publisher": "A consent is by another publisher than the entry states.",
  "consent-subject": "A consent is for another act, another project, or for this one as it stood before.",
  "consent-time": "A consent was signed later than the entry that uses it, or too long before it.",
  "consistency-length": "A consistency proof has more or fewer hashes than its two sizes need.",
  "consistency-range": "A consistency proof is asked from a larger tree to a smaller one.",
  "consistency-root": "Two trees of one log are not one history: the log was forked, or rolled back.",
  "cosignature-invalid": "A line by a known cosigner is not its cosignature of this checkpoint.",
  "cosignature-time": "A cosignature states no time, or one later than now.",
  "countersign-key": "The entry is signed with a key that is not trusted at its index.",
  "countersign-signature": "The entry is not signed by the countersigning key that it names.",
  "detail-mismatch": "The detail is not the one that the entry commits to.",
  "detail-missing": "The detail that an entry commits to is not served.",
  "digest-mismatch": "The bytes have another SHA-256 than what was signed, logged or listed.",
  "ecosystem-differs": "The log's genesis is of another ecosystem than the trust description.",
  "entry-ahead": "The entry's time is ahead of the clocks of the cosigners of the head that covers it.",
  "entry-from-future": "An entry's time is later than now.",
  "entry-origin": "The entry was made for another log.",
  "evidence-missing": "Evidence that an entry rests on is not served.",
  "file-id-differs": "A filename or version is not the one that the entry's ids are made of.",
  "file-missing": "The bytes of a file that an entry accepted are not served.",
  "head-stale": "No quorum has vouched for the head recently enough.",
  "id-token-algorithm":
    "The ID token is signed with another algorithm than its key or its provider is used with.",
  "id-token-audience": "The ID token is not for this audience alone.",
  "id-token-expired": "The ID token has expired.",
  "id-token-from-future": "The ID token was issued later than now.",
  "id-token-issuer": "The ID token is by another issuer than the one expected.",
  "id-token-key-unknown": "The issuer has no key under the key id that the ID token names.",
  "id-token-not-yet-valid": "The ID token is not valid yet.",
  "id-token-signature": "The ID token is not signed by the issuer's key.",
  "id-token-without-id": "The ID token has no id (jti) although its provider gives one to each.",
  "identity-incomplete": "A claim or certificate extension that this provider always gives is absent.",
  "identity-inconsistent": "Two statements about one identity disagree, or one has not this provider's form.",
  "identity-issuer": "The certificate names another issuer than the one expected.",
  "identity-name": "The certificate names another identity than the one expected.",
  "identity-unverified": "The provider does not vouch for the address in its token.",
  "inclusion-length": "An inclusion proof has more or fewer hashes than its index and size need.",
  "inclusion-range": "An index is not inside the tree.",
  "inclusion-root":
    "An inclusion proof leads to another root than the checkpoint's: the entry is not in the tree there.",
  "items-differ": "The detail does not name every file of the entry, once.",
  "known-head-differs": "Another tree of the same size is known: the log was forked.",
  "ledger-range": "The trust description has no keys for a checkpoint of this origin and size.",
  "log-entry-duplicate": "One log entry is there twice.",
  "log-entry-mismatch": "The log entry is about another signer, signature or content.",
  "log-entry-missing": "The signature is in no transparency log.",
  "log-entry-unsupported": "The log entry is of a kind or version that is not accepted here.",
  "log-id-mismatch": "The trusted root gives a log an id that is not the hash of its key.",
  "log-index-mismatch": "The log entry and its inclusion proof give different indexes.",
  "log-outside-window": "The signed time is outside the window in which the trusted root believes this log.",
  "log-promise-signature": "The promise of a log entry is not signed by its log.",
  "log-promise-unexpected": "An entry of Rekor v2 has a promise, which only Rekor v1 makes.",
  "log-proof-missing": "A log entry has no inclusion proof.",
  "log-root-mismatch": "The inclusion proof gives another tree than its checkpoint.",
  "log-signature-invalid": "A line by a known key of the log is not its signature of this checkpoint.",
  "log-signature-missing": "No known key of the log signed the checkpoint.",
  "log-unknown": "The trusted root has no transparency log with this id.",
  "map-bucket": "A map proof shows a key that belongs in another bucket.",
  "map-commitment": "A map proof leads to another map than the one that the head commits to.",
  "map-count": "The map and the state leaf disagree on how many keys there are.",
  "metadata-differs":
    "A distribution's METADATA is not the one that the entry states, or says another name or version.",
  "name-differs": "A name is not the one that the entry's project is the key of.",
  "opening-mismatch": "A detail does not open the publisher ids of its entry, and only those.",
  "quorum-none": "The policy asks for no cosigner, so nothing can be believed as cosigned.",
  "quorum-not-met": "The cosigners of the checkpoint are not the quorum that the policy asks for.",
  "receipt-kind": "The receipt's entry is not the acceptance of a file.",
  "rules-unknown": "The head is made by rules that this version does not know.",
  "sct-log-unknown":
    "No SCT of the certificate is by a log that the trusted root believed at the SCT's time.",
  "sct-missing": "The certificate has no SCT.",
  "sct-signature": "An SCT of the certificate is not signed by its log.",
  "signer-kind": "The bundle is signed by a key where a certificate is wanted, or the other way round.",
  "size-differs": "A file has another size than its entry states.",
  "state-config": "A configuration in the state file is not the one that the header names.",
  "state-files": "The records in the state file are not those that the header was hashed with.",
  "state-leaf-origin": "The head's state leaf is of another log.",
  "state-leaf-place": "The head's state leaf says another place than the last one of the tree.",
  "state-leaf-time": "The head's state leaf is of a time ahead of the clocks of the head's cosigners.",
  "state-value": "The state file is not the one that the map commits to.",
  "statement-payload-type": "The envelope holds something else than an in-toto statement.",
  "statement-predicate-type": "The statement is of a type that is not accepted for distribution files.",
  "statement-subject-count": "The statement is not about exactly one file.",
  "statement-subject-name": "The statement is about a file of another name.",
  "threshold-ct-logs": "Certificate transparency logs of fewer operators than wanted know the certificate.",
  "threshold-logs": "Transparency logs of fewer operators than wanted know the signature.",
  "threshold-times": "Clocks of fewer operators than wanted vouch for the time.",
  "timestamp-authority-unknown": "The trusted root has no timestamp authority with this certificate.",
  "timestamp-certificate": "The timestamp names another certificate than the one of its authority.",
  "timestamp-content-type": "The timestamp's signature covers another type of content.",
  "timestamp-digest": "The timestamp's signature covers another content.",
  "timestamp-imprint": "The timestamp is over other bytes than the signature.",
  "timestamp-missing": "There is no timestamp, and the log entry has no time of its own.",
  "timestamp-signature": "The timestamp is not signed by its authority.",
  "trust-differs": "A trust description gives other keys than the entry of the ledger that names it.",
  "trust-range-lost": "A trust description drops keys by which earlier entries are believed.",
  "tuf-expired": "TUF metadata has expired: the repository is frozen, or somebody shows an old copy of it.",
  "tuf-file-absent": "The TUF repository does not serve a file that it lists.",
  "tuf-hash-mismatch": "A file of a TUF repository has another hash than the one that is listed for it.",
  "tuf-hash-unknown":
    "A file of a TUF repository is listed with a hash of an algorithm that is not known here.",
  "tuf-length-mismatch": "A file of a TUF repository has another length than the one that is listed for it.",
  "tuf-not-cached": "Nothing may be fetched, and a TUF file that is needed is not in the cache.",
  "tuf-role-removed": "A new TUF snapshot no longer lists a role that the one before it listed.",
  "tuf-role-unlisted": "A TUF role is delegated to, and the snapshot does not list it.",
  "tuf-root-succession": "A new TUF root is not signed by enough keys of the root before it.",
  "tuf-root-version": "A new TUF root is not the next version after the one that is trusted.",
  "tuf-search-limit": "The search for a TUF target went through more roles than are allowed.",
  "tuf-signature-repeated": "The signatures of a TUF file name one key id twice.",
  "tuf-snapshot-rollback": "A new TUF timestamp lists an older snapshot than the one before it.",
  "tuf-target-path": "The path of a TUF target leaves the folder of targets.",
  "tuf-target-unknown": "No role that may says anything about the TUF target.",
  "tuf-targets-rollback": "A new TUF snapshot lists an older version of a role than the one before it.",
  "tuf-threshold": "TUF metadata is not signed by as many keys of its role as the role demands.",
  "tuf-timestamp-rollback": "The TUF timestamp is older than one that is known.",
  "tuf-version-mismatch": "TUF metadata is of another version than the one that is listed for it.",
} as const;

export type VerifyCode = keyof typeof VERIFY_CODES;

/** A check says no. The message says what was checked, what was found and what was wanted. */
export class VerifyError extends Error {
  override readonly name = "VerifyError";
  readonly code: VerifyCode;

  constructor(code: VerifyCode, message: string, options?: { readonly cause: unknown }) {
    super(messageOf(message), options);
    this.code = code;
  }
}

/** Why policy said no although every signature holds: code -> meaning. Sorted. */
export const REFUSAL_CODES = {
  "attestation-lost": "The project is locked to an identity, and the file has no attestation.",
  "attestation-withheld": "The ledger lists an attestation of the file that was not served.",
  "change-undone": "The file was let in by a change of who may publish that its project undid.",
  "change-unsettled": "The file was let in by a change of who may publish that can still be undone.",
  "cross-check-identity": "The attestation is signed by another identity than the one that uploads the file.",
  "cross-check-run":
    "The attestation is signed in another run, or of another commit, than the one that uploads the file.",
  "identity-changed": "The file is signed by another identity than the one that is locked for this project.",
  "locked-file-changed": "A file of this name is locked with another SHA-256.",
  "locked-index-changed": "The project is locked to another index.",
  "promise-broken": "The project's policy requires attestations, and the file has none.",
  "publisher-differs": "The attestation is not by the publisher that the ledger names for it.",
  "publishers-differ": "The attestations of one file are by publishers that differ.",
  "trigger-refused":
    "The run was started by an event that lets strangers run code with the project's identity.",
} as const;

export type RefusalCode = keyof typeof REFUSAL_CODES;

/** Policy says no. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: { readonly cause: unknown }) {
    super(messageOf(message), options);
    this.code = code;
  }
}
