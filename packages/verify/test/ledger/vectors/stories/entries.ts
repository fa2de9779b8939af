// SPDX-License-Identifier: Apache-2.0
import { encodeStatement, mapKey, utf8 } from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  type Draft,
  digestOf,
  F,
  I,
  K,
  leafOf,
  rootSigned,
  sha256,
  strikeLast,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import {
  byToken,
  CANCEL,
  configure,
  forged,
  OTHER,
  type Story,
  TAKE,
  tries,
  upload,
  voidOf,
} from "./tell.ts";

const ELSEWHERE = mapKey(sha256, "pypi", "elsewhere");

export const ENTRY_STORIES: readonly Story[] = [
  ["what is asked of every entry", everyEntry],
  ["entries that are older than log time", olderThanLogTime],
  ["a gate makes every kind", gate],
  ["an observer makes no kind but a void", observer],
];

async function everyEntry(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  const yank: Draft = { kind: "yanked", files: [F], reason: "owner" };
  await tries(ledger, acceptedFile(ledger.now));
  await ledger.addLeaf(utf8("x\n"));
  await ledger.addLeaf(new Uint8Array(65_536));
  await tries(ledger, { ...yank, origin: "other.example" }, { ...yank, origin: "example.com/inde" });
  await ledger.addLeaf(ledger.leaves[0] ?? new Uint8Array());
  await ledger.addLeaf(laterKind(ledger));
  await ledger.addLeaf(ledger.leaf(yank, toyKey("stranger")));
  await ledger.addLeaf(forged(ledger.leaf(yank)));
  await tries(
    ledger,
    { ...yank, role: "gate" },
    { ...yank, role: "observer" },
    { ...yank, project: ELSEWHERE, seq: 0 },
    { ...yank, project: ELSEWHERE, seq: 3 },
    { ...yank, project: I },
    { ...TAKE, project: I },
    { kind: "status", status: "archived", project: I },
    { kind: "project-reserved", project: I },
    { kind: "project-created", config: CONFIG, project: I },
    { ...yank, seq: 1 },
    { ...yank, seq: 3 },
    { kind: "project-reserved" },
    { kind: "project-created", config: CONFIG },
    yank,
    { kind: "project-reserved", project: ELSEWHERE, seq: 1 },
    { kind: "project-reserved", project: ELSEWHERE },
  );
  await ledger.seal();
  return ledger;
}

/** A kind that later rules may have, in a well-formed entry. */
function laterKind(ledger: ToyLedger): Uint8Array {
  const statement = ledger.statement({ kind: "project-reserved" });
  const text = new TextDecoder().decode(encodeStatement(statement));
  const { kind: _kind, ...common } = statement;
  return leafOf({
    ...common,
    kind: "unknown",
    name: "later-kind",
    subject: { countermarkProject: K },
    predicate: JSON.parse(text.replace("project-reserved", "import-closed")).predicate,
  });
}

async function olderThanLogTime(): Promise<ToyLedger> {
  const ledger = await ToyLedger.withProject();
  await tries(ledger, acceptedFile(ledger.now));
  await ledger.wait(1_000);
  const logTime = ledger.now - 10;
  const status = (time: number): Draft => ({ kind: "status", status: "archived", time });
  await tries(ledger, status(logTime - 121), { ...voidOf(ledger, 3), time: logTime - 121 });
  await tries(ledger, { ...status(logTime - 121), project: I });
  await tries(ledger, { ...voidOf(ledger, 0, I), time: logTime - 121 });
  await tries(ledger, status(logTime - 120));
  // Log time that was stated too late is struck at the time that it really is.
  const size = (ledger.state.states.last()?.index ?? 0) + 1;
  const ahead = Number.MAX_SAFE_INTEGER;
  await ledger.sealWith(ahead, { size, note: digestOf("ahead"), tLo: ahead, tHi: ledger.now });
  await tries(ledger, upload(ledger, "too late"));
  await tries(ledger, rootSigned(ledger, strikeLast(ledger)));
  await ledger.seal();
  await tries(ledger, { kind: "status", status: "active" }, upload(ledger, "in time"));
  await ledger.seal();
  return ledger;
}

/** Every kind once, as a gate makes it. */
async function gate(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "gate" });
  await tries(
    ledger,
    ...asRole(
      "gate",
      { kind: "project-reserved" },
      { kind: "project-created", config: CONFIG },
      configure("change", "free", OTHER),
      byToken(ledger, "file"),
      { kind: "yanked", files: [digestOf("file")], reason: "owner" },
      { kind: "unyanked", files: [digestOf("file")], reason: "owner" },
      { kind: "withdrawn", files: [digestOf("file")], reason: "owner" },
      { kind: "status", status: "archived" },
    ),
  );
  await tries(ledger, { ...voidOf(ledger, 2), role: "gate" });
  await tries(ledger, { kind: "status", status: "active" });
  await ledger.seal();
  return ledger;
}

/** Every kind once, as an observer may not make it, and the one that it may. */
async function observer(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer" });
  await tries(
    ledger,
    ...asRole(
      "observer",
      { kind: "project-reserved" },
      { kind: "project-created", config: CONFIG },
      { ...CANCEL, seq: 0 },
      byToken(ledger, "file"),
      { kind: "yanked", files: [F], reason: "owner" },
      { kind: "unyanked", files: [F], reason: "owner" },
      { kind: "withdrawn", files: [F], reason: "owner" },
      { kind: "status", status: "archived" },
    ),
  );
  await ledger.seal();
  const strike = { ...strikeLast(ledger), role: "observer" } as const;
  await tries(ledger, strike, rootSigned(ledger, strike));
  await ledger.seal();
  return ledger;
}

function asRole(role: "gate" | "observer", ...drafts: readonly Draft[]): Draft[] {
  return drafts.map((draft) => ({ ...draft, role }));
}
