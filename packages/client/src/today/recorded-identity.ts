// SPDX-License-Identifier: Apache-2.0
import type { CiIdentity, ProviderName } from "@countermark/verify";
import { ClientError } from "../failure.ts";
import type { RecordedIdentity } from "../lockfile/lock-file.ts";

type Members = readonly (readonly [name: string, value: string | null])[];

const GITHUB_WORKFLOWS = /^\.github\/workflows\//;

/** Provider -> what a lock calls a publisher of it, and the members that say which. @spec pylock-toml */
const KINDS: Readonly<
  Record<ProviderName, { readonly kind: string; readonly members: (identity: CiIdentity) => Members }>
> = {
  github: {
    kind: "GitHub",
    members: ({ project, workflow }) => [
      ["repository", project],
      ["workflow", workflow?.replace(GITHUB_WORKFLOWS, "") ?? null],
    ],
  },
  gitlab: {
    kind: "GitLab",
    members: ({ project, workflow }) => [
      ["repository", project],
      ["workflow_filepath", workflow],
    ],
  },
  google: { kind: "Google", members: ({ subject }) => [["email", subject]] },
};

/** An identity as `attestation-identities` has it: names alone, by the certificate. */
export function recordIdentity(identity: CiIdentity): RecordedIdentity {
  const { kind, members } = KINDS[identity.provider];
  const all: Members = [["kind", kind], ...members(identity), ["environment", identity.environment]];
  return new Map(all.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])));
}

/**
 * Checks that the publisher of a file is one that the lock records for its package. A record without an environment stands for
 * any; every other member is there and the same.
 *
 * @throws ClientError `recorded-identity-differs`
 */
export function requireRecorded(
  filename: string,
  identity: CiIdentity,
  recorded: readonly RecordedIdentity[],
): void {
  const found = recordIdentity(identity);
  if (recorded.some((known) => isRecorded(known, found))) return;
  throw new ClientError(
    "recorded-identity-differs",
    `Cannot accept ${filename}: it is attested by ${show(found)}, the lock records ${recorded.map(show).join(" or ") || "nobody"}`,
  );
}

function isRecorded(known: RecordedIdentity, found: RecordedIdentity): boolean {
  const named = [...found.keys()].filter((name) => name !== "environment");
  const said = [...known.keys()];
  return [...new Set([...named, ...said])].every((name) => known.get(name) === found.get(name));
}

function show(identity: RecordedIdentity): string {
  return `{ ${[...identity].map(([name, value]) => `${name} = ${JSON.stringify(value)}`).join(", ")} }`;
}
