// SPDX-License-Identifier: Apache-2.0
// What another index has: imported, observed, promoted.
import { type ImportedItem, NO_DIGEST, type ObservedItem } from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  DAY,
  type Draft,
  digestOf,
  GUARDED,
  I,
  K,
  L,
  rootSigned,
  ToyLedger,
  V,
} from "../../toy-ledger.ts";
import { configure, OTHER, policy, type Story, tries, upload, voidOf } from "./tell.ts";

export const OUTSIDE_STORIES: readonly Story[] = [
  ["projects are imported while the phase is open", imported],
  ["what cannot be imported", notImported],
  ["an import of a project ends with its owner's first act", importEnds],
  ["the import phase ends by a word, by itself, and is opened by root keys alone", phase],
  ["releases that are imported are closed, unless one says otherwise", importedReleases],
  ["what was imported is a project like any other", importedLife],
  ["a void of an import", importVoided],
  ["an observer sees files come, change and go", observed],
  ["what cannot be observed", notObserved],
  ["a gate observes beside what it takes", gateObserves],
  ["what was observed is promoted when an observer becomes an index", promoted],
  ["a void of what was observed", observedVoided],
];

const OTHER_RELEASE = digestOf("another release");

function item(name: string, changes: Partial<ImportedItem> = {}): ImportedItem {
  return {
    file: digestOf(name),
    metadata: digestOf(`${name} metadata`),
    open: false,
    release: V,
    sha256: digestOf(`${name} bytes`),
    size: 18_211,
    state: "published",
    ...changes,
  };
}

function burnt(name: string, changes: Partial<ImportedItem> = {}): ImportedItem {
  return item(name, { metadata: null, sha256: NO_DIGEST, size: 0, state: "withdrawn", ...changes });
}

type Imported = Extract<Draft, { kind: "imported" }>;

function bring(items: readonly ImportedItem[], changes: Partial<Imported> = {}): Imported {
  const ascending = [...items].sort((a, b) => (a.file < b.file ? -1 : 1));
  return { kind: "imported", config: null, items: ascending, detail: digestOf("imported"), ...changes };
}

async function importing(): Promise<ToyLedger> {
  return await ToyLedger.create({ import: "open" });
}

async function imported(): Promise<ToyLedger> {
  const ledger = await importing();
  await tries(ledger, bring([item("a"), item("b", { state: "yanked" }), burnt("c")], { config: CONFIG }));
  await tries(ledger, bring([item("d", { state: "withdrawn" }), item("e", { metadata: null })]));
  await tries(ledger, acceptedFile(ledger.now, { file: digestOf("c"), release: OTHER_RELEASE }));
  await tries(ledger, acceptedFile(ledger.now, { file: digestOf("f") }));
  await ledger.seal();
  return ledger;
}

async function notImported(): Promise<ToyLedger> {
  const ledger = await importing();
  const bad = { ...CONFIG, policy: { ...CONFIG.policy, uploads: "publisher" as const }, publishers: [] };
  await tries(
    ledger,
    bring([item("a")]),
    bring([item("a")], { config: bad }),
    bring([item("a", { release: digestOf("a") })], { config: CONFIG }),
    bring([item("a"), item("b", { release: digestOf("a") })], { config: CONFIG }),
    bring([item("a", { release: digestOf("b") }), item("b")], { config: CONFIG }),
    bring([item("a")], { config: CONFIG, role: "gate" }),
    bring([item("a")], { config: CONFIG, project: I, seq: 1 }),
    bring([item("a")], { config: CONFIG, project: I, seq: 0 }),
    bring([item("a")], { config: CONFIG, seq: 1 }),
    bring([item("a")], { config: CONFIG }),
    bring([item("b")], { config: CONFIG }),
    bring([item("a")]),
    bring([item("b", { file: V, release: digestOf("v") })]),
    bring([item("b"), item("a")]),
  );
  const created = digestOf("created");
  await tries(ledger, { kind: "project-created", config: CONFIG, project: created });
  await tries(ledger, bring([item("a")], { project: created }));
  const reserved = digestOf("reserved");
  await tries(ledger, { kind: "project-reserved", project: reserved });
  await tries(ledger, bring([item("a")], { project: reserved }));
  await tries(ledger, bring([item("a")], { project: reserved, config: CONFIG }));
  await ledger.seal();
  return ledger;
}

async function importEnds(): Promise<ToyLedger> {
  const ledger = await importing();
  const [k2, k3] = [digestOf("second project"), digestOf("third project")];
  const upon = (project: string) => ({ project, config: CONFIG });
  await tries(
    ledger,
    bring([item("a")], upon(K)),
    bring([item("a")], upon(k2)),
    bring([item("a")], upon(k3)),
  );
  await tries(ledger, configure("change", "free", OTHER));
  await tries(ledger, configure("change", "account", policy({ closeDays: 9 })), bring([item("b")]));
  await tries(ledger, upload(ledger, "own", { project: k2, release: OTHER_RELEASE, file: digestOf("o") }));
  await tries(ledger, bring([item("b")], { project: k2 }));
  await tries(ledger, { kind: "yanked", files: [digestOf("a")], reason: "owner", project: k3 });
  await tries(ledger, { kind: "status", status: "archived", project: k3 });
  await tries(ledger, bring([item("b")], { project: k3 }));
  await ledger.seal();
  return ledger;
}

