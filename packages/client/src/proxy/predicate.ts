// SPDX-License-Identifier: Apache-2.0
import {
  type Predicate,
  PUBLISH_PREDICATE_TYPE,
  quote,
  SLSA_PROVENANCE_PREDICATE_TYPE,
} from "@countermark/formats";
import { type Evidence, type Verified, VerifyError } from "@countermark/verify";

/**
 * Checks that an attestation is of the kind that the ledger states for it: what a project promised, and who is taken for the
 * publisher of a file, is decided by the ledger's word.
 *
 * @throws VerifyError `attestation-predicate`
 */
export function requirePredicate(filename: string, stated: Predicate, evidence: Verified<Evidence>): void {
  const { predicateType } = evidence;
  if (predicateOf(predicateType) === stated) return;
  throw new VerifyError(
    "attestation-predicate",
    `Cannot accept ${filename}: the ledger records its attestation as ${quote(stated)}, seen ${quote(predicateType)}`,
  );
}

function predicateOf(type: string): Predicate {
  if (type === PUBLISH_PREDICATE_TYPE) return "publish";
  return type === SLSA_PROVENANCE_PREDICATE_TYPE ? "slsa" : "other";
}
