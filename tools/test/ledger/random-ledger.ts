// SPDX-License-Identifier: Apache-2.0
// A whole ledger of random leaves: legal ones, illegal ones, and some that are damaged.
import {
  encodeCanonicalJson,
  encodeEntry,
  encodeHex,
  encodeStateLeaf,
  type JsonInput,
  paeOf,
  parseEntry,
  type StateLeaf,
} from "@countermark/formats";
import type { Random } from "../../../fuzz/random.ts";
import {
  COUNTERSIGN,
  digestOf,
  genesisStatement,
  leafOf,
  rootSigned,
  sha256,
  ToyLedger,
  toyKey,
} from "../../../packages/verify/test/ledger/toy-ledger.ts";
import {
  beginOver,
  endOf,
  succeeded,
  successor,
} from "../../../packages/verify/test/ledger/vectors/stories/succession.ts";
import { forged, nextState } from "../../../packages/verify/test/ledger/vectors/stories/tell.ts";
import { PROJECTS, randomConfig, randomDraft, randomPause } from "./random-drafts.ts";

const STRANGER = toyKey("stranger");
const SPKI_PREFIX = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

export async function randomLedger(random: Random, leavesMax: number): Promise<ToyLedger> {
  const genesis = {
    import: random.pick(["open", "closed"] as const),
    role: random.pick(["index", "index", "index", "gate", "observer"] as const),
  };
  const ledger = await ToyLedger.create(genesis);
  if (genesis.role !== "observer")
    await ledger.add({ kind: "project-created", config: randomConfig(random) });
  const count = 10 + random.below(leavesMax);
  while (ledger.leaves.length < count && ledger.state.unknownRules === null) await step(ledger, random);
  const isRunning = ledger.state.index?.header.end === "running" && ledger.state.unknownRules === null;
  return isRunning && random.chance(20) ? await succeed(ledger, random) : ledger;
}

/** Ends the log, and goes on in another, as a rule. */
async function succeed(before: ToyLedger, random: Random): Promise<ToyLedger> {
  const genesis = successor({ time: before.now + random.pick([0, 0, 0, -9 * 86_400]) });
  await before.add(rootSigned(before, succeeded(genesis)));
  await before.addLeaf(stateLeaf(before));
  const ledger = beginOver(before, genesis.origin);
  ledger.now = before.now;
  const previous = random.chance(90) ? endOf(before) : null;
  const signed = genesisStatement({ ...genesis, previous });
  await ledger.addLeaf(leafOf(signed, ledger.key));
  if (ledger.state.index === null) return ledger;
  await ledger.addLeaf(stateLeaf(ledger));
  for (let i = random.below(25); i > 0 && ledger.state.unknownRules === null; i--) await step(ledger, random);
  return ledger;
}

async function step(ledger: ToyLedger, random: Random): Promise<void> {
  if (random.chance(10)) return await pause(ledger, random);
  if (random.chance(4)) {
    await ledger.addLeaf(oddState(ledger, random));
    return;
  }
  const draft = randomDraft(ledger, random);
  if (random.chance(88)) {
    await ledger.add(draft);
    return;
  }
  await ledger.addLeaf(damaged(ledger, random, ledger.leaf({ ...draft, ...oddCommon(ledger, random) })));
}

/** Seals, and lets log time go by. */
async function pause(ledger: ToyLedger, random: Random): Promise<void> {
  const seconds = randomPause(random);
  if (seconds === 0) {
    await ledger.addLeaf(stateLeaf(ledger));
    return;
  }
  await ledger.addLeaf(stateLeaf(ledger));
  await ledger.addLeaf(stateLeaf(ledger));
  ledger.now += seconds;
  await ledger.addLeaf(stateLeaf(ledger));
}

