// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  encodeAddCheckpoint,
  encodeEntryBundle,
  encodeHex,
  entriesPath,
  leafHash,
  tilePath,
  treeRoot,
} from "@countermark/formats";
import {
  type AuditPorts,
  auditLedger,
  createAuditor,
  createEd25519,
  createLogReader,
  LedgerAuditor,
  LogError,
  memoryStorage,
  nodeCrypto,
  requireAudited,
  sqliteWitnessStore,
  type Tiles,
} from "@countermark/log";
import { VerifyError } from "@countermark/verify";
import { createAdmitWorld, NOW } from "../../../verify/test/ledger/admit-world.ts";
import { cosignedNote, LOG_VKEY } from "../../../verify/test/ledger/toy-head.ts";
import {
  acceptedFile,
  CONFIG,
  digestOf,
  genesisStatement,
  K,
  leafOf,
  ORIGIN,
  rootSigned,
  strikeLast,
} from "../../../verify/test/ledger/toy-ledger.ts";

const { sha256 } = nodeCrypto;

/** A sound ledger of one attested file, sealed, with the note that its second state leaf names as evidence. */
async function soundWorld(plan: Parameters<typeof createAdmitWorld>[0] = {}) {
  const world = await createAdmitWorld(plan);
  const note = cosignedNote(world.ledger.leaves.slice(0, 2), [NOW, NOW, null, null]);
  const digest = encodeHex(sha256(note));
  world.evidence.set(digest, note);
  const anchor = { size: 2, note: digest, tLo: NOW, tHi: NOW };
  const seal = () => world.ledger.sealWith(NOW, anchor);
  await seal();
  const ports: AuditPorts = { ...world.ports, clock: () => NOW };
  return { ...world, ports, seal };
}

/** The tiles of a log that is being added to. */
function tilesOf(leaves: readonly Uint8Array[]): Tiles {
  return {
    async read(path) {
      for (let width = 1; width <= leaves.length; width++) {
        const first = leaves.slice(0, width);
        if (path === entriesPath(0, width)) return encodeEntryBundle(first);
        if (path === tilePath(0, 0, width)) return Buffer.concat(first.map((leaf) => leafHash(sha256, leaf)));
      }
      return null;
    },
  };
}

function readerOf(leaves: readonly Uint8Array[]) {
  const root = treeRoot(
    sha256,
    leaves.map((leaf) => leafHash(sha256, leaf)),
  );
  return createLogReader(tilesOf(leaves), { size: leaves.length, root }, sha256);
}

test("auditLedger: a sound ledger is legal, admitted and ends in its state", async () => {
  const { ledger, ports } = await soundWorld();
  const report = await auditLedger(readerOf(ledger.leaves), ports);
  requireAudited(report);
  assert.deepEqual(
    [
      report.entries,
      report.legal,
      report.states,
      report.voids,
      report.attestationsVerified,
      report.endsInState,
    ],
    [5, 3, 2, [], 1, true],
  );
  assert.equal(report.state.projects.commitment(), ledger.state.projects.commitment());
});

test("auditLedger: a void entry is counted and stands in nobody's way", async () => {
  const { ledger, ports, seal } = await soundWorld();
  await ledger.add(acceptedFile(NOW, { publisher: digestOf("nobody") }));
  await seal();
  const report = await auditLedger(readerOf(ledger.leaves), ports);
  requireAudited(report);
  assert.deepEqual(report.voids, [{ index: 5, code: "publisher-not-registered" }]);
});

test("requireAudited: a legal entry whose evidence does not hold is refused until it is voided", async () => {
  const { ledger, ports, seal } = await soundWorld({ attestationTime: NOW - 40 });
  const before = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(before), { code: "audit-not-admitted" });
  assert.deepEqual(
    before.notAdmitted.map(({ index }) => index),
    [3],
  );
  const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
  await ledger.add({ kind: "void", target: 3, statement, root: null });
  await seal();
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
});

