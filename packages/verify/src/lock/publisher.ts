// SPDX-License-Identifier: Apache-2.0
import { PUBLISH_PREDICATE_TYPE } from "@countermark/formats";
import { RefusedError } from "../failure.ts";
import type { CiIdentity } from "../identity/identify.ts";
import { publisherRecordFor, samePublisher, showDifferences } from "../identity/same-identity.ts";

/** As much of an attestation that verified as says who published its file. */
export type Attester = { readonly identity: CiIdentity; readonly predicateType: string };

/**
 * Whose word it is that a file was published: the publish attestations', and the others' only where there is none. Null: nobody's.
 *
 * Without a ledger nothing says which of several is the publisher: anybody can attest a file that he did not make, so several that
 * differ are none.
 *
 * @throws RefusedError `publishers-differ`
 * @spec specs/identity-lock.md#decisions
 */
export function requireOnePublisher<T extends Attester>(filename: string, attested: readonly T[]): T | null {
  const publishers = attested.filter(({ predicateType }) => predicateType === PUBLISH_PREDICATE_TYPE);
  const [first, ...others] = publishers.length > 0 ? publishers : attested;
  if (first === undefined) return null;
  for (const other of others) {
    // In both directions: a record without an environment stands for any.
    const differences = [
      ...samePublisher(publisherRecordFor(first.identity), other.identity),
      ...samePublisher(publisherRecordFor(other.identity), first.identity),
    ];
    if (differences.length === 0) continue;
    throw new RefusedError(
      "publishers-differ",
      `Cannot tell who published ${filename}: its attestations are by several: ${showDifferences(differences)}`,
    );
  }
  return first;
}
