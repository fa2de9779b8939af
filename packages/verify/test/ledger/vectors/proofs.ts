// SPDX-License-Identifier: Apache-2.0
import {
  type Anchor,
  createVkey,
  detailCommitment,
  encodeEntry,
  encodeFileDetail,
  encodeHex,
  encodeProjectStateFile,
  encodeStateLeaf,
  encodeTrust,
  type LedgerStatement,
  type LedgerTrust,
  mapKey,
  type ProjectStateFile,
  parseCheckpoint,
  parseEntry,
  parseNote,
  parseStateLeaf,
  projectValue,
  type StateLeaf,
} from "@countermark/formats";
import { findProject, projectCommitments, projectStateFile } from "@countermark/verify";
import { type CosignTimes, cosignedNote, projectProof, receipt, toyTrust } from "../toy-head.ts";
import { acceptedFile, digestOf, hashOf, K, leafOf, sha256, ToyLedger, toyKey } from "../toy-ledger.ts";

const DETAIL = encodeFileDetail(hashOf("detail salt"), {
  filename: "sampleproject-4.0.0-py3-none-any.whl",
  kind: "wheel",
  name: "sampleproject",
  publishers: [],
  requiresPython: ">=3.9",
  uploader: "alice",
  version: "4.0.0",
});

const ABSENT = mapKey(sha256, "pypi", "absent");

/** A ledger with one project that has one file, sealed twice. */
async function ledgerWithFile(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const detail = detailCommitment(sha256, DETAIL);
  const upload = { uploader: "token", publisher: null, attestations: [] } as const;
  await ledger.add(acceptedFile(ledger.now, { ...upload, detail }));
  await ledger.seal();
  ledger.now += 60;
  await ledger.seal();
  return ledger;
}

