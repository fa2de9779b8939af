// SPDX-License-Identifier: Apache-2.0
import {
  type Anchor,
  encodeStateLeaf,
  ParseError,
  parseStateLeaf,
  type Sha256,
  type StateLeaf,
  statementDigest,
} from "@countermark/formats";
import type { Applied } from "./apply.ts";
import { isOver, logNow } from "./log-time.ts";
import { EPSILON_SECONDS, RULES_NOTICE_SECONDS } from "./rules.ts";
import { findUnknownRules } from "./rulesets.ts";
import { genesisOf, type LedgerState, nextNumber, withIndex } from "./state.ts";

/** Judges a state leaf: it must say what follows from the entries before it. @spec specs/ledger-kinds.md#state */
export function applyStateLeaf(state: LedgerState, bytes: Uint8Array, sha256: Sha256): Applied {
  const next = { ...state, size: state.size + 1 };
  const leaf = readStateLeaf(bytes);
  if (leaf === null) return { kind: "void", state: next, code: "malformed" };
  if (isEnded(state)) return { kind: "void", state: next, code: "log-ended" };
  if (!isStateOf(state, leaf, sha256)) return { kind: "void", state: next, code: "bad-state" };
  const { anchor } = leaf;
  const at = nextNumber(state);
  const closed = bringIntoForce(state, sha256);
  const anchors =
    anchor === null
      ? state.anchors
      : state.anchors.append({ ...anchor, size: state.offset + anchor.size, at });
  const states = state.states.append({ index: at, statement: statementDigest(sha256, bytes) });
  return { kind: "state", state: { ...closed, size: next.size, anchors, states } };
}

/**
 * What waited for a state leaf is in force with it: it is the first leaf to say so, and what comes after it is judged so. Nobody
 * signs a state leaf, so no leaf is judged by keys or rules that it brings itself.
 *
 * @spec specs/state-leaf.md#what-it-brings-into-force
 */
function bringIntoForce(state: LedgerState, sha256: Sha256): LedgerState {
  const { index } = state;
  if (index === null) return state;
  const { header, nextTrust } = index;
  const { announced, nextRules, rules } = header;
  const isTurn = announced !== null && isOver(state, announced, RULES_NOTICE_SECONDS);
  const trusted = { ...header, ...nextTrust };
  const turned = isTurn
    ? { ...trusted, rules: nextRules ?? rules, nextRules: null, announced: null }
    : trusted;
  return withIndex(state, { ...index, header: turned, nextTrust: null }, sha256);
}

/**
 * The state leaf that closes a seal after the leaves applied so far.
 *
 * @param at `time`: Unix seconds, not before log time; `anchor`: the newest cosigned head, null for the first state leaf.
 * @throws TypeError where `apply` would not accept it
 */
export function composeStateLeaf(
  state: LedgerState,
  at: { readonly time: number; readonly anchor: Anchor | null },
  sha256: Sha256,
): Uint8Array {
  const expected = expectedLeaf(state, sha256);
  const leaf = expected === null ? null : { ...expected, ...at };
  if (leaf === null || !isStateOf(state, leaf, sha256)) {
    throw new TypeError(
      "Cannot compose a state leaf: none comes here, its time or its anchor goes back, or nothing is new",
    );
  }
  return encodeStateLeaf(leaf);
}

function readStateLeaf(bytes: Uint8Array): StateLeaf | null {
  try {
    return parseStateLeaf(bytes);
  } catch (error) {
    // As in apply: a leaf that does not parse is void.
    if (error instanceof ParseError) return null;
    throw error;
  }
}

/** A log that was succeeded has one more leaf that counts: the state leaf that closes it. @spec specs/ledger-kinds.md#log-succeeded */
export function isEnded(state: LedgerState): boolean {
  const end = state.index?.successor?.at ?? null;
  return end !== null && state.states.firstWhere(({ index }) => index > end) !== null;
}

/** The lines of the next state leaf that leave no choice. */
function expectedLeaf(unclosed: LedgerState, sha256: Sha256): Omit<StateLeaf, "time" | "anchor"> | null {
  if (findUnknownRules(unclosed) !== null || isEnded(unclosed)) return null;
  const state = bringIntoForce(unclosed, sha256);
  const genesis = genesisOf(state);
  if (genesis === null) return null;
  const { rules, rootVersion, targetsVersion } = genesis.index.header;
  return {
    origin: genesis.facts.origin,
    index: state.size,
    prev: lastOfThisLog(state),
    map: state.projects.commitment(),
    projects: state.projects.count,
    rules,
    rootVersion,
    targetsVersion,
  };
}

/** The index of the last legal state leaf of this log, not of one that it continues. */
function lastOfThisLog({ states, offset }: LedgerState): number | null {
  const last = states.last();
  return last === null || last.index < offset ? null : last.index - offset;
}

function isStateOf(state: LedgerState, leaf: StateLeaf, sha256: Sha256): boolean {
  const expected = expectedLeaf(state, sha256);
  if (expected === null) return false;
  const isExpected =
    leaf.origin === expected.origin &&
    leaf.index === expected.index &&
    leaf.prev === expected.prev &&
    leaf.map === expected.map &&
    leaf.projects === expected.projects &&
    leaf.rules === expected.rules &&
    leaf.rootVersion === expected.rootVersion &&
    leaf.targetsVersion === expected.targetsVersion;
  return isExpected && leaf.time >= logNow(state) - EPSILON_SECONDS && isNextAnchor(state, leaf.anchor);
}

/**
 * Whether the state leaf after these entries may state this anchor. Anchors are heads that end in a legal state leaf, and never go back;
 * without one there is no second state leaf.
 */
export function isNextAnchor(state: LedgerState, anchor: Anchor | null): boolean {
  const { states, anchors, offset } = state;
  if (anchor === null) return lastOfThisLog(state) === null;
  const closing = offset + anchor.size - 1;
  const sealed = states.firstWhere((item) => item.index >= closing);
  if (sealed === null || sealed.index !== closing || anchor.size < 1) return false;
  const last = anchors.last();
  if (last !== null && (closing + 1 < last.size || anchor.tLo < last.tLo)) return false;
  if (anchor.tHi + EPSILON_SECONDS < logNow(state)) return false;
  const isAdjacent = states.last()?.index === nextNumber(state) - 1;
  return !isAdjacent || last === null || closing + 1 > last.size;
}
