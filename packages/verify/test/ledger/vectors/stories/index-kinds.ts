// SPDX-License-Identifier: Apache-2.0
// What offline root keys say of the index itself, and what nobody else can.
import { encodeHex, rootKeyId } from "@countermark/formats";
import {
  acceptedFile,
  CONFIG,
  COUNTERSIGN,
  DAY,
  type Draft,
  digestOf,
  F,
  genesisStatement,
  I,
  K,
  L,
  leafOf,
  ROOTS,
  rootRecord,
  rootSigned,
  sha256,
  type ToyKey,
  ToyLedger,
  toyKey,
} from "../../toy-ledger.ts";
import { CANCEL, configure, OTHER, type Story, TAKE, tries, upload, voidOf, withFile } from "./tell.ts";

export const INDEX_STORIES: readonly Story[] = [
  ["keys are replaced at the next state leaf, and not before", keysReplaced],
  ["who may replace keys", whoReplacesKeys],
  ["root keys are replaced by old and new ones together", rootKeysReplaced],
  ["versions of root and targets go forward", trustVersions],
  ["new rules come into force two weeks after they were announced", rulesAnnounced],
  ["who may announce rules, and take them back", whoAnnounces],
  ["a role and an import phase are changed at once, by root keys", roleChanged],
  ["after sunset nothing new is taken", sunset],
  ["nothing about the index is voided but rules that are not in force", notVoided],
  ["kinds about the index are about their own log", aboutTheLog],
  ["a kind about the index before there is one", beforeGenesis],
  ["an observer and a gate make the kinds about the index", otherRoles],
];

const STRANGER = toyKey("stranger");
export const NEXT_KEY = toyKey("next countersign");
const NEW_ROOTS = ["root d", "root e"].map(toyKey);
type TrustDraft = Extract<Draft, { kind: "trust-changed" }>;

/** Keys as they are, with changes; nobody signed it yet. */
export function trust(ledger: ToyLedger, changes: Partial<TrustDraft> = {}): TrustDraft {
  const header = ledger.state.index?.header;
  if (header === undefined) throw new TypeError("There is no index");
  const { countersign, rootKeys, threshold, rpIdHash, webOrigin, rootVersion } = header;
  return {
    kind: "trust-changed",
    project: I,
    log: L,
    countersign,
    rootKeys,
    threshold,
    rpIdHash,
    webOrigin,
    rootVersion,
    targetsVersion: header.targetsVersion + 1,
    trust: digestOf("trust description"),
    root: [],
    ...changes,
  };
}

const about = { project: I, log: L, root: [] } as const;
export const RULES: Extract<Draft, { kind: "rules-changed" }> = {
  ...about,
  kind: "rules-changed",
  rules: 2,
  spec: digestOf("rules 2"),
};
const GATE: Extract<Draft, { kind: "index-role" }> = {
  ...about,
  kind: "index-role",
  role2: "gate",
  import: "open",
};
export const SUNSET: Extract<Draft, { kind: "sunset" }> = { ...about, kind: "sunset" };
export const SUCCEEDED: Extract<Draft, { kind: "log-succeeded" }> = {
  ...about,
  kind: "log-succeeded",
  origin2: digestOf("new.example"),
  genesis: digestOf("genesis"),
};

function rootIds(keys: readonly ToyKey[]): readonly string[] {
  return keys.map((key) => rootKeyId(sha256, rootRecord(key))).sort();
}

