// SPDX-License-Identifier: Apache-2.0
import {
  configId,
  encodeConfigRecord,
  type ProjectRecovered,
  type RecoveryAsked,
} from "@countermark/formats";
import { isOver } from "./log-time.ts";
import { pendingAsk, rebase, takeAsk } from "./rule-configure.ts";
import { isConfigLegal } from "./rule-project.ts";
import { RECOVERY_DELAY_SECONDS } from "./rules.ts";
import { legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { isRootSigned } from "./signatures.ts";
import type { ProjectState } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/**
 * Judges a recovery: a project whose owner lost every key is handed over, after three weeks in public. Nobody's consent is
 * asked, so whoever can still sign for the project can cancel what staff asked for; what offline root keys asked for ends a war
 * of principals, and only they take it back.
 *
 * @spec specs/ledger-kinds.md#project-recovered
 */
export async function ruleRecovered(
  context: RuleContext,
  statement: ProjectRecovered,
  project: ProjectState,
): Promise<Ruling> {
  if (project.header.status === "reserved") return voided("not-open");
  const fault =
    statement.act === "ask" ? await askFault(context, statement, project) : takeFault(context, project);
  if (fault !== null) return voided(fault);
  const next = statement.act === "ask" ? ask(context, statement, project) : take(context, project);
  return legal(context, { ...next, header: { ...next.header, serial: project.header.serial + 1 } });
}

async function askFault(
  context: RuleContext,
  statement: RecoveryAsked,
  project: ProjectState,
): Promise<VoidCode | null> {
  const { config, root, way } = statement;
  if (!isConfigLegal(config)) return "bad-config";
  const place = { log: context.facts.log, ...context.index.header };
  if (root !== null && !(await isRootSigned(statement, root, place, context.crypto))) return "bad-root";
  if (project.header.firstFile === null) return "no-files";
  // Root keys go before whatever else is pending: that may be the other side's of the war that they end.
  const isTaken = way === "root" ? project.header.way === "root" : project.pending !== null;
  return isTaken ? "pending" : null;
}

function takeFault({ state }: RuleContext, project: ProjectState): VoidCode | null {
  const pending = pendingAsk(project);
  if (pending === null || (pending.way !== "staff" && pending.way !== "root")) return "no-pending";
  if (!isOver(state, pending.asked, RECOVERY_DELAY_SECONDS)) return "too-early";
  return isConfigLegal(pending.config.record) ? null : "bad-config";
}

function ask(context: RuleContext, { config, way }: RecoveryAsked, project: ProjectState): ProjectState {
  const pending = configId(context.sha256, encodeConfigRecord(config));
  return { ...project, pending: config, header: { ...project.header, pending, asked: context.at, way } };
}

/** Nothing that stood before can be restored, and nothing is frozen: who lost the project has no key that counts. */
function take({ at }: RuleContext, project: ProjectState): ProjectState {
  const taken = rebase(takeAsk(project, at));
  return { ...taken, header: { ...taken.header, frozen: null, recovered: at } };
}
