// SPDX-License-Identifier: Apache-2.0
import {
  concat,
  encodeHex,
  encodeKeyRecord,
  indexKey,
  type LogGenesis,
  originHash,
  parseEd25519Spki,
  type RootSignature,
  rootKeyId,
  utf8,
} from "@countermark/formats";
import { nodeCrypto, type PrivateKey } from "@countermark/log";
import { RULES_VERSION, rootMessage } from "@countermark/verify";
import type { Countersigner } from "./countersign.ts";
import type { LedgerRequest, Unsealed } from "./request.ts";

export interface GenesisOptions {
  readonly origin: string;
  readonly ecosystem: string;
  /** Where people meet the index, and passkeys are asked: `https://host`. */
  readonly webOrigin: string;
  readonly countersigner: Countersigner;
  /** Offline keys, all of which sign: needed once, here. */
  readonly rootKeys: readonly PrivateKey[];
}

/** The first entry of a ledger: the keys that everything after it is judged by. */
export function requestGenesis(options: GenesisOptions): LedgerRequest {
  const log = originHash(nodeCrypto.sha256, options.origin);
  const project = indexKey(nodeCrypto.sha256);
  const roots = options.rootKeys.map(describeRoot).sort((a, b) => (a.id < b.id ? -1 : 1));
  const genesis: Unsealed<LogGenesis> = {
    kind: "log-genesis",
    log,
    project,
    countersign: [options.countersigner.publicKey],
    ecosystem: options.ecosystem,
    import: "closed",
    previous: null,
    root: [],
    rootKeys: roots.map(({ id }) => id),
    rootVersion: 1,
    rpIdHash: encodeHex(nodeCrypto.sha256(utf8(new URL(options.webOrigin).hostname))),
    rules: RULES_VERSION,
    targetsVersion: 1,
    threshold: roots.length,
    trust: null,
    visibility: "public",
    webOrigin: options.webOrigin,
  };
  // What the root keys sign leaves `root` and `time` out: neither is known yet.
  const unsigned: LogGenesis = {
    ...genesis,
    origin: options.origin,
    role: "index",
    seq: 0,
    time: 0,
    detail: null,
  };
  const message = rootMessage(unsigned, log, nodeCrypto);
  const root = roots.map(({ key, record }) => signRoot(key, record, message));
  root.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { statement: { ...genesis, root }, detail: null };
}

function describeRoot(key: PrivateKey): { key: PrivateKey; record: Uint8Array; id: string } {
  const record = encodeKeyRecord({ algorithm: "Ed25519", key: parseEd25519Spki(key.publicSpki) });
  return { key, record, id: rootKeyId(nodeCrypto.sha256, record) };
}

function signRoot(key: PrivateKey, record: Uint8Array, message: Uint8Array): RootSignature {
  // The record without its version byte.
  return { key: encodeHex(record.subarray(1)), sig: encodeHex(concat(key.sign(message))) };
}
