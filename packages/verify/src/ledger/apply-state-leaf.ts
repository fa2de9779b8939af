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
import { logNow } from "./log-time.ts";
import { EPSILON_SECONDS } from "./rules.ts";
import { genesisOf, type LedgerState } from "./state.ts";

/** Judges a state leaf: it must say what follows from the entries before it. @spec specs/ledger-kinds.md#state */
export function applyStateLeaf(state: LedgerState, bytes: Uint8Array, sha256: Sha256): Applied {
  const next = { ...state, size: state.size + 1 };
  const leaf = readStateLeaf(bytes);
  if (leaf === null) return { kind: "void", state: next, code: "malformed" };
  if (!isStateOf(state, leaf)) return { kind: "void", state: next, code: "bad-state" };
  const { anchor } = leaf;
  const anchors = anchor === null ? state.anchors : state.anchors.append({ ...anchor, at: leaf.index });
  const states = state.states.append({ index: leaf.index, statement: statementDigest(sha256, bytes) });
  return { kind: "state", state: { ...next, anchors, states } };
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
): Uint8Array {
  const expected = expectedLeaf(state);
  if (expected === null) throw new TypeError("Cannot compose a state leaf before the genesis");
  const leaf = { ...expected, ...at };
  if (!isStateOf(state, leaf)) {
    throw new TypeError("Cannot compose a state leaf: its time or its anchor goes back, or nothing is new");
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

/** The lines of the next state leaf that leave no choice. */
function expectedLeaf(state: LedgerState): Omit<StateLeaf, "time" | "anchor"> | null {
  const genesis = genesisOf(state);
  if (genesis === null) return null;
  const { rules, rootVersion, targetsVersion } = genesis.index.header;
  return {
    origin: genesis.facts.origin,
    index: state.size,
    prev: state.states.last()?.index ?? null,
    map: state.projects.commitment(),
    projects: state.projects.count,
    rules,
    rootVersion,
    targetsVersion,
  };
}

function isStateOf(state: LedgerState, leaf: StateLeaf): boolean {
  const expected = expectedLeaf(state);
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

/** Anchors are heads that end in a legal state leaf, and never go back; without one there is no second state leaf. */
function isNextAnchor(state: LedgerState, anchor: Anchor | null): boolean {
  const { states, anchors } = state;
  if (anchor === null) return states.length === 0;
  const sealed = states.firstWhere((item) => item.index >= anchor.size - 1);
  if (sealed === null || sealed.index !== anchor.size - 1) return false;
  const last = anchors.last();
  if (last !== null && (anchor.size < last.size || anchor.tLo < last.tLo)) return false;
  if (anchor.tHi + EPSILON_SECONDS < logNow(state)) return false;
  const isAdjacent = states.last()?.index === state.size - 1;
  return !isAdjacent || last === null || anchor.size > last.size;
}
