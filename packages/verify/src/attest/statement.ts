// SPDX-License-Identifier: Apache-2.0
import {
  type Distribution,
  encodeHex,
  equalBytes,
  type InTotoStatement,
  type InTotoSubject,
  PUBLISH_PREDICATE_TYPE,
  parseDistributionFilename,
  quote,
  SLSA_PROVENANCE_PREDICATE_TYPE,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";

/** The file that an attestation should be about. */
export type DistributionFile = {
  readonly filename: string;
  /** 32 bytes. */
  readonly sha256: Uint8Array;
};

/** What may be said of a distribution file. */
const PREDICATE_TYPES = [PUBLISH_PREDICATE_TYPE, SLSA_PROVENANCE_PREDICATE_TYPE] as const;

export type DistributionPredicateType = (typeof PREDICATE_TYPES)[number];

/**
 * Checks that a statement is about this one file, and of a type accepted for distribution files. Names are equal when they
 * say the same distribution, however they spell it.
 *
 * @throws VerifyError `statement-subject-count`, `statement-subject-name`, `digest-mismatch`,
 *   `statement-predicate-type`; ParseError when `file` itself has no distribution's name
 * @spec packaging.python.org/en/latest/specifications/index-hosted-attestations (attestation verification)
 */
export function verifyStatement(
  statement: InTotoStatement,
  file: DistributionFile,
): DistributionPredicateType {
  const [subject, ...more] = statement.subjects;
  if (subject === undefined || more.length > 0) {
    throw new VerifyError(
      "statement-subject-count",
      `Cannot accept statement: it is about ${statement.subjects.length} files, wanted one`,
    );
  }
  verifyName(subject, file);
  verifyDigest(subject, file);
  return verifyPredicateType(statement);
}

function verifyName(subject: InTotoSubject, file: DistributionFile): void {
  const wanted = parseDistributionFilename(file.filename);
  const found = distributionOf(subject.name);
  if (found === null || meaningOf(found) !== meaningOf(wanted)) {
    throw new VerifyError(
      "statement-subject-name",
      `Cannot accept statement: it is about ${quote(subject.name)}, wanted ${quote(file.filename)}`,
    );
  }
}

function verifyDigest(subject: InTotoSubject, file: DistributionFile): void {
  const { digest } = subject;
  // One by SHA-512 is twice as long, so it is none of the file's.
  if (digest === null || !equalBytes(digest.digest, file.sha256)) {
    const found = digest === null ? "no digest" : encodeHex(digest.digest);
    throw new VerifyError(
      "digest-mismatch",
      `Cannot accept ${quote(file.filename)}: it has the SHA-256 ${encodeHex(file.sha256)}, the statement ${found}`,
    );
  }
}

function verifyPredicateType(statement: InTotoStatement): DistributionPredicateType {
  const type = PREDICATE_TYPES.find((accepted) => accepted === statement.predicateType);
  if (type === undefined) {
    throw new VerifyError(
      "statement-predicate-type",
      `Cannot accept statement of type ${quote(statement.predicateType)}, wanted one of ${PREDICATE_TYPES.join(", ")}`,
    );
  }
  return type;
}

/** Null when the name is no distribution's: then it is not the file's. */
function distributionOf(name: string): Distribution | null {
  try {
    return parseDistributionFilename(name);
  } catch {
    return null;
  }
}

/** What a filename says, in one spelling. */
function meaningOf(file: Distribution): string {
  const { name, version } = file;
  if (file.kind === "sdist") return JSON.stringify([name, version]);
  const tags = [file.pythonTags, file.abiTags, file.platformTags].map((set) => [...new Set(set.toSorted())]);
  return JSON.stringify([name, version, file.build, ...tags]);
}
