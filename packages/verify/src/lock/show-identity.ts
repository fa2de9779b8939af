// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";

/** An identity in words: names for reading, ids for telling apart. */
export function showIdentity(identity: PublisherRecord): string {
  if (identity.project === null) {
    return `"${identity.subject ?? "nobody"}" of ${identity.issuer}`;
  }
  const ids = `repository id ${identity.projectId ?? "none"}, owner id ${identity.ownerId ?? "none"}`;
  const parts = [`"${identity.project}" (${ids})`];
  if (identity.workflow !== null) parts.push(`workflow ${identity.workflow}`);
  if (identity.calledWorkflow !== null) parts.push(`called workflow ${identity.calledWorkflow}`);
  if (identity.environment !== null) parts.push(`environment ${identity.environment}`);
  return `${parts.join(", ")} of ${identity.issuer}`;
}
