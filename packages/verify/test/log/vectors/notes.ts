// SPDX-License-Identifier: Apache-2.0
import {
  type Checkpoint,
  createVkey,
  emptyRoot,
  encodeCheckpoint,
  encodeCosignedMessage,
  encodeHex,
  encodeNote,
  encodeTimestampedSignature,
  encodeTlogProof,
  inclusionRanges,
  leafHash,
  type NoteSignature,
  parseUtf8,
  treeRoot,
  utf8,
} from "@countermark/formats";
import { testCrypto } from "../../support/node-crypto.ts";
import { toyEcdsa } from "../../support/toy-ecdsa.ts";
import {
  log,
  logLine,
  NOW,
  ORIGIN,
  TEXT,
  type ToySigner,
  toySigner,
  witnesses,
  witnessLine,
} from "../toy-notes.ts";

const { sha256 } = testCrypto;
const STRANGER = toySigner("stranger.example", 1, 9);
const SIZE = 5;
const ROOT = encodeHex(new Uint8Array(32).fill(7));

/** The log and its witnesses, under names of the policy's own. */
export function policyText(lines: string, logs: readonly ToySigner[] = [log]): string {
  const keys = witnesses.map(({ vkey }, i) => `witness w${i + 1} ${vkey.text}\n`);
  return `${logs.map(({ vkey }) => `log ${vkey.text}\n`).join("")}${keys.join("")}${lines}`;
}

function noteOf(...signatures: NoteSignature[]): string {
  return noteOfText(TEXT, ...signatures);
}

function noteOfText(text: string, ...signatures: NoteSignature[]): string {
  return parseUtf8(encodeNote({ text, signatures }), "note");
}

function flipped(line: NoteSignature, offset: number): NoteSignature {
  const byte = line.signature[offset] ?? 0;
  return { ...line, signature: line.signature.with(offset, byte ^ 1) };
}

function textOf(changes: Partial<Checkpoint>): string {
  return encodeCheckpoint({
    origin: ORIGIN,
    size: SIZE,
    root: new Uint8Array(32).fill(7),
    extensions: [],
    ...changes,
  });
}

/** A line by `signer`, whose key is a cosigner's, at `time`. */
function timedLine(signer: ToySigner, time: number, text = TEXT): NoteSignature {
  const signature = signer.sign(encodeCosignedMessage(time, text));
  const { name, keyId } = signer.vkey;
  return { name, keyId, signature: encodeTimestampedSignature({ time, signature }) };
}

