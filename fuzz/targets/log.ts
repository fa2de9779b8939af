// SPDX-License-Identifier: Apache-2.0
import {
  ENTRY_BUNDLE_BYTES_MAX,
  encodeAddCheckpoint,
  encodeCheckpoint,
  encodeCosignatureLines,
  encodeEd25519Spki,
  encodeEntryBundle,
  encodeNote,
  encodeReceipt,
  encodeTimestampedSignature,
  encodeTlogProof,
  encodeTreeSize,
  entriesPath,
  NOTE_BYTES_MAX,
  POLICY_BYTES_MAX,
  type Policy,
  parseAddCheckpoint,
  parseCheckpoint,
  parseCosignatureLines,
  parseEd25519Spki,
  parseEntryBundle,
  parseNote,
  parsePolicy,
  parseReceipt,
  parseTilePath,
  parseTimestampedSignature,
  parseTlogProof,
  parseTreeSize,
  parseVkey,
  requireKeyName,
  TLOG_PROOF_BYTES_MAX,
  tilePath,
  utf8,
  WITNESS_REQUEST_BYTES_MAX,
} from "@countermark/formats";
import { COSIGNERS, LOG_VKEY, toyTrust } from "../../packages/verify/test/ledger/toy-head.ts";
import { sha256 } from "../../packages/verify/test/ledger/toy-ledger.ts";
import { canonical, textOf } from "../oracles.ts";
import { accepted, conformance, texts, vectors } from "../seeds.ts";
import { expect, row, type Target } from "../target.ts";

const receipts = (): readonly Uint8Array[] => vectors("receipt.json", "accepted", "receipt");
const notes = (): readonly Uint8Array[] => [
  ...receipts().map((receipt) => parseReceipt(receipt).proof.checkpoint),
  ...accepted(conformance("tlog/tessera-log/checkpoint*", "tlog/sunlight-skylight/*/checkpoint"), parseNote),
];
const vkeys = (): readonly Uint8Array[] =>
  [LOG_VKEY, ...COSIGNERS.map(({ vkey }) => vkey)].map(({ text }) => utf8(text));
const hash = `${"A".repeat(43)}=`;

export const LOG_TARGETS: readonly Target[] = [
  row({
    name: "note",
    bytesMax: NOTE_BYTES_MAX,
    seeds: notes,
    read: parseNote,
    accepted: canonical(encodeNote),
  }),
  row({
    name: "checkpoint",
    bytesMax: NOTE_BYTES_MAX,
    seeds: () => notes().map((note) => utf8(parseNote(note).text)),
    read: (input) => parseCheckpoint(textOf(input)),
    accepted: (checkpoint, input) => canonical(encodeCheckpoint)(checkpoint, Buffer.from(textOf(input))),
  }),
  row({
    name: "vkey",
    bytesMax: 4_096,
    seeds: vkeys,
    read: (input) => parseVkey(textOf(input), sha256),
    accepted: (vkey, input) => {
      requireKeyName(vkey.name);
      expect(vkey.text === textOf(input), "a vkey's text is what was read");
    },
  }),
  row({
    name: "policy",
    bytesMax: POLICY_BYTES_MAX,
    seeds: () => [
      ...toyTrust().ledger.map(({ policyText }) => utf8(policyText)),
      ...texts(`# c\n\nlog ${LOG_VKEY.text} https://log.example/\nquorum none\n`),
    ],
    read: (input) => parsePolicy(textOf(input), sha256),
    accepted: policyIsClosed,
  }),
  row({
    name: "tlog-proof",
    bytesMax: TLOG_PROOF_BYTES_MAX,
    seeds: () => [...receipts(), ...texts(`c2sp.org/tlog-proof@v1\nindex 0\n${hash}\n\na\n1\n${hash}\n`)],
    read: parseTlogProof,
    accepted: canonical(encodeTlogProof),
  }),
  row({
    name: "receipt",
    bytesMax: TLOG_PROOF_BYTES_MAX,
    seeds: receipts,
    read: parseReceipt,
    accepted: canonical(encodeReceipt),
  }),
  row({
    name: "tile-path",
    bytesMax: 64,
    seeds: () => texts("tile/0/000", "tile/63/x001/x234/067.p/255", "tile/entries/x999/000.p/1"),
    read: (input) => parseTilePath(textOf(input)),
    accepted: (name, input) => {
      const { index, width } = name;
      const path = name.kind === "entries" ? entriesPath(index, width) : tilePath(name.level, index, width);
      expect(path === textOf(input), "a tile's path is what was read");
    },
  }),
  row({
    name: "entry-bundle",
    bytesMax: ENTRY_BUNDLE_BYTES_MAX,
    seeds: () => [
      encodeEntryBundle(vectors("transcripts.json", "", "leaf").slice(0, 4)),
      Uint8Array.of(0, 0),
    ],
    read: parseEntryBundle,
    accepted: canonical(encodeEntryBundle),
  }),
  row({
    name: "witness-request",
    bytesMax: WITNESS_REQUEST_BYTES_MAX,
    seeds: () =>
      notes().map((checkpoint) =>
        encodeAddCheckpoint({ oldSize: 3, proof: [new Uint8Array(32)], checkpoint }),
      ),
    read: parseAddCheckpoint,
    accepted: canonical(encodeAddCheckpoint),
  }),
  row({
    name: "witness-lines",
    bytesMax: WITNESS_REQUEST_BYTES_MAX,
    seeds: () => notes().map((note) => encodeCosignatureLines(parseNote(note).signatures)),
    read: parseCosignatureLines,
    accepted: canonical(encodeCosignatureLines),
  }),
  row({
    name: "witness-tree-size",
    bytesMax: 64,
    seeds: () => texts("0\n", "9007199254740991\n"),
    read: parseTreeSize,
    accepted: canonical(encodeTreeSize),
  }),
  row({
    name: "cosignature",
    bytesMax: 128,
    seeds: () => [new Uint8Array(72).fill(0, 0, 4)],
    read: (input) => parseTimestampedSignature(input, 4),
    accepted: canonical(encodeTimestampedSignature),
  }),
  row({
    name: "cosignature-ml-dsa-44",
    bytesMax: 4_096,
    seeds: () => [new Uint8Array(2_428).fill(0, 0, 4)],
    read: (input) => parseTimestampedSignature(input, 6),
    accepted: canonical(encodeTimestampedSignature),
  }),
  row({
    name: "ed25519-spki",
    bytesMax: 128,
    seeds: () => [encodeEd25519Spki(new Uint8Array(32))],
    read: parseEd25519Spki,
    accepted: canonical(encodeEd25519Spki),
  }),
];

/** Every name that a policy uses is one that it defines, and no group asks for more than it has. */
function policyIsClosed({ witnesses, groups, quorum }: Policy): void {
  const isKnown = (name: string): boolean => witnesses.has(name) || groups.has(name);
  expect(quorum === "none" || isKnown(quorum), "the quorum is defined");
  for (const { members, threshold } of groups.values()) {
    expect(members.every(isKnown), "members are defined");
    expect(threshold >= 1 && threshold <= members.length, "a threshold can be met");
  }
}