test("requireAudited: an anchor that is not what its note says is refused until root keys void it", async () => {
  const { ledger, ports, evidence } = await soundWorld();
  const digest = ledger.state.anchors.last()?.note ?? "";
  await ledger.sealWith(NOW, { size: 5, note: digest, tLo: NOW, tHi: NOW });
  assert.ok(evidence.has(digest));
  const before = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(before), { code: "audit-not-admitted" });
  await ledger.add(strikeLast(ledger));
  const unsigned = await auditLedger(readerOf(ledger.leaves), ports);
  assert.deepEqual(unsigned.voids, [{ index: 6, code: "bad-root" }]);
  await ledger.add(rootSigned(ledger, strikeLast(ledger)));
  await ledger.sealWith(NOW, { size: 2, note: digest, tLo: NOW, tHi: NOW });
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
});

test("requireAudited: an anchor whose note is of another tree is refused", async () => {
  const { ledger, ports, evidence } = await soundWorld();
  const note = cosignedNote([...ledger.leaves.slice(0, 4), new Uint8Array([0x7b])], [NOW, NOW, null, null]);
  const digest = encodeHex(sha256(note));
  evidence.set(digest, note);
  await ledger.sealWith(NOW, { size: 5, note: digest, tLo: NOW, tHi: NOW });
  const report = await auditLedger(readerOf(ledger.leaves), ports);
  assert.deepEqual(
    report.notAdmitted.map(({ index, error }) => [index, "code" in error ? error.code : ""]),
    [[5, "anchor-differs"]],
  );
});

test("requireAudited: an ask without evidence is refused while it is pending, and not once it was dropped", async () => {
  const { ledger, ports, seal } = await soundWorld();
  const config = { ...CONFIG, publishers: [digestOf("not opened")] };
  await ledger.add({
    kind: "project-configured",
    act: "ask",
    way: "account",
    config,
    consent: { kind: "none" },
  });
  await seal();
  const before = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(before), { code: "audit-not-admitted" });
  await ledger.add({
    kind: "project-configured",
    act: "cancel",
    way: "account",
    config: null,
    consent: { kind: "none" },
  });
  await seal();
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
});

test("requireAudited: a recovery without evidence is refused while it is pending, and not once it was cancelled", async () => {
  const { ledger, ports, seal } = await soundWorld();
  const config = { ...CONFIG, publishers: [digestOf("not opened")] };
  await ledger.add({ kind: "project-recovered", act: "ask", way: "staff", config, root: null });
  await seal();
  const before = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(before), { code: "audit-not-admitted" });
  const none = { kind: "none" } as const;
  await ledger.add({
    kind: "project-configured",
    act: "cancel",
    way: "account",
    config: null,
    consent: none,
  });
  await seal();
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
});

test("requireAudited: a ledger that is made by rules which are not known here is vouched for by nobody", async () => {
  const { ports } = await soundWorld();
  const leaves = [leafOf(genesisStatement({ rules: 2 })), new Uint8Array([0x7b])];
  const report = await auditLedger(readerOf(leaves), ports);
  assert.deepEqual([report.legal, report.voids, report.endsInState], [0, [], false]);
  assert.throws(() => requireAudited(report), { code: "ledger-rules-unknown" });
});

test("requireAudited: a head that does not end in a legal state leaf is refused", async () => {
  const { ledger, ports } = await soundWorld();
  const report = await auditLedger(readerOf(ledger.leaves.slice(0, -1)), ports);
  assert.throws(() => requireAudited(report), { code: "audit-no-state" });
});

test("LedgerAuditor: a smaller tree than it has read is refused", async () => {
  const { ledger, ports } = await soundWorld();
  const auditor = new LedgerAuditor(ports);
  await auditor.follow(readerOf(ledger.leaves), 0);
  await assert.rejects(auditor.follow(readerOf(ledger.leaves.slice(0, 2)), 0), { code: "audit-behind" });
});

/** The world's ports, of which asking for a file fails as long as there is an error, and counts how often it is asked. */
function withBlobError(ports: AuditPorts, error: Error) {
  const state: { error: Error | null; asked: number } = { error, asked: 0 };
  const blob = async (digest: string): Promise<Uint8Array | null> => {
    state.asked++;
    if (state.error !== null) throw state.error;
    return await ports.evidence.blob(digest);
  };
  return { state, ports: { ...ports, evidence: { ...ports.evidence, blob } } };
}