async function phase(): Promise<ToyLedger> {
  const ledger = await importing();
  const about = { project: I, log: L } as const;
  const close: Draft = { ...about, kind: "import-closed" };
  const open = (role2: "index" | "gate" = "index"): Draft =>
    rootSigned(ledger, { ...about, kind: "index-role", role2, import: "open", root: [] });
  const fresh = (name: string): Draft => bring([item("a")], { config: CONFIG, project: digestOf(name) });
  await tries(ledger, fresh("one"), { ...close, log: digestOf("l") }, { ...close, project: K });
  await tries(ledger, { ...close, role: "gate" }, close, close, fresh("two"), bring([item("b")]));
  await tries(ledger, { ...about, kind: "index-role", role2: "index", import: "open", root: [] });
  await tries(ledger, fresh("three"), voidOf(ledger, 6, I), open(), fresh("four"));
  await ledger.wait(89 * DAY);
  const rules = { kind: "rules-changed", rules: 2, spec: digestOf("rules 2"), root: [] } as const;
  await tries(ledger, rootSigned(ledger, { ...about, ...rules }), fresh("five"));
  const last = ledger.leaves.length - 2;
  await tries(ledger, rootSigned(ledger, voidOf(ledger, last, I)));
  ledger.now += DAY + 10;
  await ledger.seal();
  await tries(ledger, fresh("six"));
  await tries(ledger, { kind: "promoted", files: [digestOf("a")], project: digestOf("one") });
  await tries(ledger, open(), fresh("seven"), voidOf(ledger, 0, I));
  await ledger.seal();
  const closed = ledger;
  await tries(closed, open("gate"), { ...close, role: "gate" });
  await closed.seal();
  return closed;
}

async function importedReleases(): Promise<ToyLedger> {
  const ledger = await importing();
  const [opened, mixed] = [digestOf("open release"), digestOf("mixed release")];
  const names = ["m", "n"].sort((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1));
  const [first = "", second = ""] = names;
  await tries(
    ledger,
    bring(
      [
        item("a"),
        item("b", { release: opened, open: true }),
        item(first, { release: mixed, open: true }),
        item(second, { release: mixed }),
        burnt("burnt", { release: OTHER_RELEASE }),
      ],
      { config: CONFIG },
    ),
  );
  await tries(ledger, bring([item("c", { open: true }), burnt("d", { release: opened })]));
  await tries(ledger, upload(ledger, "late"), upload(ledger, "in time", { release: opened }));
  await tries(ledger, upload(ledger, "also in time", { release: mixed }));
  await tries(ledger, upload(ledger, "of a burnt release", { release: OTHER_RELEASE }));
  await ledger.seal();
  return ledger;
}

async function importedLife(): Promise<ToyLedger> {
  const ledger = await importing();
  await tries(ledger, bring([item("a"), item("b", { state: "withdrawn" })], { config: GUARDED }));
  const [a, b] = [digestOf("a"), digestOf("b")];
  await tries(ledger, { kind: "yanked", files: [a], reason: "owner" });
  await tries(ledger, { kind: "unyanked", files: [b], reason: "owner" });
  await tries(ledger, { kind: "withdrawn", files: [a], reason: "malware" });
  const at = ledger.leaves.length - 1;
  await tries(ledger, rootSigned(ledger, { kind: "amended", from: at - 2, to: at, root: [] }));
  await tries(ledger, rootSigned(ledger, { kind: "amended", from: 0, to: at + 1, root: [] }));
  await tries(ledger, { kind: "project-created", config: CONFIG });
  await tries(ledger, configure("change", "passkey", CONFIG, ledger.consent("change", CONFIG)));
  await ledger.seal();
  return ledger;
}

async function importVoided(): Promise<ToyLedger> {
  const ledger = await importing();
  await tries(ledger, bring([item("a"), item("b", { state: "withdrawn" })], { config: CONFIG }));
  await tries(ledger, bring([item("c"), item("d")]));
  await tries(ledger, { kind: "yanked", files: [digestOf("c")], reason: "owner" });
  await tries(ledger, voidOf(ledger, 3), upload(ledger, "open still", { release: OTHER_RELEASE }));
  await tries(ledger, bring([item("c")]), { ...voidOf(ledger, 2), detail: digestOf("why") });
  await tries(ledger, voidOf(ledger, 2), upload(ledger, "closed", { release: OTHER_RELEASE }));
  await ledger.seal();
  return ledger;
}

type Observed = Extract<Draft, { kind: "observed" }>;

