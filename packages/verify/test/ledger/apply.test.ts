// SPDX-License-Identifier: Apache-2.0
// What legal entries do; what is not legal is in void-codes.test.ts.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type ConfigRecord,
  configId,
  EMPTY_CONFIG,
  encodeConfigRecord,
  encodeProjectStateFile,
  leafHash,
  parseVersion,
  projectValue,
  rangeRoot,
  releaseId,
  treeRoot,
} from "@countermark/formats";
import {
  apply,
  composeStateLeaf,
  findAsk,
  findFile,
  findProject,
  findRelease,
  type ProjectState,
  projectCommitments,
  projectStateFile,
  verifyStateFile,
} from "@countermark/verify";
import {
  acceptedFile,
  CONFIG,
  crypto,
  DAY,
  type Draft,
  digestOf,
  F,
  GUARDED,
  K,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  outcomeOf,
  PUBLISHER,
  rootSigned,
  START,
  sha256,
  strikeLast,
  ToyLedger,
  V,
} from "./toy-ledger.ts";
import { withPending } from "./void-cases/build.ts";

const NONE = { kind: "none" } as const;
const OTHER: ConfigRecord = { ...CONFIG, publishers: [OTHER_PUBLISHER] };
const OTHER_GUARDED: ConfigRecord = { ...GUARDED, principals: [OTHER_PRINCIPAL] };
const TAKE: Draft = { kind: "project-configured", act: "take", way: "none", config: null, consent: NONE };
const ASK: Draft = { kind: "project-configured", act: "ask", way: "account", config: OTHER, consent: NONE };

function idOf(config: ConfigRecord): string {
  return configId(sha256, encodeConfigRecord(config));
}

function projectOf(ledger: ToyLedger): ProjectState {
  return findProject(ledger.state, K) ?? assert.fail("there is no project");
}

async function legal(ledger: ToyLedger, draft: Draft): Promise<ProjectState> {
  assert.equal(outcomeOf(await ledger.add(draft)), "legal");
  return projectOf(ledger);
}

async function busy(config: ConfigRecord = CONFIG): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject(config);
  await legal(ledger, acceptedFile(START));
  return ledger;
}

test("apply: a reserved name has the empty configuration, and its entry stays the first", async () => {
  const ledger = await ToyLedger.create();
  const reserved = await legal(ledger, { kind: "project-reserved" });
  assert.deepEqual(
    [reserved.header.status, reserved.header.current, reserved.header.firstEntry],
    ["reserved", idOf(EMPTY_CONFIG), 2],
  );
  const created = await legal(ledger, { kind: "project-created", config: CONFIG });
  const { header, history } = created;
  assert.deepEqual(
    [header.status, header.firstEntry, header.lastEntry, header.current, header.base, header.currentSince],
    ["active", 2, 3, idOf(CONFIG), idOf(CONFIG), 3],
  );
  assert.equal(history.size, 2);
});

test("apply: an accepted file is in the record as it was stated", async () => {
  const ledger = await ToyLedger.withProject();
  const detail = digestOf("detail");
  const project = await legal(ledger, acceptedFile(START, { detail }));
  const file = findFile(project, F);
  assert.deepEqual(
    { ...file, attestations: file?.attestations.length },
    {
      kind: "file",
      state: "published",
      prior: "none",
      how: "uploaded",
      uploader: "publisher",
      reason: "none",
      observedOtherDigest: false,
      sha256: digestOf("file bytes"),
      size: 18_211,
      metadata: digestOf("metadata"),
      release: V,
      firstDetail: detail,
      lastDetail: detail,
      publisher: PUBLISHER,
      firstEntry: 3,
      lastEntry: 3,
      time: START,
      serial: 0,
      attestations: 1,
    },
  );
  assert.deepEqual([project.header.firstFile, project.header.attested], [3, 3]);
  assert.deepEqual(findRelease(project, V), {
    kind: "release",
    state: "open",
    firstEntry: 3,
    closed: null,
    files: 1,
  });
});

test("apply: the second file of a release is counted, and changes no first", async () => {
  const ledger = await busy();
  const project = await legal(ledger, acceptedFile(START, { file: digestOf("second") }));
  assert.equal(findRelease(project, V)?.files, 2);
  assert.deepEqual([project.header.firstFile, project.header.attested, project.header.lastEntry], [3, 3, 4]);
});

