// SPDX-License-Identifier: Apache-2.0
import type { ConfigRecord, Digest, FileRecord, ProjectHeader } from "@countermark/formats";
import { RefusedError } from "../failure.ts";

/**
 * Checks that every attestation the ledger lists for a file was served.
 *
 * @param served digests of the attestations that came, in hexadecimal.
 * @throws RefusedError `attestation-withheld`
 */
export function requireNothingWithheld(
  filename: string,
  record: FileRecord,
  served: ReadonlySet<Digest>,
): void {
  for (const { digest, entry } of record.attestations) {
    if (served.has(digest)) continue;
    throw new RefusedError(
      "attestation-withheld",
      `Cannot accept ${filename}: expected the attestation ${digest} that the ledger lists at index ${entry}, ` +
        `seen ${served.size === 0 ? "none" : `${served.size} other`} from the index`,
    );
  }
}

/**
 * Checks that a file keeps what its project's policy promised when the file was accepted.
 *
 * Files accepted before the policy in force are judged by their entries only: those were legal then.
 *
 * @throws RefusedError `promise-broken`
 */
export function requirePromiseKept(
  filename: string,
  record: FileRecord,
  project: { readonly header: ProjectHeader; readonly current: ConfigRecord },
): void {
  if (project.current.policy.attestations !== "required" || record.firstEntry <= project.header.currentSince)
    return;
  if (record.attestations.some((attestation) => attestation.predicate === "publish")) return;
  throw new RefusedError(
    "promise-broken",
    `Cannot accept ${filename}: expected a publish attestation, which the project has required since entry ` +
      `${project.header.currentSince}, seen a file without one at entry ${record.firstEntry}`,
  );
}