/** vectors/ledger/project-proof.json */
export async function projectProofVectors() {
  const ledger = await ledgerWithFile();
  const { state, leaves, now } = ledger;
  const times: CosignTimes = [now + 1, now + 2, now + 3, null];
  const audited: CosignTimes = [now + 1, now + 2, null, now + 9];
  const project = findProject(state, K);
  if (project === null) throw new TypeError("There is no project");
  const trust = toyTrust();
  const range = trust.ledger[0];
  if (range === undefined) throw new TypeError("There is no range");
  const proofWith = (note: Uint8Array, key = K): Uint8Array => projectProof(state, leaves, key, note);
  const good = proofWith(cosignedNote(leaves, times));
  const proofAbout = (
    changes: Partial<StateLeaf> & Partial<Pick<Anchor, "tLo" | "tHi">> & { readonly anchored?: number },
  ): Uint8Array => {
    const { tLo, tHi, anchored, ...rest } = changes;
    const leaf = parseStateLeaf(leaves.at(-1) ?? new Uint8Array());
    const anchor = leaf.anchor && {
      ...leaf.anchor,
      tLo: tLo ?? leaf.anchor.tLo,
      tHi: tHi ?? leaf.anchor.tHi,
      size: anchored ?? leaf.anchor.size,
    };
    const other = [...leaves.slice(0, -1), encodeStateLeaf({ ...leaf, anchor, ...rest })];
    return projectProof(state, other, K, cosignedNote(other, times));
  };
  const asked = { name: "sampleproject", now: now + 30 };
  const refusal = (
    name: string,
    proof: Uint8Array,
    code: string,
    changes: Readonly<Record<string, unknown>> = {},
  ) => ({
    ...asked,
    claim: name,
    proof: encodeHex(proof),
    code,
    ...changes,
  });
  const acceptance = (claim: string, proof: Uint8Array, changes: Readonly<Record<string, unknown>> = {}) => ({
    ...asked,
    claim,
    proof: encodeHex(proof),
    key: K,
    value: projectValue(sha256, projectCommitments(project, sha256)),
    kind: "witnessed",
    tLo: now + 2,
    tHi: now + 2,
    ageSeconds: 28,
    isOld: false,
    ...changes,
  });
  const { root } = parseCheckpoint(parseNote(cosignedNote(leaves, times)).text);
  const head = { size: leaves.length, root: encodeHex(root) };
  const prev = parseStateLeaf(leaves.at(-1) ?? new Uint8Array()).prev ?? 0;
  const flipped = (offset: number): Uint8Array => good.with(offset, (good.at(offset) ?? 0) ^ 1);
  const trustWith = (changes: Parameters<typeof toyTrust>[0]) => ({
    trust: text(encodeTrust(toyTrust(changes))),
  });
  return {
    trust: text(encodeTrust(trust)),
    accepted: [
      acceptance("a project that is there", good),
      { ...acceptance("a name in another spelling", good), name: "SampleProject" },
      { ...acceptance("an audited head", proofWith(cosignedNote(leaves, audited))), kind: "audited" },
      {
        ...acceptance("a project that there is not", proofWith(cosignedNote(leaves, times), ABSENT)),
        name: "absent",
        key: ABSENT,
        value: null,
      },
      ...agedVectors(acceptance, good, now + 2),
      ...trustVectors(acceptance, good, { range, head }),
      acceptance("audited by one auditor of two", proofWith(cosignedNote(leaves, audited)), {
        kind: "audited",
        ...trustWith({ ledger: [{ ...range, auditors: ["c2", "c3"] }] }),
      }),
      acceptance("log time as far ahead of the cosigners as it may", proofAbout({ tLo: now + 2 + 120 })),
      acceptance("an anchor that ends as far ahead as it may", proofAbout({ tHi: now + 2 + 120 })),
      acceptance("log time that stands still as long as it may", proofAbout({ tLo: now + 2 - 86_400 })),
      acceptance("a state as far ahead of the cosigners as it may", proofAbout({ time: now + 2 + 120 })),
      acceptance("an anchor of one leaf", proofAbout({ anchored: 1 })),
      acceptance("an anchor that the state before it closes", proofAbout({ anchored: prev + 1 })),
      { ...acceptance("the first head", await firstProof(times)), name: "absent", key: ABSENT, value: null },
    ],
    refused: [
      refusal("another format", flipped(3), "unsupported"),
      refusal("a byte missing", good.subarray(0, -1), "truncated"),
      refusal("a byte too many", new Uint8Array([...good, 0]), "trailing-data"),
      refusal(
        "one cosignature where two are wanted",
        proofWith(cosignedNote(leaves, [now, null, null, null])),
        "quorum-not-met",
      ),
      refusal(
        "a checkpoint by another key",
        proofWith(cosignedNote(leaves, times, { logKey: toyKey("stranger") })),
        "log-signature-missing",
      ),
      refusal(
        "a cosignature from the future",
        proofWith(cosignedNote(leaves, [now, now, now + 9_999, null])),
        "cosignature-time",
      ),
      refusal(
        "a checkpoint of another tree",
        proofWith(cosignedNote(leaves, times, { root: hashOf("tree") })),
        "inclusion-root",
      ),
      refusal(
        "a checkpoint of another log",
        proofWith(cosignedNote(leaves, times, { origin: "other.example/log" })),
        "ledger-range",
      ),
      refusal(
        "another state leaf",
        good.with(good.length - 1, 0).with(indexOf(good, "time 179") + 8, 0x39),
        "inclusion-root",
      ),
      refusal("the last byte of the map proof", flipped(good.length - 1), "map-commitment"),
      refusal("a state leaf of another log", proofAbout({ origin: "other.example" }), "state-leaf-origin"),
      refusal("a state leaf of another place", proofAbout({ index: leaves.length }), "state-leaf-place"),
      refusal(
        "a state leaf before its previous one",
        proofAbout({ prev: leaves.length - 1 }),
        "state-leaf-place",
      ),
      refusal("rules that are not known", proofAbout({ rules: 2 }), "rules-unknown"),
      refusal("no anchor although it is not the first", proofAbout({ anchor: null }), "anchor-missing"),
      refusal("an anchor although it is the first", proofAbout({ prev: null }), "anchor-place"),
      refusal(
        "an anchor of one leaf although it is the first",
        proofAbout({ prev: null, anchored: 1 }),
        "anchor-place",
      ),
      refusal("an anchor of nothing", proofAbout({ anchored: 0 }), "anchor-place"),
      refusal("an anchor after the state before it", proofAbout({ anchored: prev + 2 }), "anchor-place"),
      refusal("a state ahead of the cosigners", proofAbout({ time: now + 2 + 121 }), "state-leaf-time"),
      refusal("log time ahead of the cosigners", proofAbout({ tLo: now + 2 + 121 }), "anchor-ahead"),
      refusal(
        "an anchor that ends ahead of the cosigners",
        proofAbout({ tHi: now + 2 + 121 }),
        "anchor-ahead",
      ),
      refusal("log time that stands still", proofAbout({ tLo: now + 2 - 86_401 }), "anchor-stale"),
      refusal(
        "log time that stands still a second too long",
        proofAbout({ tLo: now + 2 - 86_401 }),
        "anchor-stale",
      ),
      refusal("a head that nobody vouched for in a day and a second", good, "head-stale", {
        now: now + 2 + 86_401,
      }),
      refusal(
        "another tree of the last honest size",
        good,
        "known-head-differs",
        trustWith({ ledger: [{ ...range, lastHonest: { ...head, root: digestOf("root") } }] }),
      ),
      refusal(
        "a head one larger than the last honest one",
        good,
        "after-last-honest",
        trustWith({ ledger: [{ ...range, lastHonest: { ...head, size: head.size - 1 } }] }),
      ),
      refusal(
        "a head one smaller than the floor",
        good,
        "below-floor",
        trustWith({ floor: { ...head, origin: range.origin, size: head.size + 1 } }),
      ),
      refusal(
        "a head of the size at which its range ends",
        good,
        "ledger-range",
        trustWith({ ledger: [{ ...range, to: head.size - 1 }] }),
      ),
      refusal(
        "a head before its range",
        good,
        "ledger-range",
        trustWith({ ledger: [{ ...range, from: head.size }] }),
      ),
      refusal("another number of projects", proofAbout({ projects: 3 }), "map-count"),
      refusal("a head that nobody vouched for lately", good, "head-stale", { now: now + 90_000 }),
      refusal(
        "a head below the floor",
        good,
        "below-floor",
        trustWith({ floor: { origin: range.origin, size: 99, root: digestOf("root") } }),
      ),
      refusal(
        "another tree of the floor's size",
        good,
        "known-head-differs",
        trustWith({ floor: { origin: range.origin, size: leaves.length, root: digestOf("root") } }),
      ),
      refusal(
        "a head after the last honest one",
        good,
        "after-last-honest",
        trustWith({ ledger: [{ ...range, lastHonest: { size: 3, root: digestOf("root") } }] }),
      ),
      refusal(
        "a head of a range without keys",
        good,
        "ledger-range",
        trustWith({ ledger: [{ ...range, to: 2 }] }),
      ),
      refusal("a name that is none", good, "malformed", { name: "-x" }),
    ],
    stateFile: stateFileVectors(projectStateFile(project, sha256)),
  };
}

