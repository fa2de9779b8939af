// SPDX-License-Identifier: Apache-2.0
import type { FileRecord, SimplePage } from "@countermark/formats";

/** How the list that installers get differs from what the ledger proves. */
export type ListDifference =
  | { readonly kind: "not-in-ledger"; readonly filename: string }
  | {
      readonly kind: "other-digest";
      readonly filename: string;
      readonly listed: string | null;
      readonly logged: string;
    }
  | { readonly kind: "not-listed"; readonly filename: string };

/**
 * Compares the index's list with its ledger. A file that the ledger calls published may be missing from the list for a short
 * while, when it was taken away since the head; anything else is the index contradicting itself.
 *
 * @param logged the files that the ledger names, by filename.
 */
export function compareList(
  page: SimplePage,
  logged: ReadonlyMap<string, FileRecord>,
): readonly ListDifference[] {
  const differences: ListDifference[] = [];
  for (const { filename, sha256 } of page.files) {
    const record = logged.get(filename);
    if (record === undefined || !isVisible(record)) differences.push({ kind: "not-in-ledger", filename });
    else if (sha256 !== record.sha256) {
      differences.push({ kind: "other-digest", filename, listed: sha256, logged: record.sha256 });
    }
  }
  const listed = new Set(page.files.map((file) => file.filename));
  for (const [filename, record] of logged) {
    if (isVisible(record) && !listed.has(filename)) differences.push({ kind: "not-listed", filename });
  }
  return differences;
}

/** A difference as a sentence. */
export function showDifference(difference: ListDifference): string {
  switch (difference.kind) {
    case "not-in-ledger":
      return `Installers are offered ${difference.filename}, which this head of the ledger does not have.`;
    case "other-digest":
      return `Installers are offered ${difference.filename} with SHA-256 ${difference.listed ?? "none"}, logged is ${difference.logged}.`;
    case "not-listed":
      return `${difference.filename} is in the ledger, and installers are not offered it.`;
  }
}

function isVisible(record: FileRecord): boolean {
  return record.state === "published" || record.state === "yanked";
}