/** The state leaf that comes next, or where there can be none, one that says what is there. */
function stateLeaf(ledger: ToyLedger, changes: Partial<StateLeaf> = {}): Uint8Array {
  const { state, now } = ledger;
  try {
    return nextState(ledger, changes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const { rules = 1, rootVersion = 1, targetsVersion = 1 } = state.index?.header ?? {};
  const last = state.states.last();
  const index = state.size - state.offset;
  const prev = last === null || last.index < state.offset ? null : last.index - state.offset;
  const place = {
    origin: ledger.origin,
    index,
    prev,
    map: state.projects.commitment(),
    projects: state.projects.count,
  };
  const versions = { time: now, rules, rootVersion, targetsVersion };
  return encodeStateLeaf({ ...place, ...versions, anchor: ledger.anchorAt(now), ...changes });
}

/** A state leaf with something else in it. */
function oddState(ledger: ToyLedger, random: Random): Uint8Array {
  const last = ledger.state.anchors.last();
  const anchor = {
    size: random.pick([...ledger.state.states].map((state) => state.index + 1)),
    note: digestOf("note"),
    tLo: (last?.tLo ?? ledger.now) + random.pick([0, 0, 0, -1, 500]),
    tHi: (last?.tLo ?? ledger.now) + random.pick([0, 0, -120, -121, 500]),
  };
  return stateLeaf(
    ledger,
    random.pick([
      { anchor },
      { anchor },
      { anchor },
      { time: ledger.now - 7 * 86_400 },
      { index: ledger.state.size + 1 },
      { prev: 0 },
      { rules: 2 },
      { projects: 9 },
      { anchor: null },
      { map: digestOf("map") },
    ]),
  );
}

function oddCommon(ledger: ToyLedger, random: Random): object {
  return random.pick([
    {},
    {},
    { seq: random.below(9) },
    { time: ledger.now - random.pick([100, 121, 86_400 * 9]) },
    { role: random.pick(["index", "gate", "observer"]) },
    { origin: "example.com/other" },
    { project: random.pick(PROJECTS) },
  ]);
}

/** The leaf with another signature, or another payload that is signed. */
function damaged(ledger: ToyLedger, random: Random, leaf: Uint8Array): Uint8Array {
  if (random.chance(40)) return leaf;
  if (random.chance(10)) return forged(leaf);
  if (random.chance(10)) return leaf.subarray(0, random.below(leaf.length));
  const { payload } = parseEntry(leaf);
  if (random.chance(20)) return entryOf(payload, STRANGER);
  const value = JSON.parse(new TextDecoder().decode(payload)) as JsonInput; // what was encoded just now
  return entryOf(encodeCanonicalJson(changed(value, random)), random.chance(95) ? ledger.key : COUNTERSIGN);
}

function entryOf(payload: Uint8Array, key: ReturnType<typeof toyKey>): Uint8Array {
  const keyId = encodeHex(sha256(Uint8Array.from([...SPKI_PREFIX, ...key.key])));
  return encodeEntry(payload, { keyId, signature: key.sign(paeOf(payload)) });
}

const ODD: readonly JsonInput[] = [
  0,
  1,
  2,
  3,
  4,
  5,
  7,
  -1,
  255,
  366,
  65_535,
  2 ** 32,
  2 ** 53 - 1,
  true,
  null,
  "",
  "none",
  "0",
  "index",
  "now",
  "staged",
  "publisher",
  "token",
  "free",
  "ask",
  "take",
  "closed",
  [],
  {},
  "0".repeat(64),
  "f".repeat(64),
  "F".repeat(64),
  "é",
  "a b",
];

/** The value with one member changed, removed, added or put elsewhere, somewhere in it. */
function changed(value: JsonInput, random: Random): JsonInput {
  if (typeof value !== "object" || value === null || random.chance(12)) return random.pick(ODD);
  if (Array.isArray(value)) {
    const list: readonly JsonInput[] = value;
    if (list.length === 0) return [random.pick(ODD)];
    const at = random.below(list.length);
    const item = list[at] ?? null;
    return random.pick([
      list.map((one, i) => (i === at ? changed(one, random) : one)),
      [...list, item],
      list.toReversed(),
      list.filter((_, i) => i !== at),
    ]);
  }
  const members = Object.entries(value) as [string, JsonInput][]; // of an object of JSON
  if (members.length === 0 || random.chance(5)) return { ...value, more: random.pick(ODD) };
  const [name, member] = random.pick(members);
  if (random.chance(5)) return Object.fromEntries(members.filter(([other]) => other !== name));
  return { ...value, [name]: changed(member, random) };
}
