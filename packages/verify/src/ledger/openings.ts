// SPDX-License-Identifier: Apache-2.0
import type { Digest, KnownStatement } from "@countermark/formats";
import type { ProjectState } from "./state.ts";

/** For each publisher and principal that is configured: the detail of the entry that brought it, which opens it. */
export type Openings = ReadonlyMap<Digest, Digest>;

/**
 * The openings of `project` after `statement`, which made it what it is: those that were there for who is named still, and
 * the statement's detail for who is named anew by its configuration.
 *
 * @spec specs/ledger-kinds.md#openings
 */
export function nextOpenings(project: ProjectState, statement: KnownStatement): Openings {
  const isOpening = "config" in statement && statement.config !== null;
  const detail = isOpening ? statement.detail : null;
  const next = new Map<Digest, Digest>();
  for (const id of namedIds(project)) {
    const opening = project.openings.get(id) ?? detail;
    if (opening !== null) next.set(id, opening);
  }
  return next;
}

/** Everybody whom a configuration of the project names, in force or not. */
function namedIds({ current, base, pending }: ProjectState): readonly Digest[] {
  const configs = [current, base, pending ?? current];
  return [...new Set(configs.flatMap((config) => [...config.publishers, ...config.principals]))];
}