/** vectors/log/checkpoint.json */
export function checkpointVectors() {
  const asked = { vkeys: [log.vkey.text], origin: ORIGIN };
  const good = logLine(TEXT);
  const emptyText = textOf({ size: 0, root: emptyRoot(sha256) });
  const wrongEmptyText = textOf({ size: 0 });
  const oneText = textOf({ size: 1 });
  const ecdsa = toyEcdsa("log");
  const ecdsaVkey = createVkey(ORIGIN, 2, ecdsa.spki, sha256);
  const ecdsaLine = { name: ORIGIN, keyId: ecdsaVkey.keyId, signature: ecdsa.signDer(utf8(TEXT)) };
  const rawLine = { ...ecdsaLine, signature: ecdsa.signRaw(utf8(TEXT)) };
  const second = toySigner(ORIGIN, 1, 2);
  const cosigner = toySigner(ORIGIN, 4, 3);
  const sameName = { ...STRANGER, vkey: createVkey(ORIGIN, 1, STRANGER.vkey.key, sha256) };
  const acceptance = (claim: string, note: string, changes = {}) => ({
    claim,
    note,
    ...asked,
    size: SIZE,
    root: ROOT,
    ...changes,
  });
  const refusal = (claim: string, note: string, code: string, changes = {}) => ({
    claim,
    note,
    ...asked,
    ...changes,
    code,
  });
  const ecdsaOnly = { vkeys: [ecdsaVkey.text] };
  const cosignerOnly = { vkeys: [cosigner.vkey.text] };
  const both = { vkeys: [log.vkey.text, second.vkey.text] };
  const noteAt = (text: string): string => noteOfText(text, logLine(text));
  return {
    accepted: [
      acceptance("signed by the log", noteOf(good)),
      acceptance(
        "lines of strangers beside it",
        noteOf(timedLine(cosigner, 5), good, logLine(TEXT, STRANGER)),
      ),
      acceptance("a stranger's line under the log's name", noteOf(logLine("other\n", sameName), good)),
      acceptance(
        "a stranger's line under the log's key id",
        noteOf({ ...logLine("other\n"), name: "stranger.example" }, good),
      ),
      acceptance("signed by one key of two", noteOf(logLine(TEXT, second)), both),
      acceptance("signed by both keys", noteOf(good, logLine(TEXT, second)), both),
      acceptance("signed with ECDSA", noteOf(ecdsaLine), ecdsaOnly),
      acceptance("signed by a cosigner's key", noteOf(timedLine(cosigner, 9)), cosignerOnly),
      acceptance("an empty tree", noteAt(emptyText), { size: 0, root: encodeHex(emptyRoot(sha256)) }),
      acceptance("a tree of one leaf", noteAt(oneText), { size: 1 }),
      acceptance("extension lines", noteAt(textOf({ extensions: ["extension"] }))),
    ],
    refused: [
      refusal("another origin", noteOf(good), "checkpoint-origin", { origin: "log.example/to" }),
      refusal(
        "a checkpoint of another log by the same key",
        noteAt(textOf({ origin: "log.example/other" })),
        "log-signature-missing",
        {
          vkeys: [],
          origin: "log.example/other",
        },
      ),
      refusal("a stranger alone", noteOf(logLine(TEXT, STRANGER)), "log-signature-missing"),
      refusal(
        "the log's key id under another name",
        noteOf({ ...good, name: "log.example" }),
        "log-signature-missing",
      ),
      refusal("the log's name with another key id", noteOf(logLine(TEXT, sameName)), "log-signature-missing"),
      refusal("no key", noteOf(good), "log-signature-missing", { vkeys: [] }),
      refusal("a byte of the signature changed", noteOf(flipped(good, 0)), "log-signature-invalid"),
      refusal("a signature of another text", noteOf(logLine(oneText)), "log-signature-invalid"),
      refusal("a wrong line after a right one", noteOf(good, flipped(good, 0)), "log-signature-invalid"),
      refusal("a wrong line before a right one", noteOf(flipped(good, 0), good), "log-signature-invalid"),
      refusal(
        "a wrong line by the second key",
        noteOf(good, flipped(logLine(TEXT, second), 0)),
        "log-signature-invalid",
        both,
      ),
      refusal(
        "a signature that is too short",
        noteOf({ ...good, signature: good.signature.subarray(1) }),
        "log-signature-invalid",
      ),
      refusal(
        "a byte of the ECDSA signature changed",
        noteOf(flipped(ecdsaLine, 40)),
        "log-signature-invalid",
        ecdsaOnly,
      ),
      refusal("an ECDSA signature that is not DER", noteOf(rawLine), "log-signature-invalid", ecdsaOnly),
      refusal(
        "a cosigner's key, another time",
        noteOf(flipped(timedLine(cosigner, 9), 7)),
        "log-signature-invalid",
        cosignerOnly,
      ),
      refusal(
        "a cosigner's key without a time",
        noteOf(logLine(TEXT, cosigner)),
        "log-signature-invalid",
        cosignerOnly,
      ),
      refusal("size 0 with the root of another tree", noteAt(wrongEmptyText), "checkpoint-empty-root"),
      refusal("no empty line", TEXT, "malformed"),
      refusal(
        "a root of 31 bytes",
        noteAt(TEXT.replace(/\n[^\n]+=\n/, `\n${"A".repeat(42)}==\n`)),
        "out-of-range",
      ),
    ],
  };
}

