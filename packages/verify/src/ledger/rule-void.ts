// SPDX-License-Identifier: Apache-2.0
import type { Digest, EntryVoided } from "@countermark/formats";
import { withoutPending } from "./rule-configure.ts";
import { withFile } from "./rule-files.ts";
import { legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { isRootSigned } from "./signatures.ts";
import { findAsk, findFile, type IndexState, type PastEntry, type ProjectState } from "./state.ts";

/** Takes away what is left of an earlier entry, and gives nothing. @spec specs/ledger-kinds.md#void */
export async function ruleVoid(
  context: RuleContext,
  statement: EntryVoided,
  project: ProjectState | IndexState,
): Promise<Ruling> {
  const { target, statement: digest } = statement;
  const state = context.state.states.firstWhere((item) => item.index >= target);
  if (project.kind === "index" && state?.index === target && state.statement === digest) {
    return await voidOfState(context, statement, project);
  }
  const past = project.entries.firstWhere((entry) => entry.index >= target);
  if (past === null || past.index !== target || past.statement !== digest) return voided("no-target");
  // Signatures that nobody asked for are shown as if they had been checked: so they are.
  const needsRoot = statement.root !== null || isSaidByRoot(past);
  if (needsRoot && !(await isSignedByRoot(context, statement))) return voided("bad-root");
  return project.kind === "index"
    ? voidOfIndex(context, project, past)
    : voidOfEntry(context, statement, project, past);
}

/** What offline root keys said is taken back by them alone: a thief of the online key could undo it for ever. */
function isSaidByRoot(past: PastEntry): boolean {
  return past.kind === "rules-changed" || (past.kind === "project-recovered" && past.way === "root");
}

/** New rules that were announced, and are not in force, are dropped. Nothing else about the index is taken back. */
function voidOfIndex(context: RuleContext, index: IndexState, past: PastEntry): Ruling {
  const { header } = index;
  if (past.kind !== "rules-changed" || header.announced !== past.index) return voided("not-voidable");
  return legal(context, { ...index, header: { ...header, nextRules: null, announced: null } });
}

/**
 * Strikes an anchor. Only offline root keys can: log time is what every delay is measured by, and a key that could take an
 * anchor back could state a false one first.
 */
async function voidOfState(context: RuleContext, statement: EntryVoided, index: IndexState): Promise<Ruling> {
  if (!(await isSignedByRoot(context, statement))) return voided("bad-root");
  const anchors = context.state.anchors.filter((anchor) => anchor.at !== statement.target);
  return { kind: "legal", project: index, anchors };
}

async function isSignedByRoot(context: RuleContext, statement: EntryVoided): Promise<boolean> {
  const { rootKeys, threshold } = context.index.header;
  const place = { log: context.facts.log, rootKeys, threshold };
  return await isRootSigned(statement, statement.root ?? [], place, context.crypto);
}

function voidOfEntry(
  context: RuleContext,
  statement: EntryVoided,
  project: ProjectState,
  past: PastEntry,
): Ruling {
  switch (past.kind) {
    case "project-reserved":
      return legal(context, project);
    case "project-created":
      return legal(context, quarantine(project));
    case "project-configured":
    case "project-recovered":
      return legal(context, voidConfigured(project, past));
    case "file-accepted":
      return legal(context, voidFiles(context, statement, project, { at: past.index, files: [past.file] }));
    case "imported":
    case "observed": {
      const rest = voidFiles(context, statement, project, { at: past.index, files: past.files });
      // What brought a project by the index's word closes it, as its creation would.
      return legal(context, past.kind === "imported" && past.isFirst ? quarantine(rest) : rest);
    }
    case "file-attested":
      return legal(context, voidAttested(project, past));
    case "detail-erased":
      return legal(context, project);
    case "yanked":
    case "unyanked":
    case "withdrawn":
    case "status":
    case "void":
    case "log-genesis":
    case "trust-changed":
    case "rules-changed":
    case "index-role":
    case "sunset":
    case "log-succeeded":
    case "release-published":
    case "release-closed":
    case "amended":
    case "import-closed":
    case "promoted":
      return voided("not-voidable");
  }
}

/** An ask still pending is dropped, one that was dropped before had no effect; whatever took effect closes the project. */
function voidConfigured(
  project: ProjectState,
  past: Extract<PastEntry, { kind: "project-configured" | "project-recovered" }>,
): ProjectState {
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

/** Burns the names of the files that the target brought. What is withdrawn already, or is another entry's by now, stays as it is. */
function voidFiles(
  context: RuleContext,
  statement: EntryVoided,
  project: ProjectState,
  target: { readonly at: number; readonly files: readonly Digest[] },
): ProjectState {
  let { files } = project;
  for (const id of target.files) {
    const file = findFile(project, id);
    if (file?.firstEntry !== target.at || file.state === "withdrawn") continue;
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

/** Takes the attestations from the file that the target brought. */
function voidAttested(
  project: ProjectState,
  past: Extract<PastEntry, { kind: "file-accepted" | "file-attested" }>,
): ProjectState {
  const file = findFile(project, past.file);
  if (file === null) return project;
  const attestations = file.attestations.filter((item) => item.entry !== past.index);
  return { ...project, files: project.files.set(past.file, { ...file, attestations }) };
}
