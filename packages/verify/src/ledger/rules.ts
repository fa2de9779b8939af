// SPDX-License-Identifier: Apache-2.0
import type { KnownStatement, Role } from "@countermark/formats";

/** The newest rules: what a new log is made by. */
export const RULES_VERSION = 1;

const DAY = 86_400;

// The constants of rules 1, in seconds. Other rules that have others give them other names. @spec specs/log-time.md#constants
export const EPSILON_SECONDS = 120;
/** From an attestation to the upload that brings it. */
export const ATTESTATION_AGE_SECONDS = 21_600;
/** Until a change that no passkey consents to can be taken. */
export const CHANGE_DELAY_SECONDS = 7 * DAY;
/** In which the configuration before can be restored, and for which a restored one is frozen. */
export const UNDO_WINDOW_SECONDS = 14 * DAY;
/** Until a recovery by staff or by offline root keys can be taken. */
export const RECOVERY_DELAY_SECONDS = 21 * DAY;
/** From the announcement of new rules until they are in force. */
export const RULES_NOTICE_SECONDS = 14 * DAY;
/** In which an index may bring what another has, from when it was opened on. */
export const IMPORT_PHASE_SECONDS = 90 * DAY;
export const DAY_SECONDS = DAY;

/** A statement of any kind but the first. */
export type Follower = Exclude<KnownStatement, { kind: "log-genesis" }>;

/** Which roles may make which kind. @spec specs/ledger-kinds.md#roles */
export const ROLES_OF_KIND: Record<Follower["kind"], readonly Role[]> = {
  "project-reserved": ["index", "gate"],
  "project-created": ["index", "gate"],
  "project-configured": ["index", "gate"],
  "file-accepted": ["index", "gate"],
  yanked: ["index", "gate"],
  unyanked: ["index", "gate"],
  withdrawn: ["index", "gate"],
  status: ["index", "gate"],
  void: ["index", "gate", "observer"],
  "project-recovered": ["index", "gate"],
  "trust-changed": ["index", "gate", "observer"],
  "rules-changed": ["index", "gate", "observer"],
  "index-role": ["index", "gate", "observer"],
  sunset: ["index", "gate", "observer"],
  "log-succeeded": ["index", "gate", "observer"],
  "release-published": ["index", "gate"],
  "release-closed": ["index", "gate"],
  "file-attested": ["index", "gate"],
  "detail-erased": ["index", "gate", "observer"],
  amended: ["index", "gate"],
  imported: ["index"],
  "import-closed": ["index", "gate", "observer"],
  observed: ["observer", "gate"],
  promoted: ["index"],
};

/** The kinds that an index makes after its sunset: what takes away, what puts right, and what is about itself. @spec specs/ledger-kinds.md#sunset */
const IN_SUNSET: ReadonlySet<KnownStatement["kind"]> = new Set([
  "amended",
  "detail-erased",
  "import-closed",
  "yanked",
  "unyanked",
  "withdrawn",
  "status",
  "void",
  "trust-changed",
  "rules-changed",
  "index-role",
  "log-succeeded",
]);

/** Whether an index that takes nothing new any more may make `statement`. */
export function isLegalInSunset(statement: Follower): boolean {
  if (statement.kind === "project-configured") return statement.act === "cancel";
  return IN_SUNSET.has(statement.kind);
}