type Acceptance = (claim: string, proof: Uint8Array, changes?: Readonly<Record<string, unknown>>) => object;

/** How old a head may be: `seenAt` is when a quorum vouched for it. */
function agedVectors(acceptance: Acceptance, proof: Uint8Array, seenAt: number) {
  const aged = (claim: string, ageSeconds: number, isOld: boolean) =>
    acceptance(claim, proof, { now: seenAt + ageSeconds, ageSeconds, isOld });
  return [
    acceptance("a head from a clock that is ahead", proof, { now: seenAt - 2, ageSeconds: 0, isOld: false }),
    aged("a head of this second", 0, false),
    aged("a head of a second ago", 1, false),
    aged("a head that is not yet old", 3_600, false),
    aged("a head that is old", 3_601, true),
    aged("a head that is as old as it may be", 86_400, true),
  ];
}

/** What a trust description may know of the head, and of others. */
function trustVectors(
  acceptance: Acceptance,
  proof: Uint8Array,
  known: { readonly range: LedgerTrust; readonly head: { readonly size: number; readonly root: string } },
) {
  const { range, head } = known;
  const { origin } = range;
  const other = digestOf("root");
  const policyText = range.policyText.replace(
    /^log .*\n/,
    `log ${createVkey(origin, 1, toyKey("other").key, sha256).text}\n`,
  );
  const trusts: readonly (readonly [claim: string, changes: Parameters<typeof toyTrust>[0]])[] = [
    ["the floor itself", { floor: { ...head, origin } }],
    ["a head above the floor", { floor: { ...head, origin, size: head.size - 1, root: other } }],
    ["a floor of another log", { floor: { ...head, origin: "other.example", size: 99 } }],
    [
      "a floor of another log, of the same size",
      { floor: { ...head, origin: "other.example", root: other } },
    ],
    ["the last honest head itself", { ledger: [{ ...range, lastHonest: head }] }],
    ["a head below the last honest one", { ledger: [{ ...range, lastHonest: { size: 99, root: other } }] }],
    ["the last head of its range", { ledger: [{ ...range, to: head.size }] }],
    ["the first head of its range", { ledger: [{ ...range, from: head.size - 1 }] }],
    [
      "the head of a second range",
      {
        ledger: [
          { ...range, to: head.size - 1 },
          { ...range, from: head.size - 1 },
        ],
      },
    ],
    ["a policy that names another key of the log", { ledger: [{ ...range, policyText }] }],
  ];
  return trusts.map(([claim, changes]) =>
    acceptance(claim, proof, { trust: text(encodeTrust(toyTrust(changes))) }),
  );
}

