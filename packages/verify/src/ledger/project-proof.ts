// SPDX-License-Identifier: Apache-2.0
import {
  type Digest,
  mapKey,
  normalizeProjectName,
  parseMapProof,
  parseProjectProof,
} from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { CryptoPort } from "../port.ts";
import type { Verified } from "../verified.ts";
import { type LedgerHead, type TrustNow, verifyHead } from "./head.ts";
import { verifyMapProof } from "./map-proof.ts";

/** What a head says about one project. */
export interface ProjectAnswer {
  readonly head: LedgerHead;
  readonly key: Digest;
  /** The digest of the project's state; null: there is no such project. */
  readonly value: Digest | null;
}

/**
 * What the index holds under the project `name`, in one round trip: head, state leaf, and the way down the map.
 *
 * @param asked `name`: as the caller asked for it; the key is derived from it here, never taken from the proof.
 * @throws ParseError, VerifyError as verifyHead, verifyMapProof; `map-count`
 * @spec specs/project-proof.md
 */
export async function verifyProjectProof(
  bytes: Uint8Array,
  asked: TrustNow & { readonly name: string },
  crypto: CryptoPort,
): Promise<Verified<ProjectAnswer>> {
  const proof = parseProjectProof(bytes);
  const head = await verifyHead(proof, asked, crypto);
  const mapProof = parseMapProof(proof.mapProof);
  const { map: commitment, projects } = head.state;
  if (mapProof.count !== projects) {
    throw new VerifyError(
      "map-count",
      `Cannot use head: the map has ${mapProof.count} keys, its state says ${projects}`,
    );
  }
  const key = mapKey(crypto.sha256, asked.trust.ecosystem, normalizeProjectName(asked.name));
  const value = verifyMapProof(mapProof, { key, commitment }, crypto.sha256);
  const answer: ProjectAnswer = { head, key, value };
  return answer as Verified<ProjectAnswer>;
}