function saw(name: string, changes: Partial<ObservedItem> = {}): ObservedItem {
  return {
    file: digestOf(name),
    provenance: null,
    release: V,
    seen: "published",
    sha256: digestOf(`${name} bytes`),
    size: 18_211,
    ...changes,
  };
}

function observe(items: readonly ObservedItem[], changes: Partial<Observed> = {}): Observed {
  const ascending = [...items].sort((a, b) => (a.file < b.file ? -1 : 1));
  const detail = digestOf("observed");
  return { kind: "observed", items: ascending, role: "observer", detail, ...changes };
}

async function observed(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer" });
  await tries(ledger, observe([saw("a"), saw("b", { seen: "yanked" }), saw("c", { seen: "withdrawn" })]));
  await tries(ledger, observe([saw("a", { seen: "yanked" })], { detail: digestOf("later") }));
  await tries(ledger, observe([saw("a", { seen: "withdrawn" }), saw("c")]));
  await tries(ledger, observe([saw("a", { sha256: digestOf("other bytes"), size: 5 }), saw("d")]));
  await tries(ledger, observe([saw("a"), saw("b", { seen: "withdrawn" }), saw("c", { seen: "withdrawn" })]));
  await tries(ledger, observe([saw("a", { seen: "yanked" })]), observe([saw("a")]));
  await ledger.seal();
  return ledger;
}

async function notObserved(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer" });
  await tries(
    ledger,
    observe([saw("a", { release: digestOf("a") })]),
    observe([saw("a"), saw("b", { release: digestOf("a") })]),
    observe([saw("a")], { role: "index" }),
    observe([saw("a")], { project: I, seq: 1 }),
    observe([saw("a")]),
    observe([saw("a", { release: OTHER_RELEASE })]),
    observe([saw("v", { file: V, release: digestOf("x") })]),
    observe([saw("b", { release: digestOf("a") })]),
  );
  const other: Draft = { kind: "project-created", config: CONFIG, project: digestOf("p"), role: "observer" };
  await tries(ledger, other, { ...acceptedFile(ledger.now), role: "observer" });
  await ledger.seal();
  return ledger;
}

async function gateObserves(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "gate", import: "open" });
  const gate = { role: "gate" } as const;
  const own = digestOf("own project");
  await tries(ledger, { kind: "project-created", config: CONFIG, project: own, ...gate });
  await tries(ledger, observe([saw("a")], { ...gate, project: own }), observe([saw("a")], gate));
  const token = { uploader: "token", publisher: null, attestations: [] } as const;
  await tries(ledger, upload(ledger, "b", { ...gate, ...token }));
  await tries(ledger, observe([saw("b")], gate), observe([saw("b"), saw("c")], gate));
  await tries(ledger, configure("change", "free", CONFIG), {
    ...configure("change", "free", CONFIG),
    ...gate,
  });
  await tries(ledger, { kind: "promoted", files: [digestOf("a")], ...gate });
  await tries(ledger, { kind: "status", status: "quarantined", ...gate }, observe([saw("e")], gate));
  await ledger.seal();
  return ledger;
}

async function promoted(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer" });
  const changed = saw("b", { sha256: digestOf("other bytes") });
  await tries(ledger, observe([saw("a"), saw("b"), saw("c"), saw("d", { seen: "withdrawn" })]));
  await tries(ledger, observe([changed]));
  const role = (changes: object): Draft =>
    rootSigned(ledger, {
      kind: "index-role",
      project: I,
      log: L,
      role2: "index",
      import: "open",
      root: [],
      ...changes,
    } as Extract<Draft, { kind: "index-role" }>);
  const promote = (...names: readonly string[]): Extract<Draft, { kind: "promoted" }> => ({
    kind: "promoted",
    files: names.map(digestOf).sort(),
  });
  await tries(ledger, { ...promote("a"), role: "observer" }, role({ role: "observer", import: "closed" }));
  await tries(ledger, promote("a"), bring([item("z")], { config: null }), role({}), bring([item("z")]));
  await tries(ledger, promote("missing"), promote("b"), promote("a", "b"), { ...promote("a"), files: [V] });
  await tries(ledger, promote("a", "d"), promote("a"), bring([item("z")]));
  await tries(
    ledger,
    observe([saw("c")], { role: "index" }),
    upload(ledger, "own", { release: OTHER_RELEASE }),
  );
  await tries(ledger, promote("c"), configure("ask", "account", CONFIG));
  await tries(ledger, voidOf(ledger, 19), voidOf(ledger, 2));
  await ledger.seal();
  return ledger;
}

async function observedVoided(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer" });
  const voided = (at: number): Draft => ({ ...voidOf(ledger, at), role: "observer" });
  await tries(ledger, observe([saw("a"), saw("b")]));
  await tries(ledger, observe([saw("a", { seen: "yanked" }), saw("c")]));
  await tries(ledger, voided(3));
  await tries(ledger, voided(2));
  await tries(ledger, observe([saw("a")]));
  await ledger.seal();
  return ledger;
}