/** vectors/log/cosigned.json */
export function cosignedVectors() {
  const policy = policyText("group g 2 w1 w2 w3\nquorum g\n");
  const asked = { origin: ORIGIN, now: NOW, toleranceSeconds: 120 };
  const two = [witnessLine(1, NOW - 50), witnessLine(3, NOW - 20)] as const;
  const named = (...items: (readonly [string, number])[]) => items.map(([name, time]) => ({ name, time }));
  const acceptance = (
    claim: string,
    lines: readonly NoteSignature[],
    found: { readonly cosignatures: ReturnType<typeof named>; readonly tLo: number; readonly tHi: number },
    changes = {},
  ) => ({ claim, note: noteOf(logLine(TEXT), ...lines), ...asked, ...changes, size: SIZE, ...found });
  const refusal = (claim: string, lines: readonly NoteSignature[], code: string, changes = {}) => ({
    claim,
    note: noteOf(logLine(TEXT), ...lines),
    ...asked,
    ...changes,
    code,
  });
  const found = { cosignatures: named(["w1", NOW - 50], ["w3", NOW - 20]), tLo: NOW - 50, tHi: NOW - 20 };
  const otherLog = toySigner("log.example/other", 1, 8);
  const both = policyText("group g 2 w1 w2 w3\nquorum g\n", [otherLog, log]);
  const second = witnessLine(2, NOW);
  const short = { ...second, signature: second.signature.subarray(1) };
  const plain = logLine(TEXT, { ...log, vkey: witnesses[1]?.vkey ?? log.vkey });
  return {
    policy,
    accepted: [
      acceptance("a quorum", two, found),
      acceptance(
        "a stranger's line beside a quorum",
        [...two, timedLine(toySigner("w1.example", 4, 99), 1)],
        found,
      ),
      acceptance("of two lines by one witness the newer", [witnessLine(1, NOW - 90), ...two], found),
      acceptance(
        "of two lines by one witness the newer, which comes first",
        [...two, witnessLine(1, NOW - 90)],
        found,
      ),
      acceptance(
        "a clock that is ahead as far as is tolerated",
        [witnessLine(1, NOW + 120), witnessLine(2, NOW)],
        {
          cosignatures: named(["w1", NOW + 120], ["w2", NOW]),
          tLo: NOW,
          tHi: NOW + 120,
        },
      ),
      acceptance("a time of one second", [witnessLine(1, 1), witnessLine(2, NOW)], {
        cosignatures: named(["w1", 1], ["w2", NOW]),
        tLo: 1,
        tHi: NOW,
      }),
      acceptance("a witness that is in no group is named and not counted", [...two, witnessLine(4, NOW)], {
        ...found,
        cosignatures: [...found.cosignatures, { name: "w4", time: NOW }],
      }),
      acceptance("a policy of two logs", two, found, { policy: both }),
    ],
    refused: [
      refusal("one witness where two are wanted", [witnessLine(1, NOW)], "quorum-not-met"),
      refusal("two lines by one witness", [witnessLine(1, NOW), witnessLine(1, NOW - 1)], "quorum-not-met"),
      refusal("a witness that is in no group", [witnessLine(1, NOW), witnessLine(4, NOW)], "quorum-not-met"),
      refusal("no cosignature", [], "quorum-not-met"),
      refusal("a wrong line beside a quorum", [...two, flipped(second, 20)], "cosignature-invalid"),
      refusal(
        "a wrong line by a witness that is in no group",
        [...two, flipped(witnessLine(4, NOW), 20)],
        "cosignature-invalid",
      ),
      refusal(
        "a wrong line before a right one of the same witness",
        [flipped(second, 20), second, ...two],
        "cosignature-invalid",
      ),
      refusal("a short line", [...two, short], "cosignature-invalid"),
      refusal("a line without a time", [...two, plain], "cosignature-invalid"),
      refusal("another time than was signed", [...two, flipped(second, 7)], "cosignature-invalid"),
      refusal(
        "a cosignature of another text",
        [...two, witnessLine(2, NOW, textOf({ size: 6 }))],
        "cosignature-invalid",
      ),
      refusal("time 0 beside a quorum", [...two, witnessLine(2, 0)], "cosignature-time"),
      refusal("a time later than is tolerated", [...two, witnessLine(2, NOW + 121)], "cosignature-time"),
      refusal(
        "the first time later than is tolerated",
        [witnessLine(1, NOW + 121), ...two.slice(1), second],
        "cosignature-time",
      ),
      refusal("a policy that asks for no cosigner", two, "quorum-none", {
        policy: policyText("quorum none\n"),
      }),
      refusal("another origin", two, "checkpoint-origin", { origin: "log.example/other" }),
      {
        ...refusal("no line of the log", two, "log-signature-missing"),
        note: noteOf(...two),
      },
      {
        ...refusal("signed by another log of the policy", two, "log-signature-missing", { policy: both }),
        note: noteOf(logLine(TEXT, otherLog), ...two),
      },
    ],
  };
}

