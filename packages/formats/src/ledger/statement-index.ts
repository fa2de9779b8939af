// SPDX-License-Identifier: Apache-2.0
// The kinds about the index itself, and about recovery: most of them need signatures of offline root keys.
import { ParseError } from "../failure.ts";
import type { JsonInput } from "../text/canonical-json.ts";
import type { JsonObject } from "../text/json.ts";
import type { ConfigRecord } from "./config-record.ts";
import { type RootSignature, readRootSignatures, writeRootSignatures } from "./consent.ts";
import type { Digest } from "./ids.ts";
import { COUNTERSIGN_KEYS_MAX, ROLES, ROOT_KEYS_MAX, type Role } from "./index-header.ts";
import type { StatementCommon } from "./statement.ts";
import { readConfig, readDigest, readDigestList, U32, writeConfig } from "./statement-values.ts";

/** A project is to be handed to a new configuration, by the index's staff or by offline root keys. */
export interface RecoveryAsked extends StatementCommon {
  readonly kind: "project-recovered";
  readonly act: "ask";
  readonly way: "staff" | "root";
  readonly config: ConfigRecord;
  /** Null unless the way is root. */
  readonly root: readonly RootSignature[] | null;
}

/** It is handed over. */
export interface RecoveryTaken extends StatementCommon {
  readonly kind: "project-recovered";
  readonly act: "take";
  readonly way: "none";
  readonly config: null;
  readonly root: null;
}

export type ProjectRecovered = RecoveryAsked | RecoveryTaken;

/** What every statement about the index says beside the common members. */
interface AboutLog extends StatementCommon {
  /** The origin hash, as the subject says it. */
  readonly log: Digest;
  readonly root: readonly RootSignature[];
}

/** The keys that are in force after the next state leaf. */
export interface TrustChanged extends AboutLog {
  readonly kind: "trust-changed";
  readonly countersign: readonly string[];
  readonly rootKeys: readonly Digest[];
  readonly rootVersion: number;
  readonly rpIdHash: Digest;
  readonly targetsVersion: number;
  readonly threshold: number;
  /** SHA-256 of the trust description that says the same to clients. */
  readonly trust: Digest;
  readonly webOrigin: string;
}

export interface RulesChanged extends AboutLog {
  readonly kind: "rules-changed";
  readonly rules: number;
  /** SHA-256 of the specification of those rules. */
  readonly spec: Digest;
}

export interface IndexRoleChanged extends AboutLog {
  readonly kind: "index-role";
  readonly role2: Role;
  readonly import: "open" | "closed";
}

export interface IndexSunset extends AboutLog {
  readonly kind: "sunset";
}

export interface LogSucceeded extends AboutLog {
  readonly kind: "log-succeeded";
  /** The origin hash of the log that goes on from here. */
  readonly origin2: Digest;
  /** The successor id of its genesis. @spec specs/ledger-records.md#ids */
  readonly genesis: Digest;
}

export type IndexStatement = TrustChanged | RulesChanged | IndexRoleChanged | IndexSunset | LogSucceeded;

/** The kinds whose subject is the log, but for the genesis. */
export const INDEX_KINDS = [
  "trust-changed",
  "rules-changed",
  "index-role",
  "sunset",
  "log-succeeded",
] as const;

/** A web origin stands in client data unescaped. */
const WEB_ORIGIN = { charsMax: 128, pattern: /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/ } as const;

/** Reads the members that only `kind` has. @throws ParseError @spec specs/ledger-kinds.md */
export function readIndexFields(
  kind: IndexStatement["kind"],
  common: StatementCommon,
  body: JsonObject,
  log: Digest,
): IndexStatement {
  const about = { ...common, log, root: readRootSignatures(body, "root") };
  switch (kind) {
    case "trust-changed":
      return { kind, ...about, ...readKeys(body), trust: readDigest(body, "trust") };
    case "rules-changed":
      return { kind, ...about, rules: body.integer("rules", U32), spec: readDigest(body, "spec") };
    case "index-role":
      return {
        kind,
        ...about,
        role2: body.choice("role2", ROLES),
        import: body.choice("import", ["open", "closed"]),
      };
    case "sunset":
      return { kind, ...about };
    case "log-succeeded":
      return { kind, ...about, origin2: readDigest(body, "origin2"), genesis: readDigest(body, "genesis") };
  }
}

/** The members that only the statement's kind has. */
export function writeIndexFields(statement: IndexStatement): Readonly<Record<string, JsonInput>> {
  const { kind, log, origin, role, project, seq, time, detail, root, ...own } = statement;
  return { ...own, root: writeRootSignatures(root) };
}

/** The keys of an index and where its passkeys are asked, as a genesis and a trust-changed state them. @throws ParseError */
export function readKeys(body: JsonObject) {
  const rootKeys = readDigestList(body, "rootKeys", ROOT_KEYS_MAX);
  const countersign = readDigestList(body, "countersign", COUNTERSIGN_KEYS_MAX);
  if (countersign.length === 0) {
    throw new ParseError("out-of-range", `Cannot read ${body.path}: no countersign key`);
  }
  return {
    countersign,
    rootKeys,
    rootVersion: body.integer("rootVersion", U32),
    rpIdHash: readDigest(body, "rpIdHash"),
    targetsVersion: body.integer("targetsVersion", U32),
    threshold: body.integer("threshold", { min: 1, max: rootKeys.length }),
    webOrigin: body.text("webOrigin", WEB_ORIGIN),
  };
}

type Own<S extends ProjectRecovered> = Pick<S, "act" | "way" | "config" | "root">;

/** Reads what only project-recovered has. @throws ParseError */
export function readRecovered(body: JsonObject): Own<RecoveryAsked> | Own<RecoveryTaken> {
  const act = body.choice("act", ["ask", "take"]);
  if (act === "take") {
    const none = ["none"] as const;
    const way = body.choice("way", none);
    for (const name of ["config", "root"]) body.choice(name, none);
    return { act, way, config: null, root: null };
  }
  const way = body.choice("way", ["staff", "root"]);
  if (way === "staff") body.choice("root", ["none"]);
  const root = way === "root" ? readRootSignatures(body, "root") : null;
  return { act, way, config: readConfig(body.object("config")), root };
}

/** What only project-recovered has. */
export function writeRecovered({
  act,
  way,
  config,
  root,
}: ProjectRecovered): Readonly<Record<string, JsonInput>> {
  return {
    act,
    way,
    config: config === null ? "none" : writeConfig(config),
    root: writeRootSignatures(root),
  };
}
