// SPDX-License-Identifier: Apache-2.0
// The verifiers of the ledger: heads, receipts, project proofs, state files, and the reducer that has an answer to any bytes.

import {
  ENTRY_BYTES_MAX,
  encodeEntry,
  encodeHex,
  encodeStatement,
  equalBytes,
  NOTE_BYTES_MAX,
  PROJECT_PROOF_BYTES_MAX,
  paeOf,
  parseNote,
  parseProjectProof,
  parseReceipt,
  parseTrust,
  STATE_BYTES_MAX,
  TLOG_PROOF_BYTES_MAX,
  utf8,
} from "@countermark/formats";
import {
  apply,
  type TrustedCheckpoint,
  verifyLedgerCheckpoint,
  verifyProjectProof,
  verifyReceipt,
  verifyStateFile,
} from "@countermark/verify";
import {
  acceptedFile,
  COUNTERSIGN,
  crypto,
  sha256,
  ToyLedger,
} from "../../packages/verify/test/ledger/toy-ledger.ts";
import { vectorCases, vectors } from "../seeds.ts";
import { expect, expectBytes, row, type Target } from "../target.ts";

const receipts = vectorCases<{ trust: string; accepted: ReceiptCase[] }>("receipt.json");
const proofs = vectorCases<{ trust: string; accepted: ProofCase[]; stateFile: StateFileCase }>(
  "project-proof.json",
);
const { stateFile } = proofs;
type ReceiptCase = { fileSha256: string; now: number; receipt: string };
type ProofCase = { name: string; now: number; proof: string; key: string; value: string | null };
type StateFileCase = { value: string; hex: string };
const [goodReceipt] = receipts.accepted;
const [goodProof] = proofs.accepted;
if (goodReceipt === undefined || goodProof === undefined)
  throw new TypeError("The vectors hold no good case");
const logged = parseReceipt(utf8(goodReceipt.receipt));
/** Every good receipt of the one tree. */
const received = receipts.accepted
  .map(({ receipt }) => utf8(receipt))
  .filter((receipt) => parseNote(checkpointOf(receipt)).text === parseNote(logged.proof.checkpoint).text);
/** Every good proof of the one project, by heads of their own. */
const proven = proofs.accepted
  .filter(({ value, name, now }) => value !== null && name === goodProof.name && now === goodProof.now)
  .map(({ proof: hex, key, value }) => {
    const bytes = Buffer.from(hex, "hex");
    return { bytes, proof: parseProjectProof(bytes), key, value };
  });
const receiptAsked = {
  trust: trustOf(receipts.trust),
  now: goodReceipt.now,
  fileSha256: goodReceipt.fileSha256,
};
const proofAsked = { trust: trustOf(proofs.trust), now: goodProof.now, name: goodProof.name };

/** Every time at which a cosigner of the vectors saw the head. */
const COSIGNED_AT = new Set<number>();
for (const note of [
  ...receipts.accepted.map(({ receipt }) => checkpointOf(utf8(receipt))),
  ...vectors("project-proof.json", "accepted", "proof").map((proof) => parseProjectProof(proof).checkpoint),
]) {
  const { checkpoint } = await verifyLedgerCheckpoint(note, receiptAsked, crypto);
  for (const { time } of checkpoint.cosignatures) COSIGNED_AT.add(time);
}

const ledger = await ToyLedger.withProject();
await ledger.add(acceptedFile(ledger.now));
await ledger.seal();

