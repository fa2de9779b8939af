// SPDX-License-Identifier: Apache-2.0
// Cosigned heads, receipts and project proofs over the leaves of a toy ledger.
import {
  createVkey,
  type Digest,
  encodeCheckpoint,
  encodeCosignedMessage,
  encodeEd25519Spki,
  encodeMapProof,
  encodeNote,
  encodeProjectProof,
  encodeReceipt,
  encodeTimestampedSignature,
  encodeTrust,
  inclusionRanges,
  leafHash,
  type NoteSignature,
  parseTrust,
  type TrustDescription,
  treeRoot,
  utf8,
} from "@countermark/formats";
import type { LedgerState } from "@countermark/verify";
import { COUNTERSIGN, digestOf, ORIGIN, sha256, type ToyKey, toyKey } from "./toy-ledger.ts";

export const LOG_KEY = toyKey("log");
export const LOG_VKEY = createVkey(ORIGIN, 1, LOG_KEY.key, sha256);
const COSIGNER_NAMES = ["witness.example/1", "witness.example/2", "witness.example/3", "auditor.example"];
export const COSIGNERS = COSIGNER_NAMES.map((name) => {
  const key = toyKey(name);
  return { name, key, vkey: createVkey(name, 4, key.key, sha256) };
});

const POLICY = `log ${LOG_VKEY.text}
${COSIGNERS.map(({ vkey }, i) => `witness c${i} ${vkey.text}`).join("\n")}
group quorum 2 c0 c1 c2 c3
quorum quorum
`;

export function toyTrust(changes: Partial<TrustDescription> = {}): TrustDescription {
  const row = {
    origin: ORIGIN,
    vkeys: [LOG_VKEY],
    policy: { logs: [], witnesses: new Map(), groups: new Map(), quorum: "none" },
    policyText: POLICY,
    from: 0,
    to: null,
    lastHonest: null,
    auditors: ["c3"],
  };
  const unparsed: TrustDescription = {
    ecosystem: "pypi",
    ledger: [row],
    countersign: [{ origin: ORIGIN, spki: encodeEd25519Spki(COUNTERSIGN.key), from: 0, to: null }],
    floor: null,
    limits: { Y: 600, Zwarn: 3_600, Zrefuse: 86_400 },
    sigstore: { rootVersion: 1, rootSha256: digestOf("trusted root") },
    ...changes,
  };
  return parseTrust(encodeTrust(unparsed), sha256);
}

/** When each of {@link COSIGNERS} cosigned; null: it did not. */
export type CosignTimes = readonly (number | null)[];

export function cosignedNote(
  leaves: readonly Uint8Array[],
  times: CosignTimes,
  options: { readonly logKey?: ToyKey; readonly origin?: string; readonly root?: Uint8Array } = {},
): Uint8Array {
  const { logKey = LOG_KEY, origin = ORIGIN } = options;
  const root = options.root ?? treeRoot(sha256, hashesOf(leaves));
  const text = encodeCheckpoint({ origin, size: leaves.length, root, extensions: [] });
  const logVkey = createVkey(origin, 1, logKey.key, sha256);
  const signatures: NoteSignature[] = [
    { name: origin, keyId: logVkey.keyId, signature: logKey.sign(utf8(text)) },
  ];
  for (const [i, { name, key, vkey }] of COSIGNERS.entries()) {
    const time = times[i] ?? null;
    if (time === null) continue;
    const signature = key.sign(encodeCosignedMessage(time, text));
    signatures.push({ name, keyId: vkey.keyId, signature: encodeTimestampedSignature({ time, signature }) });
  }
  return encodeNote({ text, signatures });
}

export function inclusionProof(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  const hashes = hashesOf(leaves);
  return inclusionRanges(index, leaves.length).map(({ start, end }) =>
    treeRoot(sha256, hashes.slice(start, end)),
  );
}

/** A proof file for `key` at a head that ends in the last of `leaves`. */
export function projectProof(
  state: LedgerState,
  leaves: readonly Uint8Array[],
  key: Digest,
  checkpoint: Uint8Array,
): Uint8Array {
  return encodeProjectProof({
    checkpoint,
    stateLeaf: leaves.at(-1) ?? new Uint8Array(),
    inclusion: inclusionProof(leaves, leaves.length - 1),
    mapProof: encodeMapProof(state.projects.prove(key)),
  });
}

export function receipt(
  leaves: readonly Uint8Array[],
  index: number,
  checkpoint: Uint8Array,
  detail: Uint8Array,
): Uint8Array {
  const proof = { extra: null, index, hashes: inclusionProof(leaves, index), checkpoint };
  return encodeReceipt({ proof, entry: leaves[index] ?? new Uint8Array(), detail });
}

function hashesOf(leaves: readonly Uint8Array[]): Uint8Array[] {
  return leaves.map((leaf) => leafHash(sha256, leaf));
}
