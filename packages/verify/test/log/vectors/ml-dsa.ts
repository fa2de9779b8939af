// SPDX-License-Identifier: Apache-2.0
import {
  encodeCheckpoint,
  encodeCosignedMessage,
  encodeHex,
  encodeNote,
  encodeTimestampedSignature,
  type NoteSignature,
  parseCheckpoint,
  parseUtf8,
} from "@countermark/formats";
import { subtreeLine, toyMlDsa } from "../toy-ml-dsa.ts";
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

const pqLog = toyMlDsa(ORIGIN, 21);
const [p1, p2] = [toyMlDsa("p1.example", 22), toyMlDsa("p2.example", 23)];
const HEAD = parseCheckpoint(TEXT);
const EXTENDED = `${TEXT}extension\n`;

function noteOf(text: string, ...signatures: NoteSignature[]): string {
  return parseUtf8(encodeNote({ text, signatures }), "note");
}

function flipped(line: NoteSignature, offset: number): NoteSignature {
  return { ...line, signature: line.signature.with(offset, (line.signature[offset] ?? 0) ^ 1) };
}

/** The line of an Ed25519 cosigner's message, signed by an ML-DSA-44 key. */
function noteMessageLine(signer: ToySigner, time: number): NoteSignature {
  const { name, keyId } = signer.vkey;
  const signature = signer.sign(encodeCosignedMessage(time, TEXT));
  return { name, keyId, signature: encodeTimestampedSignature({ time, signature }) };
}

/** Lines that say something else than the checkpoint they are under, or in another way. */
function wrongLines(signer: ToySigner): readonly (readonly [string, NoteSignature])[] {
  const right = subtreeLine(signer, NOW);
  const { root } = HEAD;
  return [
    ["the first byte of the signature changed", flipped(right, 8)],
    ["the last byte of the signature changed", flipped(right, 8 + 2_419)],
    ["another time than was signed", subtreeLine(signer, NOW, { time: NOW - 1 })],
    ["another cosigner's name", subtreeLine(signer, NOW, { cosigner: "p3.example" })],
    ["another origin", subtreeLine(signer, NOW, { checkpoint: { ...HEAD, origin: "log.example/to" } })],
    ["another size", subtreeLine(signer, NOW, { checkpoint: { ...HEAD, size: 6 } })],
    ["another root", subtreeLine(signer, NOW, { checkpoint: { ...HEAD, root: root.with(31, 8) } })],
    ["a subtree that does not start at 0", subtreeLine(signer, NOW, { change: (m) => m.with(-49, 1) })],
    ["another label", subtreeLine(signer, NOW, { change: (m) => m.with(9, 0x32) })],
    ["the message of Ed25519 cosigners", noteMessageLine(signer, NOW)],
    ["a signature that is too short", { ...right, signature: right.signature.subarray(0, -1) }],
    ["a byte after the signature", { ...right, signature: new Uint8Array([...right.signature, 0]) }],
    ["a signature of 64 bytes", { ...right, signature: right.signature.subarray(0, 72) }],
    ["a time alone", { ...right, signature: right.signature.subarray(0, 8) }],
    [
      "a time above 2^63-1",
      {
        ...right,
        signature: new Uint8Array([...new Uint8Array(8).fill(0xff), ...right.signature.subarray(8)]),
      },
    ],
  ];
}

/** vectors/log/checkpoint-ml-dsa-44.json */
export function checkpointMlDsaVectors() {
  const asked = { vkeys: [pqLog.vkey.text], origin: ORIGIN };
  const both = { ...asked, vkeys: [log.vkey.text, pqLog.vkey.text] };
  const found = { size: HEAD.size, root: encodeHex(HEAD.root) };
  const right = subtreeLine(pqLog, 0);
  const long = (length: number) => {
    const origin = `${"log.example/".padEnd(length - 2, "x")}é`;
    const checkpoint = { ...HEAD, origin };
    const signer = toyMlDsa("log.example", 24);
    const line = length > 255 ? subtreeLine(signer, 0) : subtreeLine(signer, 0, { checkpoint });
    return { vkeys: [signer.vkey.text], origin, note: noteOf(encodeCheckpoint(checkpoint), line) };
  };
  return {
    accepted: [
      { claim: "signed by the log, which states no time", ...asked, note: noteOf(TEXT, right), ...found },
      {
        claim: "signed by the log at a time",
        ...asked,
        note: noteOf(TEXT, subtreeLine(pqLog, NOW)),
        ...found,
      },
      { claim: "signed by both keys", ...both, note: noteOf(TEXT, logLine(TEXT), right), ...found },
      { claim: "of two keys one signed", ...both, note: noteOf(TEXT, right), ...found },
      {
        claim: "a stranger's line under the log's name",
        ...asked,
        note: noteOf(TEXT, subtreeLine(toyMlDsa(ORIGIN, 29), 0), right),
        ...found,
      },
      {
        claim: "extension lines that the Ed25519 line covers",
        ...both,
        note: noteOf(EXTENDED, logLine(EXTENDED), right),
        ...found,
      },
      { claim: "an origin of 255 bytes", ...long(255), ...found },
    ],
    refused: [
      ...wrongLines(pqLog).map(([claim, line]) => ({
        claim,
        ...asked,
        note: noteOf(TEXT, line),
        code: "log-signature-invalid",
      })),
      {
        claim: "a wrong line beside a right one by the other key",
        ...both,
        note: noteOf(TEXT, logLine(TEXT), flipped(right, 8)),
        code: "log-signature-invalid",
      },
      { claim: "an origin of 256 bytes", ...long(256), code: "log-signature-invalid" },
      { claim: "extension lines", ...asked, note: noteOf(EXTENDED, right), code: "checkpoint-extensions" },
      {
        claim: "a stranger alone",
        ...asked,
        note: noteOf(TEXT, logLine(TEXT)),
        code: "log-signature-missing",
      },
    ],
  };
}