async function keysReplaced(): Promise<ToyLedger> {
  const ledger = await withFile();
  const both = [encodeHex(COUNTERSIGN.key), encodeHex(NEXT_KEY.key)].sort();
  await tries(ledger, rootSigned(ledger, trust(ledger, { countersign: both })));
  await ledger.addLeaf(ledger.leaf({ kind: "status", status: "deprecated" }, NEXT_KEY));
  await tries(ledger, { kind: "status", status: "deprecated" });
  await ledger.seal();
  await ledger.addLeaf(ledger.leaf({ kind: "status", status: "active" }, NEXT_KEY));
  await tries(ledger, { kind: "status", status: "archived" });
  await tries(ledger, rootSigned(ledger, trust(ledger, { countersign: [encodeHex(NEXT_KEY.key)] })));
  await tries(ledger, { kind: "status", status: "deprecated" });
  await ledger.addLeaf(new TextEncoder().encode("no state leaf, and so nothing is in force\n"));
  await tries(ledger, { kind: "status", status: "active" });
  await ledger.seal();
  await tries(ledger, { kind: "status", status: "deprecated" });
  await ledger.addLeaf(ledger.leaf({ kind: "status", status: "deprecated" }, NEXT_KEY));
  ledger.key = NEXT_KEY;
  const moved = { webOrigin: "https://new.example", rpIdHash: digestOf("new.example"), rootVersion: 2 };
  await tries(ledger, rootSigned(ledger, trust(ledger, moved)));
  await ledger.seal();
  await ledger.seal();
  return ledger;
}

async function whoReplacesKeys(): Promise<ToyLedger> {
  const ledger = await withFile();
  const draft = trust(ledger, { countersign: [encodeHex(NEXT_KEY.key)] });
  const [first = STRANGER, second = STRANGER] = ROOTS;
  await tries(
    ledger,
    draft,
    rootSigned(ledger, draft, [first]),
    rootSigned(ledger, draft, [first, STRANGER]),
    rootSigned(ledger, draft, [first, second, STRANGER]),
    { ...draft, root: rootSigned(ledger, { ...draft, trust: digestOf("other") }).root },
    { ...draft, root: rootSigned(ledger, { ...draft, seq: 2 }).root },
    { ...rootSigned(ledger, draft), time: ledger.now + 60 },
  );
  // While one waits there is no other, whoever signs it.
  await tries(ledger, rootSigned(ledger, trust(ledger, { targetsVersion: 9 })), trust(ledger));
  await ledger.seal();
  return ledger;
}

async function rootKeysReplaced(): Promise<ToyLedger> {
  const ledger = await withFile();
  const [a = STRANGER, b = STRANGER, c = STRANGER] = ROOTS;
  const [d = STRANGER, e = STRANGER] = NEW_ROOTS;
  const draft = trust(ledger, { rootKeys: rootIds([c, d, e]), threshold: 2, rootVersion: 2 });
  await tries(
    ledger,
    rootSigned(ledger, draft, [a, b]),
    rootSigned(ledger, draft, [d, e]),
    rootSigned(ledger, draft, [a, d, e]),
    rootSigned(ledger, draft, [a, b, d]),
    rootSigned(ledger, draft, [a, b, d, e, STRANGER]),
  );
  await tries(ledger, rootSigned(ledger, draft, [a, c, d]));
  await tries(ledger, rootSigned(ledger, RULES, [a, b]));
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, SUNSET, [a, b]), rootSigned(ledger, SUNSET, [d, e]));
  const all = trust(ledger, { rootKeys: rootIds([a]), threshold: 1, rootVersion: 3 });
  await tries(ledger, rootSigned(ledger, all, [c, d]), rootSigned(ledger, all, [a, c, d]));
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, GATE, [a]));
  await ledger.seal();
  return ledger;
}

async function trustVersions(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ rootVersion: 5, targetsVersion: 7 });
  const of = (rootVersion: number, targetsVersion: number): Draft =>
    rootSigned(ledger, trust(ledger, { rootVersion, targetsVersion }));
  await tries(ledger, of(5, 7), of(5, 6), of(4, 8), of(6, 6), of(5, 8));
  await ledger.seal();
  await tries(ledger, of(6, 8));
  await ledger.seal();
  await tries(ledger, of(7, 9));
  await ledger.seal();
  return ledger;
}

