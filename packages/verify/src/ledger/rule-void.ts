// SPDX-License-Identifier: Apache-2.0
import type { EntryVoided } from "@countermark/formats";
import { withoutPending } from "./rule-configure.ts";
import { withFile } from "./rule-files.ts";
import { legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { findAsk, type IndexState, type PastEntry, type ProjectState } from "./state.ts";

/** Takes away what is left of an earlier entry, and gives nothing. @spec specs/ledger-kinds.md#void */
export function ruleVoid(
  context: RuleContext,
  statement: EntryVoided,
  project: ProjectState | IndexState,
): Ruling {
  const { target, statement: digest } = statement;
  if (project.kind === "index") return voidOfIndex(context, statement, project);
  const past = project.entries.firstWhere((entry) => entry.index >= target);
  if (past === null || past.index !== target || past.statement !== digest) return voided("no-target");
  switch (past.kind) {
    case "project-reserved":
      return legal(context, project);
    case "project-created":
      return legal(context, quarantine(project));
    case "project-configured":
      return legal(context, voidConfigured(project, past));
    case "file-accepted":
      return legal(context, voidFiles(context, statement, project));
    case "yanked":
    case "unyanked":
    case "withdrawn":
    case "status":
    case "void":
    case "log-genesis":
      return voided("not-voidable");
  }
}

function voidOfIndex(context: RuleContext, statement: EntryVoided, index: IndexState): Ruling {
  const { target, statement: digest } = statement;
  const { states, anchors } = context.state;
  const state = states.firstWhere((item) => item.index >= target);
  if (state?.index === target && state.statement === digest) {
    const kept = anchors.filter((anchor) => anchor.at !== target);
    return { kind: "legal", project: index, anchors: kept };
  }
  const past = index.entries.firstWhere((entry) => entry.index >= target);
  const isTarget = past?.index === target && past.statement === digest;
  return voided(isTarget ? "not-voidable" : "no-target");
}

/** An ask still pending is dropped, one that was dropped before had no effect; whatever took effect closes the project. */
function voidConfigured(project: ProjectState, past: PastEntry): ProjectState {
  if (past.act !== "ask") return quarantine(project);
  switch (findAsk(project, past.index)) {
    case "pending":
      return withoutPending(project);
    case "dropped":
      return project;
    case "taken":
      return quarantine(project);
  }
}

function quarantine(project: ProjectState): ProjectState {
  return { ...project, header: { ...project.header, status: "quarantined" } };
}

/** Burns the names of the target's files. What is withdrawn already stays as it is. */
function voidFiles(context: RuleContext, statement: EntryVoided, project: ProjectState): ProjectState {
  let files = project.files;
  for (const [id, file] of project.files.entries()) {
    if (file.kind !== "file" || file.firstEntry !== statement.target || file.state === "withdrawn") continue;
    files = withFile(files, id, {
      ...file,
      state: "withdrawn",
      prior: file.state,
      reason: "void",
      lastEntry: context.at,
      lastDetail: statement.detail,
    });
  }
  return { ...project, files };
}
