// SPDX-License-Identifier: Apache-2.0
import {
  type IndexHeader,
  indexKey,
  type LedgerEntry,
  type LogGenesis,
  originHash,
  paeOf,
  parseHex,
} from "@countermark/formats";
import type { CryptoPort } from "../port.ts";
import { AppendList } from "./append-list.ts";
import { RULES_VERSION } from "./rules.ts";
import { countersignKeyId, isRootSigned, isSignature } from "./signatures.ts";
import { emptyFileMap, type IndexState, type LogFacts } from "./state.ts";
import type { VoidCode } from "./void-codes.ts";

export type GenesisRuling =
  | { readonly kind: "legal"; readonly facts: LogFacts; readonly index: IndexState }
  | { readonly kind: "void"; readonly code: VoidCode };

/** Judges entry 0, which brings the keys that it is judged by. @spec specs/ledger-kinds.md#log-genesis */
export async function ruleGenesis(
  entry: LedgerEntry,
  genesis: LogGenesis,
  crypto: CryptoPort,
): Promise<GenesisRuling> {
  const sha256 = (bytes: Uint8Array): Uint8Array => crypto.sha256(bytes);
  const log = originHash(sha256, genesis.origin);
  if (genesis.log !== log || genesis.project !== indexKey(sha256)) return { kind: "void", code: "malformed" };
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
  // A log that continues another is replayed after it: that comes with log-succeeded.
  if (genesis.previous !== null) return { kind: "void", code: "wrong-previous" };
  if (genesis.rules !== RULES_VERSION) return { kind: "void", code: "rules-version" };
  const { origin, ecosystem, visibility } = genesis;
  return {
    kind: "legal",
    facts: { origin, log, ecosystem, visibility },
    index: {
      kind: "index",
      header: headerOf(genesis),
      files: emptyFileMap(sha256),
      history: { size: 0, hashes: [] },
      entries: AppendList.of([]),
    },
  };
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
