// SPDX-License-Identifier: Apache-2.0
import {
  CLOSE_NEVER,
  type ConfigRecord,
  type ConfigureAct,
  type ConfigureWay,
  configId,
  configureChallenge,
  type Digest,
  encodeConfigRecord,
  type ProjectConfigured,
  type ProjectHeader,
  type ProjectPolicy,
  RELEASES,
} from "@countermark/formats";
import { isOver } from "./log-time.ts";
import { isConfigLegal } from "./rule-project.ts";
import { CHANGE_DELAY_SECONDS, UNDO_WINDOW_SECONDS } from "./rules.ts";
import { firstFault, legal, type RuleContext, type Ruling, voided } from "./ruling.ts";
import { isPasskeySignature, passkeyPrincipal } from "./signatures.ts";
import type { LedgerState, ProjectState } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

/** A configuration with its id. */
interface NamedConfig {
  readonly id: Digest;
  readonly record: ConfigRecord;
}

/** One act, with the project settled. */
interface Act {
  readonly state: LedgerState;
  readonly at: number;
  readonly project: ProjectState;
  /** What the statement names; for acts that name nothing, the current one. */
  readonly config: NamedConfig;
}

interface Row {
  /** Whose keys may consent. */
  readonly consentOf: readonly ("current" | "base")[];
  readonly fault: (act: Act) => VoidCode | null;
  readonly effect: (act: Act) => ProjectState;
}

/** Every act in every way that it has. A pair that is absent is malformed before it comes here. */
const ROWS: Partial<Record<`${ConfigureAct} ${ConfigureWay}`, Row>> = {
  "change free": {
    consentOf: [],
    fault: ({ project }) => firstFault([project.header.firstFile !== null, "has-files"]),
    effect: (act) => rebase(dropPending(withCurrent(act, act.config))),
  },
  "change passkey": {
    consentOf: ["current"],
    fault: (act) => firstFault([isFrozen(act), "frozen"]),
    effect: (act) => dropPending(withCurrent(act, act.config)),
  },
  "change account": {
    consentOf: [],
    fault: (act) =>
      firstFault(
        [!isTighter(act.config.record, act.project.current), "not-tighter"],
        [isFrozen(act), "frozen"],
      ),
    effect: (act) => withCurrent(act, act.config),
  },
  "ask passkey": askRow("passkey", ["current"], []),
  "ask publisher": askRow("publisher", ["current"], []),
  "ask account": askRow("account", [], ["current", "base"]),
  "take none": {
    consentOf: [],
    fault: ({ state, project }) => {
      const ask = pendingAsk(project);
      if (ask === null || ask.way === "staff" || ask.way === "root") return "no-pending";
      return firstFault(
        [!isOver(state, ask.asked, CHANGE_DELAY_SECONDS), "too-early"],
        [!isConfigLegal(ask.config.record), "bad-config"],
      );
    },
    effect: ({ project, at }) => takeAsk(project, at),
  },
  "cancel passkey": cancelRow(["current", "base"], []),
  "cancel publisher": cancelRow(["current", "base"], ["current", "base"]),
  "cancel account": cancelRow([], []),
  "undo passkey": {
    consentOf: ["base"],
    fault: ({ project, config }) =>
      firstFault(
        [project.header.base === project.header.current, "nothing-to-undo"],
        [config.id !== project.header.base, "bad-config"],
      ),
    effect: (act) => {
      const base = { id: act.project.header.base, record: act.project.base };
      const restored = dropPending(withCurrent(act, base));
      return { ...restored, header: { ...restored.header, frozen: act.at } };
    },
  },
};

/**
 * Judges one act on a project's configuration: who may publish it and under which policy.
 *
 * @spec specs/ledger-kinds.md#project-configured
 */
export async function ruleConfigured(
  context: RuleContext,
  statement: ProjectConfigured,
  unsettled: ProjectState,
): Promise<Ruling> {
  if (unsettled.header.status === "reserved") return voided("not-open");
  const project = settle(context.state, unsettled);
  const row = ROWS[`${statement.act} ${statement.way}`];
  if (row === undefined) return voided("malformed");
  const record = statement.config ?? project.current;
  if (!isConfigLegal(record)) return voided("bad-config");
  const config = { id: configId(context.sha256, encodeConfigRecord(record)), record };
  const act: Act = { state: context.state, at: context.at, project, config };
  if (!(await isConsented(context, statement, act, row))) return voided("bad-consent");
  const fault = row.fault(act);
  if (fault !== null) return voided(fault);
  const next = row.effect(act);
  return legal(context, { ...next, header: { ...next.header, serial: project.header.serial + 1 } });
}

/** Once the undo window of the current configuration is over, it is what later ones can be undone to. */
export function settle(state: LedgerState, project: ProjectState): ProjectState {
  return isOver(state, project.header.currentSince, UNDO_WINDOW_SECONDS) ? rebase(project) : project;
}