async function rulesAnnounced(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(ledger, rootSigned(ledger, RULES));
  await ledger.seal();
  await ledger.seal();
  // tHi of the anchor that covers it is now; tLo of the one that ends the notice is ten seconds behind.
  ledger.now += 14 * DAY + 9;
  await ledger.seal();
  ledger.now += 1;
  await ledger.seal();
  await tries(ledger, upload(ledger, "by the rules before"));
  await ledger.seal();
  await tries(ledger, upload(ledger, "by rules that are not known"));
  await ledger.addLeaf(new TextEncoder().encode("{}"));
  await ledger.addLeaf(new TextEncoder().encode("x"));
  return ledger;
}

async function whoAnnounces(): Promise<ToyLedger> {
  const ledger = await withFile();
  const announced = ledger.leaves.length + 4;
  await tries(
    ledger,
    RULES,
    rootSigned(ledger, RULES, ROOTS.slice(0, 1)),
    rootSigned(ledger, { ...RULES, rules: 3 }),
    rootSigned(ledger, { ...RULES, rules: 1 }),
    rootSigned(ledger, RULES),
  );
  await tries(ledger, rootSigned(ledger, RULES));
  const draft = voidOf(ledger, announced, I);
  await tries(ledger, draft, { ...draft, root: [] }, rootSigned(ledger, draft, ROOTS.slice(1, 2)));
  await tries(ledger, rootSigned(ledger, draft));
  await tries(ledger, rootSigned(ledger, draft));
  await ledger.wait(15 * DAY);
  await ledger.seal();
  await tries(ledger, upload(ledger, "by the rules that stayed"));
  await tries(ledger, rootSigned(ledger, RULES));
  await tries(ledger, rootSigned(ledger, draft));
  await ledger.seal();
  return ledger;
}

async function roleChanged(): Promise<ToyLedger> {
  const ledger = await withFile();
  await tries(
    ledger,
    GATE,
    rootSigned(ledger, GATE, ROOTS.slice(0, 1)),
    { ...GATE, root: rootSigned(ledger, { ...GATE, role2: "observer" }).root },
    rootSigned(ledger, GATE),
  );
  await tries(ledger, { ...upload(ledger, "as it was"), role: "index" }, upload(ledger, "as a gate"));
  const back: Draft = { ...GATE, role2: "index", import: "closed" };
  await tries(ledger, rootSigned(ledger, { ...back, role: "index" }), rootSigned(ledger, back));
  await tries(ledger, upload(ledger, "as an index"));
  await ledger.seal();
  return ledger;
}

async function sunset(): Promise<ToyLedger> {
  const ledger = await withFile();
  const elsewhere = { project: digestOf("elsewhere"), seq: 0 } as const;
  await tries(ledger, upload(ledger, "second"), {
    kind: "project-reserved",
    project: digestOf("reserved"),
    seq: 0,
  });
  await tries(ledger, configure("ask", "account", OTHER));
  await tries(ledger, SUNSET, rootSigned(ledger, SUNSET, ROOTS.slice(0, 1)), rootSigned(ledger, SUNSET));
  await ledger.wait(8 * DAY);
  await tries(
    ledger,
    upload(ledger, "third"),
    { kind: "project-reserved", ...elsewhere },
    { kind: "project-created", config: CONFIG, ...elsewhere },
    { kind: "project-created", config: CONFIG, project: digestOf("reserved"), seq: 1 },
    TAKE,
    configure("change", "account", OTHER),
    configure("ask", "account", OTHER),
    { kind: "project-recovered", act: "ask", way: "staff", config: OTHER, root: null },
    { kind: "project-recovered", act: "take", way: "none", config: null, root: null },
    { ...upload(ledger, "for nobody"), project: digestOf("nobody"), seq: 0 },
    CANCEL,
  );
  await tries(ledger, { kind: "yanked", files: [F], reason: "owner" });
  await tries(ledger, { kind: "unyanked", files: [F], reason: "owner" });
  await tries(ledger, { kind: "withdrawn", files: [F], reason: "owner" });
  await tries(ledger, { kind: "status", status: "archived" });
  await tries(ledger, voidOf(ledger, 4));
  await tries(ledger, rootSigned(ledger, SUNSET));
  await tries(ledger, rootSigned(ledger, trust(ledger)));
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, RULES));
  await tries(ledger, rootSigned(ledger, { ...GATE, role2: "index", import: "closed" }));
  await tries(ledger, rootSigned(ledger, SUCCEEDED));
  await ledger.seal();
  return ledger;
}

