// SPDX-License-Identifier: Apache-2.0
import { RefusedError } from "../failure.ts";
import type { Verified } from "../verified.ts";
import type { CiIdentity } from "./identify.ts";
import { compareFields, showDifferences } from "./same-identity.ts";

/** Who must have been what, by what the attestation says of the file. */
const COMPARED = {
  /** "I published this": the very run that holds the upload token. Attempts of one run are one run. */
  publish: {
    identity: [
      "provider",
      "issuer",
      "owner",
      "ownerId",
      "project",
      "projectId",
      "workflow",
      "calledWorkflow",
      "environment",
      "subject",
    ],
    run: ["runId", "commit", "ref"],
  },
  /** "It was built like this": another run or a called workflow may have built it, of this project at this commit. */
  provenance: {
    identity: ["provider", "issuer", "owner", "ownerId", "project", "projectId", "subject"],
    run: ["commit"],
  },
} as const;

export type CrossCheckedPredicate = keyof typeof COMPARED;

/**
 * Checks that the certificate an attestation was signed with is of the identity and the run that authorised the upload.
 *
 * @param token who holds the upload token, see `identityFromIdToken`
 * @param certificate who signed, see `identityFromCertificate`
 * @throws RefusedError `cross-check-identity`, `cross-check-run`
 */
export function crossCheck(
  token: CiIdentity,
  certificate: CiIdentity,
  predicate: CrossCheckedPredicate,
): Verified<CiIdentity> {
  const { identity, run } = COMPARED[predicate];
  const who = compareFields<keyof CiIdentity>(token, certificate, identity);
  if (who.length > 0) {
    throw new RefusedError(
      "cross-check-identity",
      `Cannot accept attestation: its certificate is not of the uploader: ${showDifferences(who)}`,
    );
  }
  const which = compareFields<keyof CiIdentity>(token, certificate, run);
  if (which.length > 0) {
    throw new RefusedError(
      "cross-check-run",
      `Cannot accept attestation: its certificate is not of the uploader's run: ${showDifferences(which)}`,
    );
  }
  return certificate as Verified<CiIdentity>;
}