/** vectors/log/cosigned-ml-dsa-44.json */
export function cosignedMlDsaVectors() {
  const [w1] = witnesses;
  if (w1 === undefined) throw new TypeError("there is no witness");
  const keys = [
    ["w1", w1],
    ["p1", p1],
    ["p2", p2],
  ] as const;
  const policyOf = (lines: string) =>
    `log ${log.vkey.text}\nlog ${pqLog.vkey.text}\n${keys.map(([name, { vkey }]) => `witness ${name} ${vkey.text}\n`).join("")}${lines}`;
  const asked = { origin: ORIGIN, now: NOW, toleranceSeconds: 120 };
  const accept = (
    claim: string,
    text: string,
    lines: readonly NoteSignature[],
    times: Record<string, number>,
  ) => ({
    claim,
    note: noteOf(text, ...lines),
    ...asked,
    size: HEAD.size,
    cosignatures: Object.entries(times).map(([name, time]) => ({ name, time })),
    tLo: Math.min(...Object.values(times)),
    tHi: Math.max(...Object.values(times)),
  });
  const refuse = (claim: string, lines: readonly NoteSignature[], code: string) => ({
    claim,
    note: noteOf(TEXT, logLine(TEXT), ...lines),
    ...asked,
    code,
  });
  const [a, b] = [subtreeLine(p1, NOW - 30), subtreeLine(p2, NOW - 20)];
  const mixed = [witnessLine(1, NOW - 50), a];
  const sameName = toySigner("p2.example", 4, 30);
  const ed25519Line = { ...witnessLine(1, NOW), name: "p2.example", keyId: sameName.vkey.keyId };
  return {
    policy: policyOf("group g 2 w1 p1 p2\nquorum g\n"),
    accepted: [
      accept("a quorum of both kinds", TEXT, [logLine(TEXT), ...mixed], { w1: NOW - 50, p1: NOW - 30 }),
      accept("a quorum of ML-DSA-44 alone, under a log of its kind", TEXT, [subtreeLine(pqLog, 0), a, b], {
        p1: NOW - 30,
        p2: NOW - 20,
      }),
      accept("of two lines by one witness the newer", TEXT, [logLine(TEXT), subtreeLine(p1, 5), a, b], {
        p1: NOW - 30,
        p2: NOW - 20,
      }),
      accept("extension lines that the log's own line covers", EXTENDED, [logLine(EXTENDED), a, b], {
        p1: NOW - 30,
        p2: NOW - 20,
      }),
    ],
    refused: [
      ...wrongLines(p2).map(([claim, line]) => refuse(claim, [...mixed, line], "cosignature-invalid")),
      refuse("two lines by one witness are one witness", [a, subtreeLine(p1, NOW)], "quorum-not-met"),
      refuse("an Ed25519 line under an ML-DSA-44 witness's name", [a, ed25519Line], "quorum-not-met"),
      refuse("time 0, which states no time", [...mixed, subtreeLine(p2, 0)], "cosignature-time"),
      refuse("a time later than is tolerated", [...mixed, subtreeLine(p2, NOW + 121)], "cosignature-time"),
      refuse(
        "another witness's key under a witness's name and key id",
        [...mixed, { ...a, name: p2.vkey.name, keyId: p2.vkey.keyId }],
        "cosignature-invalid",
      ),
    ],
  };
}
