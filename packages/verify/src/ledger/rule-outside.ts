// SPDX-License-Identifier: Apache-2.0
// What another index has: imported once, when this one begins, or observed for as long as this one watches.
import {
  EMPTY_CONFIG,
  type FileRecord,
  type FilesImported,
  type FilesObserved,
  type FilesPromoted,
  type ImportedItem,
  type ObservedItem,
  type ReleaseRecord,
} from "@countermark/formats";
import { isOver } from "./log-time.ts";
import { isOverfull, withFile } from "./rule-files.ts";
import { hasRoom, isConfigLegal, newProject } from "./rule-project.ts";
import { IMPORT_PHASE_SECONDS } from "./rules.ts";
import { firstFault, legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { type FileMap, findFile, type ProjectState } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/** @spec specs/ledger-kinds.md#imported */
export function ruleImported(
  context: RuleContext,
  statement: FilesImported,
  existing: ProjectState | null,
): Ruling {
  const { config } = statement;
  const fault = firstFault(
    [!isImportOpen(context), "import-closed"],
    [existing !== null && !isImporting(existing), "not-imported"],
    [(existing === null) !== (config !== null), "bad-config"],
    [config !== null && !isConfigLegal(config), "bad-config"],
    [existing === null && !hasRoom(context, statement.project), "map-full"],
  );
  if (fault !== null) return voided(fault);
  const project = existing ?? newProject(context, "active", config ?? EMPTY_CONFIG, "imported");
  return addItems(context, project, statement.items, (files, item) => {
    const record = importedFile(context, statement, project.header, item);
    return {
      files: bringFile(files, item, record, item.open ? "open" : "closed", context.at),
      fault: isTaken(files, item) ? "filename-used" : null,
    };
  });
}

/** Whether the index may still bring what another has: opened by offline root keys, and over by itself. */
function isImportOpen({ state, index }: RuleContext): boolean {
  const opened = [...index.entries].findLast(
    (entry) => entry.kind === "log-genesis" || entry.kind === "index-role",
  );
  if (opened === undefined || index.header.import === "closed") return false;
  return !isOver(state, opened.index, IMPORT_PHASE_SECONDS);
}

/** Whether a project has nothing yet but what was imported: from its owner's first act or upload on, it is not the index's to fill. */
function isImporting({ header, entries }: ProjectState): boolean {
  if (header.how !== "imported" || header.serial !== 0) return false;
  return ![...entries].some((entry) => entry.kind === "file-accepted");
}

/** @spec specs/ledger-kinds.md#observed */
export function ruleObserved(
  context: RuleContext,
  statement: FilesObserved,
  existing: ProjectState | null,
): Ruling {
  const fault = firstFault(
    [existing !== null && existing.header.how !== "observed", "not-observed"],
    [existing === null && !hasRoom(context, statement.project), "map-full"],
  );
  if (fault !== null) return voided(fault);
  const project = existing ?? newProject(context, "active", EMPTY_CONFIG, "observed");
  return addItems(context, project, statement.items, (files, item) =>
    observe(context, statement, project.header, files, item),
  );
}

/** @spec specs/ledger-kinds.md#promoted */
export function rulePromoted(context: RuleContext, statement: FilesPromoted, project: ProjectState): Ruling {
  if (!isImportOpen(context)) return voided("import-closed");
  let { files } = project;
  for (const id of statement.files) {
    const file = findFile(project, id);
    if (file?.how !== "observed" || file.observedOtherDigest) return voided("not-observed");
    files = files.set(id, { ...file, how: "imported" });
  }
  return legal(context, { ...project, files, header: { ...project.header, how: "imported" } });
}

/** @spec specs/ledger-kinds.md#import-closed */
export function ruleImportClosed(context: RuleContext): Ruling {
  const { index } = context;
  if (index.header.import === "closed") return voided("import-closed");
  return legal(context, { ...index, header: { ...index.header, import: "closed" } });
}

type Item = ImportedItem | ObservedItem;
interface Added {
  readonly files: FileMap;
  readonly fault: VoidCode | null;
}

/** Every item in turn, or none of them. */
function addItems<I extends Item>(
  context: RuleContext,
  project: ProjectState,
  items: readonly I[],
  add: (files: FileMap, item: I) => Added,
): Ruling {
  let { files } = project;
  for (const item of items) {
    const added = add(files, item);
    if (added.fault !== null) return voided(added.fault);
    files = added.files;
    if (isOverfull(files, item.file) || isOverfull(files, item.release)) return voided("map-full");
  }
  const firstFile = project.header.firstFile ?? context.at;
  return legal(context, { ...project, files, header: { ...project.header, firstFile } });
}

/** A file that is new, or one that was seen before and is seen again. */
function observe(
  context: RuleContext,
  statement: FilesObserved,
  header: ProjectState["header"],
  files: FileMap,
  item: ObservedItem,
): Added {
  const known = files.get(item.file);
  if (known?.kind !== "file") {
    return {
      files: bringFile(files, item, observedFile(context, statement, header, item), "open", context.at),
      fault: isTaken(files, item) ? "filename-used" : null,
    };
  }
  if (known.release !== item.release) return { files, fault: "filename-used" };
  const seen: FileRecord = {
    ...known,
    state: item.seen,
    prior: known.state,
    reason: "none",
    observedOtherDigest: known.observedOtherDigest || known.sha256 !== item.sha256,
    lastEntry: context.at,
    lastDetail: statement.detail,
  };
  return { files: withFile(files, item.file, seen), fault: known.how === "observed" ? null : "not-observed" };
}

/** Whether the name or the release of a new file stands for something else already. */
function isTaken(files: FileMap, { file, release }: Item): boolean {
  return files.has(file) || file === release || files.get(release)?.kind === "file";
}

/** `files` with a new file in its release, which begins in `state` if it is new too. */
function bringFile(
  files: FileMap,
  { file, release }: Item,
  record: FileRecord,
  state: ReleaseRecord["state"],
  at: number,
): FileMap {
  const existing = files.get(release);
  const closed = state === "closed" ? at : null;
  const begun: ReleaseRecord =
    existing?.kind === "release" ? existing : { kind: "release", state, firstEntry: at, closed, files: 0 };
  const count = begun.files + (record.state === "withdrawn" ? 0 : 1);
  return files.set(file, record).set(release, { ...begun, files: count });
}

function importedFile(
  context: RuleContext,
  statement: FilesImported,
  { serial }: ProjectState["header"],
  item: ImportedItem,
): FileRecord {
  const { sha256, size, metadata, release, state } = item;
  return {
    ...outsideFile(context, statement, serial),
    how: "imported",
    sha256,
    size,
    metadata,
    release,
    state,
  };
}

function observedFile(
  context: RuleContext,
  statement: FilesObserved,
  { serial }: ProjectState["header"],
  item: ObservedItem,
): FileRecord {
  const { sha256, size, release, seen } = item;
  const said = { sha256, size, metadata: null, release, state: seen };
  return { ...outsideFile(context, statement, serial), how: "observed", ...said };
}

/** What is the same of every file that this index did not receive. */
function outsideFile(
  { at }: RuleContext,
  { detail, time }: FilesImported | FilesObserved,
  serial: number,
): Omit<FileRecord, "how" | "sha256" | "size" | "metadata" | "release" | "state"> {
  return {
    kind: "file",
    prior: "none",
    uploader: "unknown",
    reason: "none",
    observedOtherDigest: false,
    firstDetail: detail,
    lastDetail: detail,
    publisher: null,
    firstEntry: at,
    lastEntry: at,
    time,
    serial,
    attestations: [],
  };
}
