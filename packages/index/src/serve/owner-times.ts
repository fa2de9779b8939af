// SPDX-License-Identifier: Apache-2.0
import {
  CHANGE_DELAY_SECONDS,
  findProject,
  type LedgerState,
  logNow,
  RECOVERY_DELAY_SECONDS,
  UNDO_WINDOW_SECONDS,
} from "@countermark/verify";
import { IndexRefusal } from "../failure.ts";
import type { Services } from "../services.ts";
import { answerJson } from "./respond.ts";
import { normalizeOrNull } from "./simple.ts";

/**
 * When what is pending was asked for and may be taken, and until when a change can be undone and nothing changes at once: by log
 * time, in Unix seconds, null where there is nothing of the kind or no anchor covers it yet. For reading only: what is legal when
 * is the ledger's question, and nobody who consents relies on these.
 *
 * @throws IndexRefusal `project-unknown`
 */
export function serveTimes(name: string, { manage }: Services): Response {
  const state = manage.sealedState();
  const normalized = normalizeOrNull(name);
  const project = normalized === null ? null : findProject(state, manage.projectKey(normalized));
  if (project === null) throw new IndexRefusal("project-unknown", "There is no project of that name.");
  const { asked, way, frozen, currentSince, base, current } = project.header;
  const delay = way === "staff" || way === "root" ? RECOVERY_DELAY_SECONDS : CHANGE_DELAY_SECONDS;
  return answerJson(200, {
    now: logNow(state),
    asked: after(state, asked, 0),
    takeFrom: after(state, asked, delay),
    undoUntil: base === current ? null : after(state, currentSince, UNDO_WINDOW_SECONDS),
    frozenUntil: after(state, frozen, UNDO_WINDOW_SECONDS),
  });
}

/** The log time from which `seconds` have passed since an entry, as `isOver` counts them. */
function after(state: LedgerState, entry: number | null, seconds: number): number | null {
  const covering = entry === null ? null : state.anchors.firstWhere((anchor) => anchor.size > entry);
  return covering === null ? null : covering.tHi + seconds;
}