/** vectors/log/cosignature.json */
export function cosignatureVectors() {
  const [first] = witnesses;
  if (first === undefined) throw new TypeError("there is no witness");
  const note = noteOf(
    logLine(TEXT),
    witnessLine(1, NOW),
    witnessLine(2, NOW),
    flipped(witnessLine(1, NOW), 9),
  );
  const asked = { note, vkey: first.vkey.text, line: 1 };
  return {
    log: log.vkey.text,
    origin: ORIGIN,
    accepted: [
      { claim: "a cosignature", ...asked, time: NOW },
      { claim: "of time 0", ...asked, note: noteOf(logLine(TEXT), witnessLine(1, 0)), time: 0 },
    ],
    refused: [
      { claim: "of another witness", ...asked, line: 2, code: "cosignature-invalid" },
      { claim: "with a byte changed", ...asked, line: 3, code: "cosignature-invalid" },
      {
        claim: "a signature of a key that states no time",
        ...asked,
        vkey: log.vkey.text,
        line: 0,
        code: "cosignature-invalid",
      },
    ],
  };
}

/** vectors/log/tlog-proof.json */
export function tlogProofVectors() {
  const leaves = ["first", "second", "third"].map(utf8);
  const hashes = leaves.map((leaf) => leafHash(sha256, leaf));
  const text = textOf({ size: hashes.length, root: treeRoot(sha256, hashes) });
  const checkpoint = encodeNote({
    text,
    signatures: [logLine(text), witnessLine(1, NOW - 9, text), witnessLine(2, NOW - 5, text)],
  });
  const proofOf = (index: number, changes: Partial<Parameters<typeof encodeTlogProof>[0]> = {}): string => {
    const path = inclusionRanges(index, hashes.length).map(({ start, end }) =>
      treeRoot(sha256, hashes.slice(start, end)),
    );
    return parseUtf8(encodeTlogProof({ extra: null, index, hashes: path, checkpoint, ...changes }), "proof");
  };
  const entry = encodeHex(utf8("second"));
  const asked = { proof: proofOf(1), entry, origin: ORIGIN, now: NOW, toleranceSeconds: 120 };
  const found = { index: 1, size: 3, tLo: NOW - 9, tHi: NOW - 5 };
  const oneWitness = encodeNote({ text, signatures: [logLine(text), witnessLine(1, NOW - 9, text)] });
  return {
    policy: policyText("group g 2 w1 w2 w3\nquorum g\n"),
    accepted: [
      { claim: "an entry", ...asked, ...found },
      { claim: "an extra line says nothing", ...asked, proof: proofOf(1, { extra: utf8("x") }), ...found },
      {
        claim: "the last entry",
        ...asked,
        proof: proofOf(2),
        entry: encodeHex(utf8("third")),
        ...found,
        index: 2,
      },
    ],
    refused: [
      { claim: "another entry", ...asked, entry: encodeHex(utf8("secont")), code: "inclusion-root" },
      { claim: "another index", ...asked, proof: proofOf(1, { index: 0 }), code: "inclusion-root" },
      {
        claim: "a leaf hash for an entry",
        ...asked,
        entry: encodeHex(hashes[1] ?? utf8("")),
        code: "inclusion-root",
      },
      {
        claim: "an index after the last",
        ...asked,
        proof: proofOf(1, { index: 3 }),
        code: "inclusion-range",
      },
      { claim: "a hash missing", ...asked, proof: proofOf(1, { hashes: [] }), code: "inclusion-length" },
      {
        claim: "too few cosigners",
        ...asked,
        proof: proofOf(1, { checkpoint: oneWitness }),
        code: "quorum-not-met",
      },
      { claim: "a cosigner from the future", ...asked, now: NOW - 200, code: "cosignature-time" },
      { claim: "another log", ...asked, origin: "log.example/other", code: "checkpoint-origin" },
      {
        claim: "an index with a leading zero",
        ...asked,
        proof: asked.proof.replace("index 1", "index 01"),
        code: "not-canonical",
      },
    ],
  };
}
