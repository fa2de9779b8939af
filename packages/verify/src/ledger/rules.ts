// SPDX-License-Identifier: Apache-2.0
import type {
  FileStatement,
  IndexStatement,
  KnownStatement,
  ProjectRecovered,
  Role,
} from "@countermark/formats";

/** Kinds that are read, and that these rules do not have yet. */
export type LaterStatement = ProjectRecovered | IndexStatement | FileStatement;

/** The rules that this package has. Logs made before the first release say 0; the constants are those of rules 1. */
export const RULES_VERSION = 0;

const DAY = 86_400;

/** In seconds. @spec specs/log-time.md#constants */
export const EPSILON_SECONDS = 120;
/** From an attestation to the upload that brings it. */
export const ATTESTATION_AGE_SECONDS = 21_600;
/** Until a change that no passkey consents to can be taken. */
export const CHANGE_DELAY_SECONDS = 7 * DAY;
/** In which the configuration before can be restored, and for which a restored one is frozen. */
export const UNDO_WINDOW_SECONDS = 14 * DAY;
export const DAY_SECONDS = DAY;

/** Which roles may make which kind. @spec specs/ledger-kinds.md#roles */
export const ROLES_OF_KIND: Record<
  Exclude<KnownStatement, LaterStatement | { kind: "log-genesis" }>["kind"],
  readonly Role[]
> = {
  "project-reserved": ["index", "gate"],
  "project-created": ["index", "gate"],
  "project-configured": ["index", "gate"],
  "file-accepted": ["index", "gate"],
  yanked: ["index", "gate"],
  unyanked: ["index", "gate"],
  withdrawn: ["index", "gate"],
  status: ["index", "gate"],
  void: ["index", "gate", "observer"],
};

export function isLater(statement: KnownStatement): statement is LaterStatement {
  return statement.kind !== "log-genesis" && !Object.hasOwn(ROLES_OF_KIND, statement.kind);
}
