// SPDX-License-Identifier: Apache-2.0
import type { Amended, DetailErased, Digest, FileRecord } from "@countermark/formats";
import { withFile } from "./rule-files.ts";
import { firstFault, legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { isRootSigned } from "./signatures.ts";
import type { PastEntry, ProjectState } from "./state.ts";

/** Offline root keys give back what was taken away. @spec specs/ledger-kinds.md#amended */
export async function ruleAmended(
  context: RuleContext,
  statement: Amended,
  project: ProjectState,
): Promise<Ruling> {
  const { facts, index, crypto, at } = context;
  const { rootKeys, threshold } = index.header;
  const place = { log: facts.log, rootKeys, threshold };
  const isSigned = await isRootSigned(statement, statement.root, place, crypto);
  const fault = firstFault([!isSigned, "bad-root"], [statement.to >= at, "no-target"]);
  if (fault !== null) return voided(fault);
  let { files } = project;
  for (const [id, file] of takenAwayBy(project, statement)) {
    const back = stateBefore(file);
    const last = { lastEntry: at, lastDetail: statement.detail };
    files = withFile(files, id, { ...file, ...last, state: back, prior: file.state, reason: "none" });
  }
  return legal(context, { ...project, files });
}

/** The files that an entry of the range took away, and that nothing has touched since. */
export function takenAwayBy(
  project: ProjectState,
  range: Pick<Amended, "from" | "to">,
): readonly (readonly [Digest, FileRecord])[] {
  const taken: [Digest, FileRecord][] = [];
  for (const [id, file] of project.files.entries()) {
    if (file.kind === "file" && isTakenAwayBy(project, file, range)) taken.push([id, file]);
  }
  return taken;
}

const TAKES_AWAY: ReadonlySet<PastEntry["kind"] | undefined> = new Set(["withdrawn", "void", "yanked"]);

/** Whether the entry that set the file's state is of a kind that takes away, and in the range. */
function isTakenAwayBy(
  project: ProjectState,
  file: FileRecord,
  range: Pick<Amended, "from" | "to">,
): boolean {
  if (file.lastEntry < range.from || file.lastEntry > range.to) return false;
  return TAKES_AWAY.has(project.entries.firstWhere((past) => past.index >= file.lastEntry)?.kind);
}

function stateBefore(file: FileRecord): FileRecord["state"] {
  if (file.prior === "none") throw new TypeError("Cannot give a file back that was never in another state");
  return file.prior;
}

/** @spec specs/ledger-kinds.md#detail-erased */
export function ruleErased(context: RuleContext, statement: DetailErased, project: ProjectState): Ruling {
  if (project.header.status === "quarantined") return legal(context, project);
  const inUse = new Set<Digest>(project.openings.values());
  return statement.details.some((detail) => inUse.has(detail))
    ? voided("detail-in-use")
    : legal(context, project);
}