export const VERIFY_LEDGER_TARGETS: readonly Target[] = [
  row({
    name: "verify-checkpoint",
    bytesMax: NOTE_BYTES_MAX,
    seeds: () => received.map(checkpointOf),
    read: (input) => verifyLedgerCheckpoint(input, receiptAsked, crypto),
    accepted: (head, input) => headIsMeant(head, input, logged.proof.checkpoint),
  }),
  row({
    name: "verify-receipt",
    bytesMax: TLOG_PROOF_BYTES_MAX,
    seeds: () => received,
    read: (input) => verifyReceipt(input, receiptAsked, crypto),
    accepted: ({ index, head }, input) => {
      const { proof, entry, detail } = parseReceipt(input);
      headIsMeant(head, proof.checkpoint, logged.proof.checkpoint);
      expect(index === logged.proof.index, "the entry stands where it stood");
      expectBytes(entry, logged.entry, "the entry is what was logged");
      expect(
        detail.length === 0 || equalBytes(detail, logged.detail),
        "the detail is what was logged, or absent",
      );
    },
  }),
  row({
    name: "verify-project-proof",
    bytesMax: PROJECT_PROOF_BYTES_MAX,
    seeds: () => proven.map(({ bytes }) => bytes),
    read: (input) => verifyProjectProof(input, proofAsked, crypto),
    accepted: ({ key, value, head }, input) => {
      const { checkpoint, stateLeaf, mapProof } = parseProjectProof(input);
      const good = proven.find(({ proof }) => equalBytes(proof.stateLeaf, stateLeaf)) ?? proven[0];
      headIsMeant(head, checkpoint, good?.proof.checkpoint ?? stateLeaf);
      expectBytes(stateLeaf, good?.proof.stateLeaf ?? mapProof, "the state is what was cosigned");
      expect(key === good?.key && value === good.value, "the project is as it was cosigned");
      expectBytes(mapProof, good?.proof.mapProof ?? stateLeaf, "no other proof leads to the map");
    },
  }),
  row({
    name: "verify-state-file",
    bytesMax: STATE_BYTES_MAX,
    seeds: () => [Buffer.from(stateFile.hex, "hex")],
    read: (input) => verifyStateFile(input, stateFile.value, sha256),
    accepted: (_, input) =>
      expectBytes(input, Buffer.from(stateFile.hex, "hex"), "no other state file is believed"),
  }),
  row({
    name: "apply-leaf",
    bytesMax: ENTRY_BYTES_MAX,
    seeds: () => vectors("transcripts.json", "", "leaf"),
    read: (leaf) => apply(ledger.state, leaf, crypto),
    accepted: appliedOnce,
    refused: (code) => expect(false, `apply throws nothing, not even ${code}`),
  }),
  row({
    name: "apply-statement",
    bytesMax: ENTRY_BYTES_MAX,
    seeds: () => [
      ...vectors("statements.json", "valid", "payload"),
      encodeStatement(ledger.statement(acceptedFile(ledger.now, { file: "ab".repeat(32) }))),
      encodeStatement(ledger.statement({ kind: "status", status: "archived" })),
      encodeStatement(ledger.statement({ kind: "yanked", files: [], reason: "mistake" })),
    ],
    read: (payload) => apply(ledger.state, countersigned(payload), crypto),
    accepted: appliedOnce,
    refused: (code) => expect(false, `apply throws nothing, not even ${code}`),
  }),
];

/** Lines may come and go; the text is signed, and so is each cosigner's time. */
function headIsMeant({ checkpoint }: TrustedCheckpoint, note: Uint8Array, wanted: Uint8Array): void {
  expect(parseNote(note).text === parseNote(wanted).text, "the head is what was signed");
  const { tLo, tHi, cosignatures } = checkpoint;
  const times = cosignatures.map(({ time }) => time);
  expect(
    times.every((time) => COSIGNED_AT.has(time)),
    "a cosigner's time is one that was signed",
  );
  expect(COSIGNED_AT.has(tLo) && COSIGNED_AT.has(tHi), "the head's time is one that was signed");
}

function appliedOnce({ kind, state }: Awaited<ReturnType<typeof apply>>): void {
  expect(state.size === ledger.state.size + 1, "a leaf takes one place");
  const isSame = state.projects.commitment() === ledger.state.projects.commitment();
  expect(kind !== "void" || isSame, "a void entry changes no project");
}

function countersigned(payload: Uint8Array): Uint8Array {
  const keyId = encodeHex(sha256(Buffer.concat([SPKI_PREFIX, COUNTERSIGN.key])));
  return encodeEntry(payload, { keyId, signature: COUNTERSIGN.sign(paeOf(payload)) });
}

const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

function checkpointOf(receipt: Uint8Array): Uint8Array {
  return parseReceipt(receipt).proof.checkpoint;
}

function trustOf(text: string) {
  return parseTrust(utf8(text), sha256);
}
