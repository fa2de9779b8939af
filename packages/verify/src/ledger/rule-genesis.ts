// SPDX-License-Identifier: Apache-2.0
import {
  encodeSuccessor,
  type IndexHeader,
  indexKey,
  type LedgerEntry,
  type LogGenesis,
  originHash,
  paeOf,
  parseHex,
  type Sha256,
  successorId,
} from "@countermark/formats";
import type { CryptoPort } from "../port.ts";
import { AppendList } from "./append-list.ts";
import { logNow } from "./log-time.ts";
import { EPSILON_SECONDS } from "./rules.ts";
import { findRules } from "./rulesets.ts";
import { countersignKeyId, isRootSigned, isSignature } from "./signatures.ts";
import {
  emptyFileMap,
  emptyState,
  type IndexState,
  type LedgerState,
  type LogFacts,
  nextNumber,
  type PreviousState,
} from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

export type GenesisRuling =
  /** `from`: what the log begins with. */
  | {
      readonly kind: "legal";
      readonly from: LedgerState;
      readonly facts: LogFacts;
      readonly index: IndexState;
    }
  | { readonly kind: "unknown-rules" }
  | { readonly kind: "void"; readonly code: VoidCode };

/** The rules of logs made before the first release, of which none is kept. */
const NO_RULES = 0;

/** Judges entry 0, which brings the keys that it is judged by. @spec specs/ledger-kinds.md#log-genesis */
export async function ruleGenesis(
  entry: LedgerEntry,
  genesis: LogGenesis,
  previous: PreviousState | null,
  crypto: CryptoPort,
): Promise<GenesisRuling> {
  const sha256 = (bytes: Uint8Array): Uint8Array => crypto.sha256(bytes);
  const log = originHash(sha256, genesis.origin);
  if (genesis.log !== log || genesis.project !== indexKey(sha256)) return { kind: "void", code: "malformed" };
  if (genesis.rules !== NO_RULES && findRules(genesis.rules) === null) return { kind: "unknown-rules" };
  const key = genesis.countersign.find((candidate) => countersignKeyId(candidate, crypto) === entry.keyId);
  if (key === undefined) return { kind: "void", code: "key-not-in-force" };
  const record = { algorithm: "Ed25519", key: parseHex(key, 32, "key") } as const;
  if (!(await isSignature(record, paeOf(entry.payload), entry.signature, crypto))) {
    return { kind: "void", code: "bad-signature" };
  }
  if (genesis.seq !== 0) return { kind: "void", code: "wrong-seq" };
  const { rootKeys, threshold } = genesis;
  if (!(await isRootSigned(genesis, genesis.root, { log, rootKeys, threshold }, crypto))) {
    return { kind: "void", code: "bad-root" };
  }
  if (!isContinuation(genesis, previous, sha256)) return { kind: "void", code: "wrong-previous" };
  const from = previous === null ? emptyState(sha256) : stateAfter(previous.state);
  if (genesis.time < logNow(from) - EPSILON_SECONDS) return { kind: "void", code: "time-before-log" };
  if (genesis.rules === NO_RULES) return { kind: "void", code: "rules-version" };
  const { origin, ecosystem, visibility } = genesis;
  return {
    kind: "legal",
    from,
    facts: { origin, log, ecosystem, visibility },
    index: {
      kind: "index",
      header: headerOf(genesis),
      files: emptyFileMap(sha256),
      history: { size: 0, hashes: [] },
      entries: AppendList.of([]),
      nextTrust: null,
      successor: null,
    },
  };
}

/**
 * Whether the log begins where the one that it names ended, or names none and none is there. Both must say so: the old log names
 * the genesis that may come, by all of it but `previous`, and the genesis names the head in which the old log ended.
 */
function isContinuation(genesis: LogGenesis, previous: PreviousState | null, sha256: Sha256): boolean {
  const named = genesis.previous;
  if (named === null || previous === null) return named === null && previous === null;
  const { state, root } = previous;
  const { facts, index } = state;
  const isEnd =
    named.origin === facts?.origin &&
    named.size === state.size &&
    named.root === root &&
    named.map === state.projects.commitment() &&
    nextNumber(state) - 1 === state.states.last()?.index;
  // Only a log that was succeeded has named a successor, and only one more leaf of it counts: the one that it ends in.
  const isSuccessor =
    index?.successor?.log === genesis.log &&
    index.successor.genesis === successorId(sha256, encodeSuccessor(genesis));
  return (
    isEnd && isSuccessor && genesis.ecosystem === facts.ecosystem && genesis.visibility === facts.visibility
  );
}

/** What a log that continues `previous` begins with. Entries of both are told apart by their numbers. */
function stateAfter(previous: LedgerState): LedgerState {
  return { ...previous, offset: nextNumber(previous) };
}

function headerOf(genesis: LogGenesis): IndexHeader {
  const { role, rules, rootVersion, targetsVersion, trust } = genesis;
  const { webOrigin, rpIdHash, threshold, rootKeys, countersign } = genesis;
  return {
    role,
    import: genesis.import,
    end: "running",
    rules,
    nextRules: null,
    announced: null,
    rootVersion,
    targetsVersion,
    trust,
    webOrigin,
    rpIdHash,
    threshold,
    rootKeys,
    countersign,
  };
}