test("apply: the first file makes the current configuration the base", async () => {
  const ledger = await ToyLedger.withProject(GUARDED);
  const consent = ledger.consent("change", OTHER_GUARDED);
  const changed = await legal(ledger, {
    kind: "project-configured",
    act: "change",
    way: "passkey",
    config: OTHER_GUARDED,
    consent,
  });
  assert.deepEqual(
    [changed.header.current, changed.header.base, changed.header.currentSince, changed.header.serial],
    [idOf(OTHER_GUARDED), idOf(GUARDED), 3, 1],
  );
  const withFile = await legal(ledger, acceptedFile(START));
  assert.deepEqual([withFile.header.base, withFile.header.baseSince], [idOf(OTHER_GUARDED), 3]);
});

test("apply: a free change of a project without files leaves nothing to undo", async () => {
  const ledger = await ToyLedger.withProject();
  const change: Draft = { ...ASK, act: "change", way: "free" } as Draft;
  const { header } = await legal(ledger, change);
  assert.deepEqual(
    [header.current, header.base, header.currentSince, header.baseSince, header.serial],
    [idOf(OTHER), idOf(OTHER), 3, 3, 1],
  );
});

test("apply: a free change drops what is pending, unless root keys asked for it", async () => {
  for (const [way, pending] of [
    ["account", null],
    ["root", idOf(OTHER)],
  ] as const) {
    const ledger = withPending(await ToyLedger.withProject(), way);
    const { header } = await legal(ledger, { ...ASK, act: "change", way: "free", config: GUARDED } as Draft);
    assert.equal(header.pending, pending);
  }
});

for (const version of ["4.0.0", "4.0", "4.0.0.0", "4.0.0+1"]) {
  test(`apply: a release that is closed is closed for ${version}, which equals it`, async () => {
    const ledger = await busy({ ...CONFIG, policy: { ...CONFIG.policy, closeDays: 1 } });
    await ledger.wait(DAY + 10);
    const release = releaseId(sha256, K, parseVersion(version));
    const late = acceptedFile(ledger.now, { file: digestOf("late"), release });
    assert.equal(await ledger.outcome(late), "release-closed");
  });
}

test("apply: an account's change waits a week from the anchor that covers it, then is taken", async () => {
  const ledger = await busy();
  const asked = await legal(ledger, ASK);
  assert.deepEqual([asked.header.pending, asked.header.asked, asked.header.way], [idOf(OTHER), 4, "account"]);
  assert.equal(findAsk(asked, 4), "pending");
  await ledger.wait(7 * DAY + 10);
  const { header, taken } = await legal(ledger, TAKE);
  assert.deepEqual(
    [header.current, header.base, header.pending, header.asked, header.way, header.serial],
    [idOf(OTHER), idOf(CONFIG), null, null, "none", 2],
  );
  assert.deepEqual([...taken], [4]);
  assert.equal(findAsk(projectOf(ledger), 4), "taken");
});

test("apply: a publisher asks and cancels where there is no passkey", async () => {
  const ledger = await busy();
  const consent = { kind: "publisher", evidence: digestOf("bundle"), publisher: PUBLISHER } as const;
  await legal(ledger, { kind: "project-configured", act: "ask", way: "publisher", config: OTHER, consent });
  const project = await legal(ledger, {
    kind: "project-configured",
    act: "cancel",
    way: "publisher",
    config: null,
    consent,
  });
  assert.equal(project.pending, null);
  assert.equal(findAsk(project, 4), "dropped");
});

test("apply: a passkey asks and cancels what anybody asked for", async () => {
  const ledger = await busy(GUARDED);
  await legal(ledger, {
    kind: "project-configured",
    act: "ask",
    way: "passkey",
    config: OTHER_GUARDED,
    consent: ledger.consent("ask", OTHER_GUARDED),
  });
  const project = await legal(ledger, {
    kind: "project-configured",
    act: "cancel",
    way: "passkey",
    config: null,
    consent: ledger.consent("cancel", null),
  });
  assert.deepEqual([project.header.pending, project.header.serial], [null, 2]);
});

test("apply: the configuration before is restored within two weeks, and then frozen", async () => {
  const ledger = await busy(GUARDED);
  const change = {
    kind: "project-configured",
    act: "change",
    way: "passkey",
    config: OTHER_GUARDED,
  } as const;
  await legal(ledger, { ...change, consent: ledger.consent("change", OTHER_GUARDED) });
  await ledger.wait(14 * DAY + 9);
  const undo = { ...change, act: "undo", config: GUARDED, consent: ledger.consent("undo", GUARDED) } as const;
  const undone = await legal(ledger, undo);
  assert.deepEqual(
    [undone.header.current, undone.header.frozen, undone.header.currentSince],
    [idOf(GUARDED), ledger.leaves.length - 1, ledger.leaves.length - 1],
  );
  await ledger.wait(14 * DAY + 10);
  await legal(ledger, { ...change, consent: ledger.consent("change", OTHER_GUARDED) });
});

