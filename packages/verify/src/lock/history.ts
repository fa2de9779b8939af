// SPDX-License-Identifier: Apache-2.0
import { canonicalVersion, compareVersions, parseVersion, type Version } from "@countermark/formats";

/** A file of an index's page, as far as it says whether attestations are usual there. */
export type ListedRelease = {
  readonly version: string;
  /** Whether the index says that it has provenance. */
  readonly isAttested: boolean;
};

/** What an index lists beside a file without an attestation: history, by the index's word alone. */
export type History =
  | { readonly kind: "never-attested" }
  /** Other files of the same version are attested. */
  | { readonly kind: "partly-attested" }
  /** The newest version before it in its line that is attested. */
  | { readonly kind: "attested-before"; readonly version: string };

/**
 * Whether a file of `version` without an attestation is what is usual in its line: the same epoch and first number. Older lines
 * are another matter: they may have been made before there were attestations.
 *
 * @throws ParseError for what is no version
 * @spec specs/identity-lock.md#history
 */
export function decideHistory(version: string, listed: readonly ListedRelease[]): History {
  const own = parseVersion(version);
  const attested = listed.filter(({ isAttested }) => isAttested).map((file) => parseVersion(file.version));
  const upToNow = attested.filter((other) => isSameLine(other, own) && compareVersions(other, own) <= 0);
  const newest = upToNow.toSorted(compareVersions).at(-1);
  if (newest === undefined) return { kind: "never-attested" };
  return compareVersions(newest, own) === 0
    ? { kind: "partly-attested" }
    : { kind: "attested-before", version: canonicalVersion(newest) };
}

function isSameLine(a: Version, b: Version): boolean {
  return a.epoch === b.epoch && a.release[0] === b.release[0];
}
