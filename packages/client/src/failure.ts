// SPDX-License-Identifier: Apache-2.0
import { LogError } from "@countermark/log";

/** What the exit status of the command says. */
export const EXIT = {
  ok: 0,
  /** Verification or policy said no. */
  refused: 1,
  /** The command line, or the settings it needs, are wrong. */
  usage: 2,
  /** Something outside could not be reached, or answered that it cannot now. */
  unavailable: 3,
  /** A file or an answer is malformed. */
  malformed: 4,
  /** A fault of this program. */
  internal: 5,
} as const;

type Row = { readonly exit: (typeof EXIT)[keyof typeof EXIT]; readonly meaning: string };

/** Why the command stops: code -> exit status and meaning. Sorted. */
export const CLIENT_CODES = {
  "attestation-downgrade": {
    exit: EXIT.refused,
    meaning:
      "The file is not attested, and the index attests older versions of the same line; refused because you asked for it.",
  },
  "audit-failed": { exit: EXIT.refused, meaning: "The ledger holds an entry that breaks the index's rules." },
  "authority-refused": {
    exit: EXIT.refused,
    meaning: "The certificate, timestamp or log authority refused the request.",
  },
  "bad-distribution": {
    exit: EXIT.malformed,
    meaning: "The file is not a wheel or sdist that can be published.",
  },
  "bad-lock-file": {
    exit: EXIT.malformed,
    meaning: "A lock file of another tool, or what it names, is malformed or of a version that is not known.",
  },
  "bypass-refused": {
    exit: EXIT.usage,
    meaning: "An argument or a requirements file names a source that would go round the verifying proxy.",
  },
  "change-pending": {
    exit: EXIT.refused,
    meaning: "Somebody asked for another configuration of who may publish your project.",
  },
  "content-type": {
    exit: EXIT.malformed,
    meaning: "A server answered with another type of content than was asked for.",
  },
  "digest-not-listed": {
    exit: EXIT.refused,
    meaning:
      "The index lists the file with another SHA-256 than the lock, or lists the lock's SHA-256 for no file of this version.",
  },
  "file-mismatch": {
    exit: EXIT.refused,
    meaning: "The index served other bytes than the ledger records for the file.",
  },
  "head-went-back": {
    exit: EXIT.refused,
    meaning:
      "The index showed an older head of its ledger, or another tree, than this session or this machine has seen before.",
  },
  "http-status": {
    exit: EXIT.unavailable,
    meaning: "A server answered with a status that the protocol does not have here.",
  },
  "index-not-allowed": {
    exit: EXIT.refused,
    meaning: "The lock names an index that you did not allow.",
  },
  "isolation-unavailable": {
    exit: EXIT.usage,
    meaning: "--isolate was asked for, and this system gives no network of its own to a user's program.",
  },
  "list-differs": {
    exit: EXIT.refused,
    meaning: "The index does not list, or does not serve, what its ledger records.",
  },
  "lock-inconsistent": {
    exit: EXIT.refused,
    meaning: "An entry of the lock names a file of another project or version than its own.",
  },
  "lock-no-hash": {
    exit: EXIT.refused,
    meaning: "An entry of the lock has no SHA-256, so its files could be any.",
  },
  "lock-not-pinned": {
    exit: EXIT.refused,
    meaning: "An entry of the lock names no single version.",
  },
  "no-identity": { exit: EXIT.usage, meaning: "This machine has no CI identity to publish with." },
  "no-index": { exit: EXIT.usage, meaning: "No index was named." },
  "no-provenance": { exit: EXIT.refused, meaning: "The index serves no provenance for the file." },
  "no-signer": {
    exit: EXIT.usage,
    meaning:
      "Everything holds, and nothing says who should have signed: name the signer, or say that any will do.",
  },
  "no-trust": {
    exit: EXIT.usage,
    meaning: "No trust description was named, and none is in the configuration folder.",
  },
  "not-cached": {
    exit: EXIT.unavailable,
    meaning: "Nothing may be fetched, and what is needed is not in the cache, or older than you allow.",
  },
  "not-hosted": { exit: EXIT.refused, meaning: "The index does not host the file as it is here." },
  "not-mine": {
    exit: EXIT.refused,
    meaning: "The index hosts a file in the release that was not given as yours.",
  },
  "not-recorded": { exit: EXIT.refused, meaning: "The file is not in the ledger." },
  "not-remembered": {
    exit: EXIT.refused,
    meaning: "Nothing is remembered of the file, and nothing new may be; refused because you asked for it.",
  },
  "nothing-verified": { exit: EXIT.refused, meaning: "Nothing of what was installed was verified." },
  "page-of-another-project": {
    exit: EXIT.refused,
    meaning: "The index answered with the page of another project than the one that was asked for.",
  },
  "publisher-claim": {
    exit: EXIT.refused,
    meaning: "The index names another publisher in its provenance object than the certificate does.",
  },
  "publisher-kind": {
    exit: EXIT.refused,
    meaning: "The index names a publisher of a kind that cannot be compared with a certificate.",
  },
  "recorded-identity-differs": {
    exit: EXIT.refused,
    meaning: "The lock records other publishers for the package than the one whose attestation its file has.",
  },
  "response-too-large": {
    exit: EXIT.malformed,
    meaning: "A server's answer is longer than the limit for it.",
  },
  "tool-failed": { exit: EXIT.refused, meaning: "The tool that was driven failed." },
  "tool-missing": { exit: EXIT.usage, meaning: "The tool to drive was not found." },
  "trust-mismatch": {
    exit: EXIT.refused,
    meaning:
      "The trust description, or the Sigstore root beside it, has another SHA-256 than the one it is pinned to.",
  },
  "trust-not-pinned": {
    exit: EXIT.usage,
    meaning: "A trust description outside the configuration folder was named without its SHA-256.",
  },
  "two-indexes": {
    exit: EXIT.refused,
    meaning: "The lock takes one project from two indexes.",
  },
  unreachable: {
    exit: EXIT.unavailable,
    meaning: "A server could not be reached, or did not answer in time.",
  },
  "upload-refused": { exit: EXIT.refused, meaning: "The index refused the token or the upload." },
  usage: { exit: EXIT.usage, meaning: "The command line is wrong." },
} as const satisfies Readonly<Record<string, Row>>;

export type ClientCode = keyof typeof CLIENT_CODES;

/** The command stops. The message says what was done, what was found and what was wanted; never a token. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  readonly code: ClientCode;

  constructor(code: ClientCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.code = code;
  }

  get exit(): number {
    return CLIENT_CODES[this.code].exit;
  }
}

/** Whether the same may succeed later, because a server did not answer, or not now. */
export function isTransient(error: unknown): boolean {
  if (error instanceof LogError) return error.code === "unavailable";
  return error instanceof ClientError && error.exit === EXIT.unavailable;
}