test("apply: a passkey's change drops what was pending", async () => {
  const ledger = await busy(GUARDED);
  const ask = { kind: "project-configured", act: "ask", way: "passkey", config: OTHER_GUARDED } as const;
  await legal(ledger, { ...ask, consent: ledger.consent("ask", OTHER_GUARDED) });
  const change = { ...ask, act: "change", config: { ...GUARDED, publishers: [] } } as const;
  const changed = await legal(ledger, { ...change, consent: ledger.consent("change", change.config) });
  assert.equal(changed.header.pending, null);
});

test("apply: an account tightens at once, and keeps base and people", async () => {
  const ledger = await busy();
  const tighter: ConfigRecord = {
    ...CONFIG,
    policy: { ...CONFIG.policy, uploads: "publisher", closeDays: 30 },
  };
  const { header } = await legal(ledger, { ...ASK, act: "change", way: "account", config: tighter } as Draft);
  assert.deepEqual([header.current, header.base], [idOf(tighter), idOf(CONFIG)]);
});

test("apply: a yank and its undo", async () => {
  const ledger = await busy();
  const yanked = await legal(ledger, {
    kind: "yanked",
    files: [F],
    reason: "mistake",
    detail: digestOf("why"),
  });
  const file = findFile(yanked, F);
  assert.deepEqual(
    [file?.state, file?.prior, file?.reason, file?.lastEntry, file?.lastDetail],
    ["yanked", "published", "mistake", 4, digestOf("why")],
  );
  const unyanked = await legal(ledger, { kind: "unyanked", files: [F], reason: "owner" });
  assert.deepEqual([findFile(unyanked, F)?.state, findFile(unyanked, F)?.prior], ["published", "yanked"]);
});

test("apply: a withdrawn file burns its name and leaves its release's count", async () => {
  const ledger = await busy();
  const project = await legal(ledger, { kind: "withdrawn", files: [F], reason: "malware" });
  assert.deepEqual([findFile(project, F)?.state, findFile(project, F)?.prior], ["withdrawn", "published"]);
  assert.equal(findRelease(project, V)?.files, 0);
});

test("apply: a staged file that is cancelled leaves its name free", async () => {
  const ledger = await ToyLedger.withProject({ ...CONFIG, policy: { ...CONFIG.policy, release: "staged" } });
  const staged = await legal(ledger, acceptedFile(START, { show: "staged" }));
  assert.equal(findFile(staged, F)?.state, "accepted");
  const project = await legal(ledger, { kind: "withdrawn", files: [F], reason: "canceled" });
  assert.equal(findFile(project, F), null);
  await legal(ledger, acceptedFile(START, { show: "staged" }));
});

test("apply: a void takes away what its target gave", async () => {
  const ledger = await busy();
  const target = (at: number): Draft => {
    const past = [...projectOf(ledger).entries].find((entry) => entry.index === at);
    return { kind: "void", target: at, statement: past?.statement ?? "", root: null };
  };
  const voided = await legal(ledger, target(3));
  const file = findFile(voided, F);
  assert.deepEqual([file?.state, file?.reason, file?.prior], ["withdrawn", "void", "published"]);
  assert.equal(findRelease(voided, V)?.files, 0);
  const again = await legal(ledger, target(3));
  assert.deepEqual(findFile(again, F), file);
  assert.equal((await legal(ledger, target(2))).header.status, "quarantined");
});

test("apply: a void of a file that was cancelled leaves the one that came under its name", async () => {
  const ledger = await ToyLedger.withProject({ ...CONFIG, policy: { ...CONFIG.policy, release: "staged" } });
  const first = await legal(ledger, acceptedFile(START, { show: "staged" }));
  const statement = first.entries.last()?.statement ?? "";
  const target = ledger.leaves.length - 1;
  await legal(ledger, { kind: "withdrawn", files: [F], reason: "canceled" });
  const second = await legal(ledger, acceptedFile(START, { show: "staged" }));
  const voided = await legal(ledger, { kind: "void", target, statement, root: null });
  assert.deepEqual(findFile(voided, F), findFile(second, F));
});