const OUT_OF_REACH = new LogError("unavailable", "out of reach");
const NOT_SERVED = new VerifyError("evidence-missing", "not served");

test("LedgerAuditor: evidence out of reach is a doubt, and does not stop it", async () => {
  const { ledger, ports: all } = await soundWorld();
  const { state, ports } = withBlobError(all, OUT_OF_REACH);
  const auditor = new LedgerAuditor(ports);
  await auditor.follow(readerOf(ledger.leaves), 0);
  const report = auditor.report();
  assert.equal(report.entries, ledger.leaves.length);
  assert.deepEqual(report.notAdmitted, [{ index: 3, error: OUT_OF_REACH }]);
  assert.throws(() => requireAudited(report), { code: "unavailable" });
  state.error = null;
  await auditor.retry(0);
  requireAudited(auditor.report());
  assert.equal(auditor.report().attestationsVerified, 1);
});

for (const [claim, error, code] of [
  ["out of reach", OUT_OF_REACH, "unavailable"],
  ["too large", new VerifyError("evidence-missing", "too large"), "audit-not-admitted"],
  ["such that we fail over it", new TypeError("ours"), undefined],
] as const) {
  test(`LedgerAuditor: an entry whose evidence is ${claim} is doubted until a later void settles it`, async () => {
    const { ledger, ports: all, seal } = await soundWorld();
    const { ports } = withBlobError(all, error);
    const auditor = new LedgerAuditor(ports);
    await auditor.follow(readerOf(ledger.leaves), 0);
    assert.throws(
      () => requireAudited(auditor.report()),
      (thrown: Error & { readonly code?: string }) =>
        thrown.code === code && /ours|entry 3/.test(thrown.message),
    );
    const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
    await ledger.add({ kind: "void", target: 3, statement, root: null });
    await seal();
    await auditor.follow(readerOf(ledger.leaves), 0);
    requireAudited(auditor.report());
  });
}

test("requireAudited: what is wrong comes before what is out of reach", async () => {
  const { ledger, ports: all, evidence } = await soundWorld();
  const { ports } = withBlobError(all, OUT_OF_REACH);
  evidence.delete(ledger.state.anchors.last()?.note ?? "");
  const report = await auditLedger(readerOf(ledger.leaves), ports);
  assert.deepEqual(
    report.notAdmitted.map(({ index }) => index),
    [3, 4],
  );
  assert.throws(() => requireAudited(report), { code: "audit-not-admitted", message: /entry 4/ });
});

test("LedgerAuditor.retry: of what is out of reach, one is asked for at once, and the rest when that is back", async () => {
  const { ledger, ports: all } = await soundWorld();
  const state = { isOut: true, asked: 0 };
  const outOfReach = async <T>(ask: () => Promise<T>): Promise<T> => {
    state.asked++;
    if (state.isOut) throw OUT_OF_REACH;
    return await ask();
  };
  const { evidence } = all;
  const auditor = new LedgerAuditor({
    ...all,
    clock: () => NOW,
    evidence: {
      ...evidence,
      blob: (digest) => outOfReach(() => evidence.blob(digest)),
      note: (digest) => outOfReach(() => evidence.note(digest)),
    },
  });
  await auditor.follow(readerOf(ledger.leaves), 0);
  assert.equal(auditor.report().notAdmitted.length, 2);
  state.asked = 0;
  await auditor.retry(30);
  assert.equal(state.asked, 1);
  state.isOut = false;
  await auditor.retry(30);
  requireAudited(auditor.report());
});

test("LedgerAuditor.retry: a clock that was ahead and is right again makes nothing wait", async () => {
  const { ledger, ports: all } = await soundWorld();
  const { state, ports } = withBlobError(all, NOT_SERVED);
  let now = NOW + 259_200;
  const auditor = new LedgerAuditor({ ...ports, clock: () => now });
  await auditor.follow(readerOf(ledger.leaves), 0);
  now = NOW;
  state.error = null;
  await auditor.retry(30);
  requireAudited(auditor.report());
});

