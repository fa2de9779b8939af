// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";
import type { CiIdentity } from "./identify.ts";

/** One member in which two identities differ. */
export type Difference = {
  readonly field: keyof CiIdentity;
  readonly expected: string | null;
  readonly found: string | null;
};

const IDENTITY_FIELDS = [
  "provider",
  "issuer",
  "owner",
  "ownerId",
  "project",
  "projectId",
  "workflow",
  "calledWorkflow",
  "subject",
] as const;

/**
 * In what `identity` is not the registered publisher: nothing, exactly when it is.
 *
 * Every member is compared exactly, letter case included, names and ids alike: a renamed project is registered again. Null
 * in the record is a value like any other (no called workflow: the workflow that ran is the one that was started), but
 * for the environment, where it means any.
 */
export function samePublisher(record: PublisherRecord, identity: CiIdentity): readonly Difference[] {
  const expected: ComparedIdentity = record;
  return [
    ...compareFields(expected, identity, IDENTITY_FIELDS),
    ...(record.environment === null ? [] : compareFields(expected, identity, ["environment"])),
  ];
}

type ComparedIdentity = Pick<
  CiIdentity,
  "environment" | Exclude<(typeof IDENTITY_FIELDS)[number], "provider">
> & {
  readonly provider: string;
};

/** The record under which `identity` is registered. Its environment becomes part of it; an identity without one is any. */
export function publisherRecordFor(identity: CiIdentity): PublisherRecord {
  const { provider, issuer, owner, ownerId, project, projectId } = identity;
  const { workflow, calledWorkflow, environment, subject } = identity;
  return {
    provider,
    issuer,
    owner,
    ownerId,
    project,
    projectId,
    workflow,
    calledWorkflow,
    environment,
    subject,
  };
}

/** In which of `fields` two identities differ. */
export function compareFields<Field extends keyof CiIdentity>(
  expected: Readonly<Record<Field, string | null>>,
  found: Readonly<Record<Field, string | null>>,
  fields: readonly Field[],
): readonly Difference[] {
  return fields
    .filter((field) => expected[field] !== found[field])
    .map((field) => ({ field, expected: expected[field], found: found[field] }));
}

/** `differences` in words. */
export function showDifferences(differences: readonly Difference[]): string {
  const show = (value: string | null): string => (value === null ? "none" : JSON.stringify(value));
  return differences
    .map(({ field, expected, found }) => `${field} is ${show(found)}, expected ${show(expected)}`)
    .join("; ");
}