async function notVoided(): Promise<ToyLedger> {
  const ledger = await withFile();
  const first = ledger.leaves.length;
  await tries(ledger, rootSigned(ledger, trust(ledger)));
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, { ...GATE, role2: "index" }));
  await tries(ledger, rootSigned(ledger, SUNSET));
  const root = (at: number): Draft => rootSigned(ledger, voidOf(ledger, at, I));
  await tries(ledger, voidOf(ledger, first, I), root(first), root(first + 2), root(first + 3), root(0));
  await tries(ledger, voidOf(ledger, 0, I));
  await ledger.seal();
  return ledger;
}

async function aboutTheLog(): Promise<ToyLedger> {
  const ledger = await withFile();
  const [other, elsewhere] = [digestOf("other log"), "other.example"];
  await tries(
    ledger,
    rootSigned(ledger, { ...SUNSET, log: other }),
    rootSigned(ledger, { ...SUNSET, project: K }),
    rootSigned(ledger, { ...SUNSET, project: digestOf("nobody") }),
    rootSigned(ledger, { ...SUNSET, origin: elsewhere }),
    rootSigned(ledger, { ...SUNSET, origin: elsewhere, log: digestOf(elsewhere) }),
    rootSigned(ledger, { ...SUNSET, seq: 2 }),
  );
  await ledger.addLeaf(leafOf(genesisStatement({ log: other })));
  await ledger.addLeaf(leafOf(genesisStatement({ project: K })));
  await ledger.addLeaf(leafOf(genesisStatement()));
  await ledger.addLeaf(ledger.leaf(rootSigned(ledger, SUNSET), STRANGER));
  await ledger.wait(1_000);
  await tries(ledger, rootSigned(ledger, { ...SUNSET, time: ledger.now - 131 }));
  await tries(ledger, rootSigned(ledger, { ...SUNSET, time: ledger.now - 130 }));
  await ledger.seal();
  return ledger;
}

async function beforeGenesis(): Promise<ToyLedger> {
  const sunset: Draft = { ...SUNSET, seq: 0 };
  return await tries(new ToyLedger(), sunset, { ...sunset, log: digestOf("other log") });
}

async function otherRoles(): Promise<ToyLedger> {
  const ledger = await ToyLedger.create({ role: "observer" });
  await tries(
    ledger,
    { kind: "project-recovered", act: "ask", way: "staff", config: OTHER, root: null, seq: 0 },
    rootSigned(ledger, trust(ledger)),
  );
  await tries(ledger, rootSigned(ledger, RULES));
  await tries(ledger, rootSigned(ledger, { ...GATE, role2: "gate" }));
  await tries(ledger, { kind: "project-created", config: CONFIG }, acceptedFile(ledger.now));
  await tries(ledger, { kind: "project-recovered", act: "ask", way: "staff", config: OTHER, root: null });
  await ledger.seal();
  await tries(ledger, rootSigned(ledger, trust(ledger)));
  await tries(ledger, rootSigned(ledger, { ...GATE, role2: "observer", import: "closed" }));
  await tries(ledger, rootSigned(ledger, SUNSET));
  await tries(ledger, rootSigned(ledger, SUCCEEDED));
  await ledger.seal();
  return ledger;
}
