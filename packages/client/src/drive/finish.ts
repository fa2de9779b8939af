// SPDX-License-Identifier: Apache-2.0
import { ClientError, EXIT } from "../failure.ts";
import { describeError } from "../show/describe-error.ts";
import { journalJson, sayJournal } from "../show/journal.ts";
import type { CommandContext } from "../world.ts";
import { BUILT_HERE, type Reconciliation, showReconciled } from "./reconcile.ts";
import type { OpenProxy } from "./with-proxy.ts";

export type ToolEnd = {
  /** As the user knows it: "pip", "uv". */
  readonly tool: string;
  readonly status: number;
  /** Null: what was installed could not be found out. */
  readonly reconciliation: Reconciliation | null;
};

/**
 * Says what happened and decides the exit status: 0 only when the tool succeeded, nothing was refused, all that came from the
 * index was verified, and that was not nothing. The lock is written then, and only then. The last line is the coverage.
 */
export async function finishRun(context: CommandContext, open: OpenProxy, end: ToolEnd): Promise<number> {
  const { out } = context;
  const { journal } = open;
  const failure = decideFailure(open, end);
  sayJournal(journal, out);
  const isSaid = [...journal.refused.values()].some(({ message }) => message === failure?.message);
  if (failure === null) await sayLock(context, open);
  else if (!isSaid) out.say(`${out.paint("bad", "countermark:")} ${failure.message} [${failure.code}]`);
  await open.saveReport(end.reconciliation);
  out.say(out.paint("strong", coverageLine(end.reconciliation, journal.delivered.size)));
  out.result({
    ...journalJson(journal, end.reconciliation),
    ...(failure === null ? {} : { error: { code: failure.code, message: failure.message } }),
  });
  return failure === null ? EXIT.ok : failure.exit;
}

function decideFailure(open: OpenProxy, end: ToolEnd): ReturnType<typeof describeError> | null {
  const { journal } = open;
  const fatal = journal.fatal();
  if (fatal !== null) return describeError(fatal);
  const [refusal] = journal.refused.values();
  if (refusal !== undefined) return { code: refusal.code, exit: EXIT.refused, message: refusal.message };
  const fail = (code: "tool-failed" | "not-recorded" | "nothing-verified", message: string) =>
    describeError(new ClientError(code, message));
  if (end.status !== 0) return fail("tool-failed", `${end.tool} ended with status ${end.status}`);
  const [item] = end.reconciliation?.unaccounted ?? [];
  if (item !== undefined) {
    return fail("not-recorded", `${item.name} ${item.version} ${item.why}`);
  }
  if (verifiedOf(end.reconciliation, journal) === 0) {
    const isLock = end.reconciliation?.what === "locked";
    return fail(
      "nothing-verified",
      isLock
        ? "Nothing of the lock was verified: it names no files by digest"
        : "Nothing was verified: what was there already was not looked at",
    );
  }
  return null;
}

/** How much there is that goes back to verified bytes. */
function verifiedOf(reconciliation: Reconciliation | null, journal: OpenProxy["journal"]): number {
  if (reconciliation === null) return journal.delivered.size;
  const { verified, others } = reconciliation.coverage;
  return verified + (others.get(BUILT_HERE) ?? 0);
}

async function sayLock(context: CommandContext, open: OpenProxy): Promise<void> {
  const { out, settings } = context;
  const changed = await open.saveLock();
  const verdicts = [...open.journal.delivered.values()].map(({ verdict }) => verdict.locked);
  const asBefore = verdicts.length > 0 && verdicts.every((locked) => locked === "same-file");
  if (asBefore) out.say(`${settings.lockFile}: as before`);
  else out.say(`${settings.lockFile}: ${changed ? "written" : "unchanged"}`);
}

function coverageLine(reconciliation: Reconciliation | null, delivered: number): string {
  if (reconciliation !== null) return showReconciled(reconciliation);
  return `${delivered} delivered: ${delivered} verified; what the tool installed of it is not known`;
}
