// SPDX-License-Identifier: Apache-2.0
// Rules 1, kind by kind. A log that was made by them is judged by them for ever: what they say of any entry never changes.
import { ruleAmended, ruleErased } from "./rule-amend.ts";
import { ruleAttested } from "./rule-attest.ts";
import { ruleConfigured } from "./rule-configure.ts";
import { ruleAccepted, ruleWithdrawn, ruleYanked } from "./rule-files.ts";
import { type AboutLog, isAboutLog, ruleIndexKind } from "./rule-index.ts";
import { ruleImportClosed, ruleImported, ruleObserved, rulePromoted } from "./rule-outside.ts";
import { ruleCreated, ruleReserved, ruleStatus } from "./rule-project.ts";
import { ruleRecovered } from "./rule-recover.ts";
import { ruleClosed, rulePublished } from "./rule-release.ts";
import { ruleVoid } from "./rule-void.ts";
import type { Follower } from "./rules.ts";
import { type RuleContext, type Ruling, voided } from "./ruling.ts";
import type { ProjectState } from "./state.ts";

/** The kind's own checks and effect. @spec specs/ledger-kinds.md */
export async function ruleKind(context: RuleContext, statement: Follower): Promise<Ruling> {
  const project = context.state.projects.get(statement.project);
  if (statement.kind === "project-reserved") return ruleReserved(context, statement);
  if (statement.kind === "project-created") return ruleCreated(context, statement);
  if (statement.kind === "imported" || statement.kind === "observed") {
    if (project?.kind === "index") return voided("unknown-project");
    return statement.kind === "imported"
      ? ruleImported(context, statement, project)
      : ruleObserved(context, statement, project);
  }
  if (project === null) return voided("unknown-project");
  if (statement.kind === "void") return await ruleVoid(context, statement, project);
  if (statement.kind === "import-closed") return ruleImportClosed(context);
  if (isAboutLog(statement)) return await ruleIndexKind(context, statement);
  // The index is no project of its own: only `void` and the kinds about it may name it.
  if (project.kind === "index") return voided("unknown-project");
  return await ruleProjectKind(context, statement, project);
}

type ProjectKinds = Exclude<
  Follower,
  AboutLog | { kind: "project-reserved" | "project-created" | "void" | "imported" | "observed" }
>;

async function ruleProjectKind(
  context: RuleContext,
  statement: ProjectKinds,
  project: ProjectState,
): Promise<Ruling> {
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: the linter does not evaluate Exclude; the compiler holds this one.
  switch (statement.kind) {
    case "project-configured":
      return await ruleConfigured(context, statement, project);
    case "file-accepted":
      return ruleAccepted(context, statement, project);
    case "yanked":
    case "unyanked":
      return ruleYanked(context, statement, project);
    case "withdrawn":
      return ruleWithdrawn(context, statement, project);
    case "status":
      return ruleStatus(context, statement, project);
    case "release-published":
      return await rulePublished(context, statement, project);
    case "release-closed":
      return ruleClosed(context, statement, project);
    case "file-attested":
      return ruleAttested(context, statement, project);
    case "detail-erased":
      return ruleErased(context, statement, project);
    case "amended":
      return await ruleAmended(context, statement, project);
    case "promoted":
      return rulePromoted(context, statement, project);
    case "project-recovered":
      return await ruleRecovered(context, statement, project);
  }
}
