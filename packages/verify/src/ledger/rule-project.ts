// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  configId,
  EMPTY_CONFIG,
  EMPTY_RANGE,
  encodeConfigRecord,
  MAP_BUCKET_KEYS_MAX,
  type ProjectCreated,
  type ProjectHeader,
  type ProjectReserved,
  type StatusChanged,
} from "@countermark/formats";
import { AppendList } from "./append-list.ts";
import { legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { emptyFileMap, type ProjectState } from "./state.ts";

/** @spec specs/ledger-kinds.md#project-reserved */
export function ruleReserved(context: RuleContext, statement: ProjectReserved): Ruling {
  if (context.state.projects.has(statement.project)) return voided("project-exists");
  if (!hasRoom(context, statement.project)) return voided("map-full");
  return legal(context, newProject(context, "reserved", EMPTY_CONFIG, "created"));
}

/** @spec specs/ledger-kinds.md#project-created */
export function ruleCreated(context: RuleContext, statement: ProjectCreated): Ruling {
  const existing = context.state.projects.get(statement.project);
  const isReserved = existing?.kind === "project" && existing.header.status === "reserved";
  if (existing !== null && !isReserved) return voided("project-exists");
  if (!isConfigLegal(statement.config)) return voided("bad-config");
  if (existing === null && !hasRoom(context, statement.project)) return voided("map-full");
  const created = newProject(context, "active", statement.config, "created");
  if (!isReserved) return legal(context, created);
  const { history, entries, header } = existing;
  return legal(context, {
    ...created,
    header: { ...created.header, firstEntry: header.firstEntry },
    history,
    entries,
  });
}

/** @spec specs/ledger-kinds.md#status */
export function ruleStatus(context: RuleContext, statement: StatusChanged, project: ProjectState): Ruling {
  const { status } = project.header;
  if (status === "reserved" || status === statement.status) return voided("same-status");
  return legal(context, { ...project, header: { ...project.header, status: statement.status } });
}

/** Whether a configuration keeps what it promises. @spec specs/ledger-records.md#policy-record */
export function isConfigLegal(config: ConfigRecord): boolean {
  const { uploads, attestations, release } = config.policy;
  if (attestations === "required" && uploads !== "publisher") return false;
  if (uploads === "publisher" && config.publishers.length === 0) return false;
  return release !== "staged-passkey" || config.principals.length > 0;
}

/** A project as its first entry makes it: with one configuration, and without a file. */
export function newProject(
  context: RuleContext,
  status: ProjectHeader["status"],
  config: ConfigRecord,
  how: ProjectHeader["how"],
): ProjectState {
  const id = configId(context.sha256, encodeConfigRecord(config));
  const header: ProjectHeader = {
    status,
    how,
    firstEntry: context.at,
    lastEntry: context.at,
    rules: context.index.header.rules,
    firstFile: null,
    serial: 0,
    current: id,
    currentSince: context.at,
    base: id,
    baseSince: context.at,
    pending: null,
    asked: null,
    way: "none",
    frozen: null,
    recovered: null,
    attested: null,
  };
  return {
    kind: "project",
    header,
    current: config,
    base: config,
    pending: null,
    files: emptyFileMap(context.sha256),
    history: EMPTY_RANGE,
    entries: AppendList.of([]),
    taken: AppendList.of([]),
    openings: new Map(),
  };
}

/** Whether the map of projects takes one more under `key`. */
export function hasRoom(context: RuleContext, key: string): boolean {
  return context.state.projects.bucketCount(key) < MAP_BUCKET_KEYS_MAX;
}
