// SPDX-License-Identifier: Apache-2.0
// A log that ends, and the one that goes on from it.
import {
  encodeHex,
  encodeSuccessor,
  leafHash,
  originHash,
  successorId,
  treeRoot,
} from "@countermark/formats";
import { continuedState } from "@countermark/verify";
import {
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  F,
  type GenesisStatement,
  genesisStatement,
  I,
  L,
  leafOf,
  rootSigned,
  START,
  sha256,
  ToyLedger,
  V,
} from "../../toy-ledger.ts";
import { NEXT_KEY, trust } from "./index-kinds.ts";
import { configure, nextState, OTHER, type Story, TAKE, tries, upload, voidOf, withFile } from "./tell.ts";

const NEW_ORIGIN = "new.example/index";
const NEW_L = originHash(sha256, NEW_ORIGIN);
type Succeeded = Extract<Draft, { kind: "log-succeeded" }>;

/** The genesis of the new log, as it is before it names its `previous`; signed when it does. */
export function successor(changes: Partial<GenesisStatement> = {}): GenesisStatement {
  return genesisStatement({
    origin: NEW_ORIGIN,
    log: NEW_L,
    countersign: [encodeHex(NEXT_KEY.key)],
    rootVersion: 2,
    time: 1_792_000_000,
    ...changes,
  });
}

export function succeeded(genesis: GenesisStatement = successor()): Succeeded {
  const id = successorId(sha256, encodeSuccessor(genesis));
  return { kind: "log-succeeded", project: I, log: L, root: [], origin2: NEW_L, genesis: id };
}

/** A log that ended while something was pending. */
async function ended(draft: Succeeded = succeeded()): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, configure("ask", "account", OTHER));
  await ledger.wait(3 * DAY);
  await tries(ledger, rootSigned(ledger, draft));
  await ledger.seal();
  return ledger;
}

function rootOf(ledger: ToyLedger): string {
  return encodeHex(
    treeRoot(
      sha256,
      ledger.leaves.map((leaf) => leafHash(sha256, leaf)),
    ),
  );
}

/** The head that a log ended in, as its successor names it. */
export function endOf(ledger: ToyLedger): NonNullable<GenesisStatement["previous"]> {
  const { state, origin } = ledger;
  return { map: state.projects.commitment(), origin, root: rootOf(ledger), size: state.size };
}

/** A log that begins over `old`; `genesis` is its first leaf, and `goOn` what follows. */
function continuing(
  changes: (old: ToyLedger) => Partial<GenesisStatement>,
  old: () => Promise<ToyLedger> = ended,
  goOn: (ledger: ToyLedger) => Promise<unknown> = async () => {},
): () => Promise<ToyLedger> {
  return async () => {
    const before = await old();
    const ledger = beginOver(before, NEW_ORIGIN);
    await ledger.addLeaf(leafOf(successor({ previous: endOf(before), ...changes(before) }), NEXT_KEY));
    await goOn(ledger);
    return ledger;
  };
}

/** The state before the first leaf of a log that continues `before`. */
export function beginOver(before: ToyLedger, origin: string): ToyLedger {
  const ledger = new ToyLedger();
  const root = rootOf(before);
  ledger.previous = { leaves: before.leaves, root, previous: before.previous };
  ledger.state = continuedState({ state: before.state, root }, sha256);
  ledger.origin = origin;
  ledger.key = NEXT_KEY;
  ledger.now = 1_792_000_000;
  return ledger;
}

export const SUCCESSION_STORIES: readonly Story[] = [
  ["a log that was succeeded has one more leaf that counts", logEnds],
  ["a log that ends before its first state leaf", endsAtOnce],
  ["who ends a log", whoEnds],
  ["keys that wait are in force in the leaf that closes a log", lastKeys],
  [
    "a log goes on where another ended: its files, what is pending, and its time",
    continuing(() => ({}), ended, goOn),
  ],
  ["a log continues one that continued another", twice],
  ["an import phase begins with the log that continues, however long the other was", importsAgain],
  ["a successor that names no end", continuing(() => ({ previous: null }))],
  ["a successor of another log's origin", changed({ origin: "example.com/inde" })],
  ["a successor of a smaller tree", changed({ size: 9 })],
  ["a successor of another tree of that size", changed({ root: digestOf("root") })],
  ["a successor of another map", changed({ map: digestOf("map") })],
  [
    "a successor of another ecosystem",
    continuing(
      () => ({ ecosystem: "npm" }),
      () => ended(succeeded(successor({ ecosystem: "npm" }))),
    ),
  ],
  [
    "a successor of another visibility",
    continuing(
      () => ({ visibility: "private" }),
      () => ended(succeeded(successor({ visibility: "private" }))),
    ),
  ],
  ["a successor with other keys than the log named", continuing(() => ({ rootVersion: 3 }))],
  [
    "a successor of another origin than the log named",
    continuing(
      () => ({}),
      () => ended({ ...succeeded(), origin2: digestOf("third") }),
    ),
  ],
  ["a successor of a log that goes on", continuing(() => ({}), withFile)],
  ["a successor of a log whose last state leaf is missing", continuing(() => ({}), withoutClose)],
  ["a successor of a log with a leaf after its last", continuing(() => ({}), withMore)],
  ["a successor that is older than the time of the log before", continuing(() => ({ time: 1_790_000_000 }))],
  ["a successor in the last second of eps", continuing((old) => ({ time: old.now - 130 }))],
  [
    "a successor by rules 0",
    continuing(
      () => ({ rules: 0 }),
      () => ended(succeeded(successor({ rules: 0 }))),
    ),
  ],
  ["a successor without a log before it", alone],
];

function changed(changes: Partial<NonNullable<GenesisStatement["previous"]>>) {
  return continuing((old) => ({ previous: { ...endOf(old), ...changes } }));
}