/** A proof at the first head, whose state leaf has no anchor. */
async function firstProof(times: CosignTimes): Promise<Uint8Array> {
  const { state, leaves } = await ToyLedger.create();
  return projectProof(state, leaves, ABSENT, cosignedNote(leaves, times));
}

function stateFileVectors(file: ProjectStateFile) {
  const value = projectValue(sha256, file);
  const whole = encodeProjectStateFile(file);
  const fewer = { ...file, records: file.records.slice(1) };
  const otherConfig = { ...file, base: file.current?.with(6, 7) ?? null };
  return {
    value,
    hex: encodeHex(whole),
    records: file.records.map(([key, record]) => ({ key, hex: encodeHex(record) })),
    refused: [
      { claim: "another format", hex: encodeHex(whole.with(3, 0x32)), code: "unsupported" },
      { claim: "a byte too many", hex: encodeHex(new Uint8Array([...whole, 0])), code: "trailing-data" },
      { claim: "another header", hex: encodeHex(whole.with(9, 2)), code: "state-value" },
      { claim: "a record left out", hex: encodeHex(encodeProjectStateFile(fewer)), code: "state-files" },
      { claim: "another base", hex: encodeHex(encodeProjectStateFile(otherConfig)), code: "state-config" },
      {
        claim: "no current",
        hex: encodeHex(encodeProjectStateFile({ ...file, current: null })),
        code: "state-config",
      },
      {
        claim: "a pending one that the header has not",
        hex: encodeHex(encodeProjectStateFile({ ...file, pending: file.current })),
        code: "state-config",
      },
      {
        claim: "records out of order",
        hex: encodeHex(encodeProjectStateFile({ ...file, records: file.records.toReversed() })),
        code: "not-canonical",
      },
    ],
  };
}

