// SPDX-License-Identifier: Apache-2.0
import { encodeRfc3339 } from "@countermark/formats";
import type { TufKeyDraft } from "./keys.ts";

/** What the next version of a role's file will say; tests change it, whatever the specification says. */
export interface TufDraft {
  _type: string;
  spec_version: string;
  version: number;
  expires: string;
  [custom: string]: unknown;
}

export interface RoleDraft {
  keyids: string[];
  threshold: number;
  [custom: string]: unknown;
}

export interface RootDraft extends TufDraft {
  consistent_snapshot: boolean;
  keys: Record<string, TufKeyDraft>;
  roles: Record<string, RoleDraft>;
}

export interface MetaDraft {
  version: number;
  length?: number;
  hashes?: Record<string, string>;
}

/** Timestamp and snapshot. */
export interface ListDraft extends TufDraft {
  meta: Record<string, MetaDraft>;
}

export interface TargetDraft {
  length: number;
  hashes: Record<string, string>;
}

export interface DelegationDraft extends RoleDraft {
  name: string;
  terminating: boolean;
  paths?: string[];
  path_hash_prefixes?: string[];
}

export interface DelegationsDraft {
  keys: Record<string, TufKeyDraft>;
  roles?: DelegationDraft[];
  succinct_roles?: RoleDraft & { bit_length: number; name_prefix: string };
}

export interface TargetsDraft extends TufDraft {
  targets: Record<string, TargetDraft>;
  delegations?: DelegationsDraft;
}

export const TOP_ROLES = ["root", "timestamp", "snapshot", "targets"] as const;

export function draftRoot(expires: number): RootDraft {
  const roles = Object.fromEntries(TOP_ROLES.map((role) => [role, { keyids: [], threshold: 1 }]));
  return { ...header("root", expires), consistent_snapshot: true, keys: {}, roles };
}

export function draftTimestamp(expires: number): ListDraft {
  return { ...header("timestamp", expires), meta: { "snapshot.json": { version: 1 } } };
}

export function draftSnapshot(expires: number): ListDraft {
  return { ...header("snapshot", expires), meta: {} };
}

export function draftTargets(expires: number): TargetsDraft {
  return { ...header("targets", expires), targets: {} };
}

function header(type: string, expires: number): TufDraft {
  return { _type: type, spec_version: "1.0.34", version: 1, expires: encodeRfc3339(expires) };
}
