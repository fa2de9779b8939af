// SPDX-License-Identifier: Apache-2.0
// The kinds about the index itself. Every one of them is signed by offline root keys: a thief of the online key gets none of it.
import {
  type ImportClosed,
  type IndexRoleChanged,
  type IndexStatement,
  type IndexSunset,
  indexKey,
  type KnownStatement,
  type LogGenesis,
  type LogSucceeded,
  originHash,
  type RulesChanged,
  type Sha256,
  type TrustChanged,
} from "@countermark/formats";
import { firstFault, legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { areRootSigned, isRootSigned, type RootKeys } from "./signatures.ts";
import type { IndexState } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/** A statement whose subject is the log, but for the genesis. */
export type AboutLog = IndexStatement | ImportClosed;

/** Whether the statement's subject is a log. */
export function isAboutLog(statement: KnownStatement): statement is AboutLog | LogGenesis {
  return "log" in statement;
}

/** Whether a statement about a log is about the one that it names as its own. */
export function isOfItsLog(statement: AboutLog | LogGenesis, sha256: Sha256): boolean {
  return statement.log === originHash(sha256, statement.origin) && statement.project === indexKey(sha256);
}

/** @spec specs/ledger-kinds.md#trust-changed */
export async function ruleIndexKind(context: RuleContext, statement: IndexStatement): Promise<Ruling> {
  if (!(await isSigned(context, statement))) return voided("bad-root");
  switch (statement.kind) {
    case "trust-changed":
      return ruleTrust(context, statement);
    case "rules-changed":
      return ruleRules(context, statement);
    case "index-role":
      return ruleRole(context, statement);
    case "sunset":
      return ruleSunset(context, statement);
    case "log-succeeded":
      return ruleSucceeded(context, statement);
  }
}

/** By the root keys in force; a change of keys by the new ones too, so that nobody is named who cannot sign. */
async function isSigned(context: RuleContext, statement: IndexStatement): Promise<boolean> {
  const { facts, index, crypto } = context;
  if (statement.kind !== "trust-changed") {
    return await isRootSigned(statement, statement.root, { log: facts.log, ...index.header }, crypto);
  }
  const both: readonly RootKeys[] = [index.header, statement];
  return await areRootSigned(statement, statement.root, { log: facts.log, both }, crypto);
}

function ruleTrust(context: RuleContext, statement: TrustChanged): Ruling {
  const { header, nextTrust } = context.index;
  const { countersign, rootKeys, threshold, rootVersion, targetsVersion, rpIdHash, trust, webOrigin } =
    statement;
  const isOlder = rootVersion < header.rootVersion || targetsVersion < header.targetsVersion;
  const isSame = rootVersion === header.rootVersion && targetsVersion === header.targetsVersion;
  const next = { countersign, rootKeys, threshold, rootVersion, targetsVersion, rpIdHash, trust, webOrigin };
  return change(
    context,
    { nextTrust: next },
    [nextTrust !== null, "pending"],
    [isOlder || isSame, "trust-version"],
  );
}

function ruleRules(context: RuleContext, statement: RulesChanged): Ruling {
  const { header } = context.index;
  return change(
    context,
    { header: { ...header, nextRules: statement.rules, announced: context.at } },
    [header.announced !== null, "pending"],
    [statement.rules !== header.rules + 1, "rules-version"],
  );
}

function ruleRole(context: RuleContext, statement: IndexRoleChanged): Ruling {
  const { header } = context.index;
  return change(context, { header: { ...header, role: statement.role2, import: statement.import } });
}

function ruleSunset(context: RuleContext, _statement: IndexSunset): Ruling {
  return change(context, { header: { ...context.index.header, end: "sunset" } });
}

function ruleSucceeded(context: RuleContext, statement: LogSucceeded): Ruling {
  const { origin2, genesis } = statement;
  const header = { ...context.index.header, end: "succeeded" } as const;
  return change(context, { header, successor: { log: origin2, genesis, at: context.at } });
}

function change(
  context: RuleContext,
  changes: Partial<IndexState>,
  ...checks: readonly (readonly [boolean, VoidCode])[]
): Ruling {
  const fault = firstFault(...checks);
  return fault === null ? legal(context, { ...context.index, ...changes }) : voided(fault);
}