test("apply: a void drops a pending ask, leaves a dropped one alone, and closes a project whose ask was taken", async () => {
  const ledger = await busy();
  const target = (at: number): Draft => {
    const past = [...projectOf(ledger).entries].find((entry) => entry.index === at);
    return { kind: "void", target: at, statement: past?.statement ?? "", root: null };
  };
  await legal(ledger, ASK);
  const dropped = await legal(ledger, target(4));
  assert.deepEqual([dropped.header.pending, dropped.header.status], [null, "active"]);
  assert.equal((await legal(ledger, target(4))).header.status, "active");
  const asked = ledger.leaves.length;
  await legal(ledger, ASK);
  await ledger.wait(7 * DAY + 10);
  await legal(ledger, TAKE);
  assert.equal((await legal(ledger, target(asked))).header.status, "quarantined");
});

test("apply: a void of a state leaf that the root keys signed strikes its anchor", async () => {
  const ledger = await ToyLedger.withProject();
  await ledger.wait(1_000);
  assert.equal(ledger.state.anchors.length, 3);
  const strike = strikeLast(ledger);
  assert.equal(outcomeOf(await ledger.add(strike)), "bad-root");
  assert.equal(ledger.state.anchors.length, 3);
  assert.equal(outcomeOf(await ledger.add(rootSigned(ledger, strike))), "legal");
  assert.equal(ledger.state.anchors.length, 2);
  assert.equal(ledger.state.index?.history.size, 2);
});

test("apply: a void that the root keys signed puts log time right, at the time that it really is", async () => {
  const ledger = await ToyLedger.withProject();
  await ledger.wait(1_000);
  const size = (ledger.state.states.last()?.index ?? 0) + 1;
  const ahead = Number.MAX_SAFE_INTEGER;
  await ledger.sealWith(ahead, { size, note: digestOf("note"), tLo: ahead, tHi: ledger.now });
  assert.equal(await ledger.outcome(acceptedFile(ledger.now)), "time-before-log");
  assert.equal(outcomeOf(await ledger.add(rootSigned(ledger, strikeLast(ledger)))), "legal");
  await ledger.seal();
  assert.equal(await ledger.outcome(acceptedFile(ledger.now)), "legal");
});

test("apply: a project's history is the tree of its legal entries", async () => {
  const ledger = await busy();
  await ledger.add(acceptedFile(START));
  const hashes = [2, 3].map((at) => leafHash(sha256, ledger.leaves[at] ?? new Uint8Array()));
  assert.deepEqual(rangeRoot(sha256, projectOf(ledger).history), treeRoot(sha256, hashes));
});

test("apply: an older state goes on as if nothing had come after it", async () => {
  const ledger = await busy();
  const before = ledger.state;
  const leaf = ledger.leaf({ kind: "yanked", files: [F], reason: "owner" });
  const commitment = before.projects.commitment();
  await ledger.addLeaf(leaf);
  await ledger.add({ kind: "unyanked", files: [F], reason: "owner" });
  await ledger.seal();
  assert.equal(before.projects.commitment(), commitment);
  const again = await apply(before, leaf, crypto);
  assert.equal(again.kind, "legal");
  assert.equal(again.state.projects.get(K)?.entries.length, 3);
});

test("composeStateLeaf: what apply would not accept is not made", async () => {
  const ledger = await ToyLedger.withProject();
  assert.throws(() => composeStateLeaf(ledger.state, { time: START, anchor: null }, sha256), TypeError);
  assert.throws(
    () => composeStateLeaf(new ToyLedger().state, { time: START, anchor: null }, sha256),
    TypeError,
  );
});

test("projectStateFile: verifies against the value in the map, for a project with something pending", async () => {
  const ledger = await busy();
  const project = await legal(ledger, ASK);
  const file = projectStateFile(project, sha256);
  const value = projectValue(sha256, projectCommitments(project, sha256));
  const found = verifyStateFile(encodeProjectStateFile(file), value, sha256);
  assert.deepEqual(found.header, project.header);
  assert.deepEqual([found.current, found.pending], [CONFIG, OTHER]);
  assert.deepEqual([...found.files.keys(), ...found.releases.keys()].sort(), [F, V].sort());
  const crowd = Array.from({ length: 4_097 }, (_, i) => {
    return ["00".repeat(24) + i.toString(16).padStart(16, "0"), new Uint8Array()] as const;
  });
  assert.throws(() => verifyStateFile(encodeProjectStateFile({ ...file, records: crowd }), value, sha256), {
    name: "ParseError",
    code: "too-many",
  });
  const other = { ...file, pending: file.current };
  assert.throws(() => verifyStateFile(encodeProjectStateFile(other), value, sha256), {
    code: "state-config",
  });
});