async function logEnds(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, rootSigned(ledger, succeeded()));
  await tries(ledger, upload(ledger, "too late"), voidOf(ledger, 3), rootSigned(ledger, trust(ledger)));
  await ledger.addLeaf(nextState(ledger, { projects: 9 }));
  const close = nextState(ledger);
  await ledger.addLeaf(close);
  const open = await withFile();
  await tries(
    open,
    upload(open, "a"),
    upload(open, "b"),
    upload(open, "c"),
    upload(open, "d"),
    upload(open, "e"),
    upload(open, "f"),
  );
  await ledger.addLeaf(nextState(open, { prev: ledger.leaves.length - 1, index: ledger.leaves.length }));
  await ledger.addLeaf(close);
  await tries(ledger, upload(ledger, "too late still"));
  return ledger;
}

async function endsAtOnce(): Promise<ToyLedger> {
  const ledger = new ToyLedger();
  await ledger.addLeaf(leafOf(genesisStatement()));
  await tries(ledger, rootSigned(ledger, succeeded()));
  await ledger.seal();
  const [close = new Uint8Array()] = ledger.leaves.slice(-1);
  await ledger.addLeaf(close);
  return ledger;
}

async function whoEnds(): Promise<ToyLedger> {
  const ledger = await withFile();
  const draft = succeeded();
  await tries(ledger, draft, {
    ...draft,
    root: rootSigned(ledger, { ...draft, genesis: digestOf("other") }).root,
  });
  await tries(ledger, upload(ledger, "it goes on"), rootSigned(ledger, draft));
  await ledger.seal();
  return ledger;
}

async function lastKeys(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, rootSigned(ledger, trust(ledger, { countersign: [encodeHex(NEXT_KEY.key)] })));
  await tries(ledger, rootSigned(ledger, succeeded()));
  await ledger.seal();
  return ledger;
}

async function goOn(ledger: ToyLedger): Promise<void> {
  await tries(ledger, TAKE, { kind: "project-reserved", project: digestOf("new"), seq: 0 });
  await ledger.addLeaf(nextState(ledger, { prev: 1 }));
  await ledger.addLeaf(nextState(ledger, { index: ledger.leaves.length + ledger.state.offset }));
  await ledger.seal();
  await tries(ledger, upload(ledger, "in the new log", { attestations: [] }), {
    kind: "yanked",
    files: [F],
    reason: "owner",
  });
  await tries(ledger, {
    ...upload(ledger, "for the old log", { attestations: [] }),
    origin: "example.com/index",
  });
  const { offset } = ledger.state;
  await ledger.addLeaf(
    nextState(ledger, { anchor: { size: 0, note: digestOf("note"), tLo: ledger.now, tHi: ledger.now } }),
  );
  await ledger.seal();
  await tries(ledger, TAKE);
  await tries(ledger, voidOf(ledger, 3), voidOf(ledger, offset + ledger.leaves.length - 3));
  await tries(ledger, { kind: "status", status: "active" }, configure("ask", "account", CONFIG));
  await ledger.wait(7 * DAY + 9);
  await tries(ledger, TAKE);
  await ledger.wait(1);
  await tries(ledger, TAKE);
  await tries(ledger, rootSigned(ledger, { kind: "sunset", project: I, log: NEW_L, root: [] }));
  await ledger.seal();
}

async function importsAgain(): Promise<ToyLedger> {
  const imports = { import: "open", time: START + 101 * DAY } as const;
  const old = async (): Promise<ToyLedger> => {
    const ledger = await withFile();
    await ledger.wait(100 * DAY);
    await tries(ledger, rootSigned(ledger, succeeded(successor(imports))));
    await ledger.seal();
    return ledger;
  };
  const goOn = async (ledger: ToyLedger): Promise<void> => {
    ledger.now = START + 101 * DAY;
    await ledger.seal();
    const item = {
      file: F,
      metadata: null,
      open: false,
      release: V,
      sha256: digestOf("file bytes"),
      size: 9,
      state: "published",
    } as const;
    const project = digestOf("imported project");
    await tries(ledger, { kind: "imported", config: CONFIG, items: [item], project });
    await ledger.seal();
  };
  return await continuing(() => imports, old, goOn)();
}

async function twice(): Promise<ToyLedger> {
  const origin = "third.example";
  const log = originHash(sha256, origin);
  const third = successor({ origin, log });
  const second = await continuing(
    () => ({}),
    ended,
    async (ledger) => {
      await ledger.seal();
      const genesis = successorId(sha256, encodeSuccessor(third));
      await tries(ledger, rootSigned(ledger, { ...succeeded(), log: NEW_L, origin2: log, genesis }));
      await ledger.seal();
    },
  )();
  const ledger = beginOver(second, origin);
  await ledger.addLeaf(leafOf(successor({ origin, log, previous: endOf(second) }), NEXT_KEY));
  await ledger.seal();
  await tries(ledger, upload(ledger, "in the third log", { attestations: [] }), voidOf(ledger, 3));
  await ledger.seal();
  await tries(ledger, TAKE);
  return ledger;
}

async function withoutClose(): Promise<ToyLedger> {
  const ledger = await withFile();
  return await tries(ledger, rootSigned(ledger, succeeded()));
}

async function withMore(): Promise<ToyLedger> {
  const ledger = await ended();
  return await tries(ledger, upload(ledger, "too late"));
}

async function alone(): Promise<ToyLedger> {
  const old = await ended();
  const ledger = new ToyLedger();
  ledger.origin = NEW_ORIGIN;
  await ledger.addLeaf(leafOf(successor({ previous: endOf(old) }), NEXT_KEY));
  await ledger.addLeaf(leafOf(successor(), NEXT_KEY));
  return ledger;
}