test("LedgerAuditor.retry: asks for nothing again before its time, nor for what went away by itself", async () => {
  const { ledger, ports: all, seal } = await soundWorld();
  const { state, ports } = withBlobError(all, NOT_SERVED);
  let details = 0;
  const detail = async (digest: string): Promise<Uint8Array | null> => {
    details++;
    return await all.evidence.detail(digest);
  };
  let now = NOW;
  const auditor = new LedgerAuditor({
    ...ports,
    evidence: { ...ports.evidence, detail },
    clock: () => now,
  });
  await auditor.follow(readerOf(ledger.leaves), 0);
  assert.equal(state.asked, 1);
  now += 29;
  await auditor.retry(30);
  assert.equal(state.asked, 1);
  now += 1;
  await auditor.retry(30);
  await auditor.retry(30);
  assert.equal(state.asked, 2);
  state.error = null;
  await auditor.retry(0);
  const consent = { kind: "none" } as const;
  const config = { ...CONFIG, publishers: [digestOf("not opened")] };
  const detailDigest = digestOf("not there");
  await ledger.add({
    kind: "project-configured",
    act: "ask",
    way: "account",
    config,
    consent,
    detail: detailDigest,
  });
  await ledger.add({ kind: "project-configured", act: "cancel", way: "account", config: null, consent });
  await seal();
  await auditor.follow(readerOf(ledger.leaves), 0);
  requireAudited(auditor.report());
  details = 0;
  await auditor.retry(0);
  assert.equal(details, 0);
});

test("LedgerAuditor: evidence that comes late is admitted by trying again", async () => {
  const { ledger, ports, evidence } = await soundWorld();
  const [digest = ""] = [...evidence.keys()].slice(2);
  const late = evidence.get(digest) ?? new Uint8Array();
  evidence.delete(digest);
  const auditor = new LedgerAuditor(ports);
  await auditor.follow(readerOf(ledger.leaves), 0);
  assert.throws(() => requireAudited(auditor.report()), { code: "audit-not-admitted" });
  evidence.set(digest, late);
  await auditor.retry(0);
  requireAudited(auditor.report());
});

/** Asks an auditor to cosign a tree, as the log does. */
async function ask(app: ReturnType<typeof createAuditor>, leaves: readonly Uint8Array[], oldSize = 0) {
  const checkpoint = cosignedNote(leaves, []);
  const proof = oldSize === 0 ? [] : await readerOf(leaves).consistencyProof(oldSize, leaves.length);
  return await app.request("/add-checkpoint", {
    method: "POST",
    body: encodeAddCheckpoint({ oldSize, proof, checkpoint }),
  });
}

function auditorOf(
  ports: AuditPorts,
  leaves: readonly Uint8Array[],
  progress = memoryStorage(),
  tiles = tilesOf(leaves),
) {
  return createAuditor({
    name: "auditor.example",
    key: createEd25519(new Uint8Array(32).fill(9)),
    log: { origin: ORIGIN, vkeys: [LOG_VKEY] },
    store: sqliteWitnessStore(":memory:"),
    tiles,
    audit: ports,
    progress,
    clock: () => NOW,
    crypto: nodeCrypto,
  });
}

test("createAuditor: cosigns heads that kept the rules, one after the other", async () => {
  const { ledger, ports, seal } = await soundWorld();
  const app = auditorOf(ports, ledger.leaves);
  assert.equal((await ask(app, ledger.leaves.slice(0, 2))).status, 200);
  assert.equal((await ask(app, ledger.leaves, 2)).status, 200);
  assert.equal((await ask(app, ledger.leaves, 5)).status, 200);
  await ledger.add({ kind: "status", status: "archived" });
  await seal();
  assert.equal((await ask(app, ledger.leaves, 5)).status, 200);
});