/** base := current. */
export function rebase(project: ProjectState): ProjectState {
  const { current, currentSince } = project.header;
  return {
    ...project,
    base: project.current,
    header: { ...project.header, base: current, baseSince: currentSince },
  };
}

async function isConsented(
  context: RuleContext,
  statement: ProjectConfigured,
  act: Act,
  row: Row,
): Promise<boolean> {
  const { consent } = statement;
  if (consent.kind === "none") return row.consentOf.length === 0;
  const configs = row.consentOf.map((side) => act.project[side]);
  if (consent.kind === "publisher") {
    return configs.some((config) => config.publishers.some((id) => id === consent.publisher));
  }
  const principal = passkeyPrincipal(consent, context.crypto);
  if (!configs.some((config) => config.principals.some((id) => id === principal))) return false;
  const challenge = configureChallenge(context.sha256, {
    log: context.facts.log,
    project: statement.project,
    header: act.project.header,
    act: statement.act,
    config: act.config.id,
  });
  return await isPasskeySignature(consent, challenge, context.index.header, context.crypto);
}

function askRow(
  way: "passkey" | "publisher" | "account",
  consentOf: Row["consentOf"],
  withoutPrincipals: Row["consentOf"],
): Row {
  return {
    consentOf,
    fault: ({ project }) =>
      firstFault(
        // What is asked before the first file would be taken years after it, at once: unseen by who published then.
        [project.header.firstFile === null, "no-files"],
        [hasPrincipals(project, withoutPrincipals), "has-principals"],
        [project.pending !== null, "pending"],
      ),
    effect: ({ project, config, at }) => ({
      ...project,
      pending: config.record,
      header: { ...project.header, pending: config.id, asked: at, way },
    }),
  };
}

function cancelRow(consentOf: Row["consentOf"], withoutPrincipals: Row["consentOf"]): Row {
  return {
    consentOf,
    fault: ({ project }) =>
      firstFault(
        [hasPrincipals(project, withoutPrincipals), "has-principals"],
        [project.pending === null || project.header.way === "root", "not-cancellable"],
      ),
    effect: ({ project }) => withoutPending(project),
  };
}

/** `project` with what was asked for as its current configuration. */
export function takeAsk(project: ProjectState, at: number): ProjectState {
  const ask = pendingAsk(project);
  if (ask === null) throw new TypeError("Cannot take a pending configuration: there is none");
  const current = withCurrent({ project, at }, ask.config);
  return { ...withoutPending(current), taken: project.taken.append(ask.asked) };
}

/** What was asked for, by which entry, in which way; null where nothing is pending. */
export function pendingAsk(
  project: ProjectState,
): { readonly config: NamedConfig; readonly asked: number; readonly way: ProjectHeader["way"] } | null {
  const { pending: record, header } = project;
  const { pending: id, asked, way } = header;
  return record === null || id === null || asked === null ? null : { config: { id, record }, asked, way };
}

function withCurrent({ project, at }: Pick<Act, "project" | "at">, config: NamedConfig): ProjectState {
  const { current, currentSince } = project.header;
  const since = config.id === current ? currentSince : at;
  return {
    ...project,
    current: config.record,
    header: { ...project.header, current: config.id, currentSince: since },
  };
}

/** What offline root keys asked for stays. */
function dropPending(project: ProjectState): ProjectState {
  return project.header.way === "root" ? project : withoutPending(project);
}

/** `project` with nothing pending. */
export function withoutPending(project: ProjectState): ProjectState {
  return {
    ...project,
    pending: null,
    header: { ...project.header, pending: null, asked: null, way: "none" },
  };
}

function hasPrincipals(project: ProjectState, sides: Row["consentOf"]): boolean {
  return sides.some((side) => project[side].principals.length > 0);
}

function isFrozen({ state, project }: Act): boolean {
  const { frozen } = project.header;
  return frozen !== null && !isOver(state, frozen, UNDO_WINDOW_SECONDS);
}

/** The same people under a stricter policy. */
function isTighter(next: ConfigRecord, current: ConfigRecord): boolean {
  const samePeople =
    isSameList(next.publishers, current.publishers) && isSameList(next.principals, current.principals);
  const growth = POLICY_NUMBERS.map((numberOf) => numberOf(next.policy) - numberOf(current.policy));
  return samePeople && growth.every((by) => by >= 0) && growth.some((by) => by > 0);
}

/** The members of a policy as numbers that grow with strictness. */
const POLICY_NUMBERS: readonly ((policy: ProjectPolicy) => number)[] = [
  ({ uploads }) => Number(uploads === "publisher"),
  ({ attestations }) => Number(attestations === "required"),
  ({ release }) => RELEASES.indexOf(release),
  ({ closeDays }) => -(closeDays ?? CLOSE_NEVER),
];

function isSameList(a: readonly Digest[], b: readonly Digest[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