/** vectors/ledger/receipt.json */
export async function receiptVectors() {
  const { leaves, now } = await ledgerWithFile();
  const times: CosignTimes = [now + 1, now + 5, now + 3, null];
  const note = cosignedNote(leaves, times);
  const index = 3;
  const asked = { fileSha256: digestOf("file bytes"), now: now + 30 };
  const good = receipt(leaves, index, note, DETAIL);
  const range = toyTrust().countersign[0];
  if (range === undefined) throw new TypeError("There is no countersigning key");
  const refusal = (
    claim: string,
    bytes: Uint8Array,
    code: string,
    changes: Readonly<Record<string, unknown>> = {},
  ) => ({
    ...asked,
    claim,
    receipt: text(bytes),
    code,
    ...changes,
  });
  const trustWith = (changes: Parameters<typeof toyTrust>[0]) => ({
    trust: text(encodeTrust(toyTrust(changes))),
  });
  const receiptOf = (
    changes: { readonly origin?: string; readonly time?: number },
    isForged = false,
  ): Uint8Array => {
    const { statement, payload, keyId } = parseEntry(leaves[index] ?? new Uint8Array());
    const forged = encodeEntry(payload, { keyId, signature: new Uint8Array(64) });
    const leaf = isForged ? forged : leafOf({ ...statement, ...changes } as LedgerStatement); // the same members
    const other = leaves.with(index, leaf);
    return receipt(other, index, cosignedNote(other, times), new Uint8Array());
  };
  const logged = {
    kind: "witnessed",
    index,
    tLo: now + 3,
    tHi: now + 3,
    filename: "sampleproject-4.0.0-py3-none-any.whl",
  };
  return {
    trust: text(encodeTrust(toyTrust())),
    accepted: [
      { claim: "with its detail", ...asked, receipt: text(good), ...logged },
      {
        claim: "without its detail",
        ...asked,
        receipt: text(receipt(leaves, index, note, new Uint8Array())),
        ...logged,
        filename: null,
      },
      {
        claim: "an entry as far ahead of the cosigners as it may",
        ...asked,
        receipt: text(receiptOf({ time: now + 3 + 120 })),
        ...logged,
        filename: null,
      },
      { claim: "years later", ...asked, now: now + 100_000_000, receipt: text(good), ...logged },
      {
        claim: "by a head that an auditor cosigned",
        ...asked,
        receipt: text(receipt(leaves, index, cosignedNote(leaves, [now, null, null, now]), DETAIL)),
        ...logged,
        kind: "audited",
        tLo: now,
        tHi: now,
      },
    ],
    refused: [
      refusal("another file", good, "digest-mismatch", { fileSha256: digestOf("other bytes") }),
      refusal("an entry that is no acceptance", receipt(leaves, 2, note, new Uint8Array()), "receipt-kind"),
      refusal("another index", utf8Replace(good, "index 3", "index 2"), "inclusion-root"),
      refusal("an index outside the tree", utf8Replace(good, "index 3", "index 99"), "inclusion-range"),
      refusal("another detail", receipt(leaves, index, note, DETAIL.with(0, 0)), "detail-mismatch"),
      refusal(
        "too few cosigners",
        receipt(leaves, index, cosignedNote(leaves, [null, now, null, null]), DETAIL),
        "quorum-not-met",
      ),
      refusal("a cosigner from the future", good, "cosignature-time", { now: now - 1_000 }),
      refusal(
        "a key that is not trusted at that index",
        good,
        "countersign-key",
        trustWith({ countersign: [{ ...range, to: 3 }] }),
      ),
      refusal(
        "another countersigning key",
        good,
        "countersign-key",
        trustWith({ countersign: [{ ...range, spki: spkiOf("stranger") }] }),
      ),
      refusal(
        "a countersigning key of another log",
        good,
        "countersign-key",
        trustWith({ countersign: [{ ...range, origin: "other.example" }] }),
      ),
      refusal("an entry for another log", receiptOf({ origin: "other.example" }), "entry-origin"),
      refusal("an entry ahead of the cosigners", receiptOf({ time: now + 3 + 121 }), "entry-ahead"),
      refusal("an entry signed by somebody else", receiptOf({}, true), "countersign-signature"),
      refusal("no extra line", utf8Replace(good, /extra .*\n/, ""), "missing-field"),
    ],
  };
}

function spkiOf(word: string): Uint8Array {
  return new Uint8Array([...Buffer.from("302a300506032b6570032100", "hex"), ...toyKey(word).key]);
}

function indexOf(bytes: Uint8Array, needle: string): number {
  return Buffer.from(bytes).indexOf(needle, 0, "latin1");
}

function utf8Replace(bytes: Uint8Array, from: string | RegExp, to: string): Uint8Array {
  return new Uint8Array(Buffer.from(text(bytes).replace(from, to)));
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