test("createAuditor: does not cosign what it does not admit, and does once that is voided", async () => {
  const { ledger, ports, seal } = await soundWorld({ attestationTime: NOW - 40 });
  const app = auditorOf(ports, ledger.leaves);
  const refused = await ask(app, ledger.leaves);
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /entry 3 is not admitted/);
  const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
  await ledger.add({ kind: "void", target: 3, statement, root: null });
  await seal();
  assert.equal((await ask(app, ledger.leaves)).status, 200);
});

test("createAuditor: after a restart asks for no evidence of what it admitted", async () => {
  const { ledger, ports, seal, evidence } = await soundWorld();
  const progress = memoryStorage();
  assert.equal((await ask(auditorOf(ports, ledger.leaves, progress), ledger.leaves)).status, 200);
  const note = ledger.state.anchors.last()?.note ?? "";
  for (const digest of [...evidence.keys()]) if (digest !== note) evidence.delete(digest);
  await ledger.add({ kind: "status", status: "archived" });
  await seal();
  assert.equal((await ask(auditorOf(ports, ledger.leaves, progress), ledger.leaves)).status, 200);
  assert.equal((await ask(auditorOf(ports, ledger.leaves, memoryStorage()), ledger.leaves)).status, 422);
});

test("createAuditor: progress of another tree counts for nothing", async () => {
  const { ledger, ports, evidence } = await soundWorld();
  const progress = memoryStorage();
  await progress.replace("admitted", Buffer.from(`5\n${digestOf("another tree")}\n`));
  evidence.clear();
  assert.equal((await ask(auditorOf(ports, ledger.leaves, progress), ledger.leaves)).status, 422);
});

test("createAuditor: evidence out of reach is 503; when it is back, the next to ask is cosigned for", async () => {
  const { ledger, ports: all } = await soundWorld();
  const { state, ports } = withBlobError(all, OUT_OF_REACH);
  const app = auditorOf(ports, ledger.leaves);
  assert.equal((await ask(app, ledger.leaves)).status, 503);
  state.error = null;
  assert.equal((await ask(app, ledger.leaves)).status, 200);
});

test("createAuditor: evidence that does not hold is asked for again once its time has come, and then cosigned", async () => {
  const { ledger, ports: all } = await soundWorld();
  const { state, ports } = withBlobError(all, NOT_SERVED);
  let now = NOW;
  const app = auditorOf({ ...ports, clock: () => now }, ledger.leaves);
  assert.equal((await ask(app, ledger.leaves)).status, 422);
  state.error = null;
  assert.equal((await ask(app, ledger.leaves)).status, 422);
  assert.equal(state.asked, 1);
  now += 30;
  assert.equal((await ask(app, ledger.leaves)).status, 200);
});

test("createAuditor: those who ask for one head at once share its examination", async () => {
  const { ledger, ports: all } = await soundWorld();
  const { ports } = withBlobError(all, OUT_OF_REACH);
  let read = 0;
  const tiles = tilesOf(ledger.leaves);
  const counting: Tiles = {
    async read(path) {
      read++;
      return await tiles.read(path);
    },
  };
  assert.equal(
    (await ask(auditorOf(ports, ledger.leaves, memoryStorage(), counting), ledger.leaves)).status,
    503,
  );
  const alone = read;
  read = 0;
  const app = auditorOf(ports, ledger.leaves, memoryStorage(), counting);
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(app, ledger.leaves)));
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 503),
  );
  assert.equal(read, alone);
  await ask(app, ledger.leaves);
  // What was read is known: only how far it was admitted is looked up.
  assert.ok(read < 2 * alone);
});

test("createAuditor: of many heads at once it takes four, and tells the others to come later", async () => {
  const { ledger, ports } = await soundWorld();
  let release = (): void => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const tiles = tilesOf(ledger.leaves);
  const slow: Tiles = {
    async read(path) {
      await held;
      return await tiles.read(path);
    },
  };
  const app = auditorOf(ports, ledger.leaves, memoryStorage(), slow);
  const sizes = [1, 2, 3, 4];
  const waiting = sizes.map((size) => ask(app, ledger.leaves.slice(0, size)));
  // Requests of one kind arrive in the order in which they were sent.
  const refused = await ask(app, ledger.leaves);
  assert.equal(refused.status, 503);
  assert.match(await refused.text(), /4 heads are waiting/);
  release();
  await Promise.all(waiting);
  assert.equal((await ask(app, ledger.leaves, 2)).status, 200);
});

test("createAuditor: a smaller head than it has read is refused as that, and stands in nobody's way", async () => {
  const { ledger, ports, seal } = await soundWorld({ attestationTime: NOW - 40 });
  const app = auditorOf(ports, ledger.leaves);
  assert.equal((await ask(app, ledger.leaves)).status, 422);
  const smaller = await ask(app, ledger.leaves.slice(0, 2));
  assert.equal(smaller.status, 422);
  assert.match(await smaller.text(), /5 entries were read/);
  const statement = ledger.state.projects.get(K)?.entries.last()?.statement ?? "";
  await ledger.add({ kind: "void", target: 3, statement, root: null });
  await seal();
  assert.equal((await ask(app, ledger.leaves)).status, 200);
});

/** Adds a void of entry 3, the file. */
async function voidFile(ledger: Awaited<ReturnType<typeof soundWorld>>["ledger"]): Promise<number> {
  const past = [...(ledger.state.projects.get(K)?.entries ?? [])].find(({ index }) => index === 3);
  await ledger.add({ kind: "void", target: 3, statement: past?.statement ?? "", root: null });
  return ledger.leaves.length - 1;
}

test("requireAudited: a file with bad evidence that a void took away is asked for again when an amendment gives it back", async () => {
  const { ledger, ports, seal } = await soundWorld({ attestationTime: NOW - 40 });
  const at = await voidFile(ledger);
  await seal();
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
  await ledger.add(rootSigned(ledger, { kind: "amended", from: at - 1, to: at - 1, root: [] }));
  await seal();
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
  await ledger.add(rootSigned(ledger, { kind: "amended", from: at, to: at, root: [] }));
  await seal();
  const report = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(report), { code: "audit-not-admitted" });
  assert.deepEqual(
    report.notAdmitted.map(({ index }) => index),
    [3],
  );
});

test("requireAudited: an erased detail excuses its own project's entry, if an anchor covered it before", async () => {
  const { ledger, ports, evidence } = await soundWorld();
  const note = cosignedNote(ledger.leaves, [NOW, NOW, null, null]);
  const digest = encodeHex(sha256(note));
  const [, detail = ""] = evidence.keys();
  evidence.set(digest, note);
  evidence.delete(detail);
  const erase = { kind: "detail-erased", details: [detail], ground: "person" } as const;
  const size = ledger.leaves.length;
  await ledger.add(erase);
  await ledger.sealWith(NOW, { size, note: digest, tLo: NOW, tHi: NOW });
  // The anchor that covers the file was stated after the erasure.
  const early = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(early), { code: "audit-not-admitted" });
  await ledger.add({ ...erase, details: [digestOf("another")] });
  await ledger.sealWith(NOW, { size, note: digest, tLo: NOW, tHi: NOW });
  const other = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(other), { code: "audit-not-admitted" });
  await ledger.add(erase);
  await ledger.sealWith(NOW, { size, note: digest, tLo: NOW, tHi: NOW });
  requireAudited(await auditLedger(readerOf(ledger.leaves), ports));
});

test("requireAudited: an erased detail excuses nothing but that it is gone", async () => {
  const { ledger, ports, evidence } = await soundWorld();
  const note = cosignedNote(ledger.leaves, [NOW, NOW, null, null]);
  const digest = encodeHex(sha256(note));
  const [, detail = "", attestation = ""] = evidence.keys();
  evidence.set(digest, note);
  evidence.delete(attestation);
  const anchor = { size: ledger.leaves.length, note: digest, tLo: NOW, tHi: NOW };
  await ledger.sealWith(NOW, anchor);
  await ledger.add({ kind: "detail-erased", details: [detail], ground: "person" });
  await ledger.sealWith(NOW, anchor);
  const report = await auditLedger(readerOf(ledger.leaves), ports);
  assert.throws(() => requireAudited(report), { code: "audit-not-admitted" });
});
