// SPDX-License-Identifier: Apache-2.0
// Statements of every kind with random members, drawn from few values, so that they meet: often legal, often not.
import {
  type ConfigRecord,
  EMPTY_CONFIG,
  type ImportedItem,
  LEDGER_KINDS,
  LEDGER_STATUSES,
  NO_DIGEST,
  type ObservedItem,
  type StatedAttestation,
} from "@countermark/formats";
import type { Random } from "../../../fuzz/random.ts";
import {
  DAY,
  type Draft,
  digestOf,
  I,
  K,
  L,
  OTHER_PASSKEY,
  OTHER_PRINCIPAL,
  OTHER_PUBLISHER,
  PASSKEY,
  PRINCIPAL,
  PUBLISHER,
  ROOTS,
  rootSigned,
  type ToyLedger,
  toyKey,
} from "../../../packages/verify/test/ledger/toy-ledger.ts";
import { trust } from "../../../packages/verify/test/ledger/vectors/stories/index-kinds.ts";
import {
  BY_OTHER_PUBLISHER,
  BY_PUBLISHER,
  consentByP256,
  NONE,
  P256_PRINCIPAL,
  voidOf,
} from "../../../packages/verify/test/ledger/vectors/stories/tell.ts";

export const PROJECTS = [K, K, K, digestOf("second project"), digestOf("third project"), I];
const RELEASES = ["release 1", "release 2", "release 3"].map(digestOf);
const FILES = Array.from({ length: 12 }, (_, i) => digestOf(`file ${i}`));
const BYTES = ["bytes 1", "bytes 2"].map(digestOf);
const ATTESTATIONS = Array.from({ length: 6 }, (_, i) => digestOf(`attestation ${i}`));
const DETAILS = ["detail 1", "detail 2", "detail 3"].map(digestOf);
const NEXT_ROOT = toyKey("next root");

type Kind = Draft["kind"];
type DraftOf<N extends Kind> = Extract<Draft, { kind: N }>;

/** Kinds that make others possible come more often. */
const WEIGHTS: Partial<Record<Kind, number>> = {
  "file-accepted": 14,
  "project-configured": 14,
  void: 8,
  yanked: 4,
  withdrawn: 4,
  "release-published": 4,
  imported: 4,
  observed: 4,
  "project-created": 3,
  "project-recovered": 4,
  "file-attested": 3,
  amended: 3,
};
const ONCE: readonly Kind[] = [
  "sunset",
  "log-succeeded",
  "rules-changed",
  "import-closed",
  "index-role",
  "trust-changed",
];
const KINDS: readonly Kind[] = LEDGER_KINDS.filter((kind) => kind !== "log-genesis");

/** A statement of any kind but log-genesis, for the place where it would come next. */
export function randomDraft(ledger: ToyLedger, random: Random): Draft {
  const role = ledger.state.index?.header.role ?? "index";
  const isLikely = (kind: Kind): boolean =>
    role === "observer" ? OBSERVERS.includes(kind) : kind !== "observed";
  const weightOf = (kind: Kind): number =>
    ONCE.includes(kind) ? 1 : (WEIGHTS[kind] ?? 2) * (role === "observer" && kind === "observed" ? 40 : 6);
  const kinds = random.chance(95) ? KINDS.filter(isLikely) : KINDS;
  const kind = random.pickBy(kinds, weightOf);
  const project = projectFor(ledger, random, kind);
  const detail = random.chance(60) ? random.pick(DETAILS) : null;
  return { ...draftOf(kind, { ledger, random, project }), ...common(kind, project), detail };
}

const OBSERVERS: readonly Kind[] = [
  "observed",
  "observed",
  "detail-erased",
  "void",
  "index-role",
  "promoted",
];
const MAKING: readonly Kind[] = ["project-reserved", "project-created", "imported", "observed"];

/** As a rule one that is there. */
function projectFor(ledger: ToyLedger, random: Random, kind: Kind): string {
  const known = PROJECTS.filter((key) => ledger.state.projects.get(key)?.kind === "project");
  const isAny = known.length === 0 || MAKING.includes(kind) || random.chance(4);
  return random.pick(isAny || (kind === "void" && random.chance(25)) ? PROJECTS : known);
}

function common(kind: Kind, project: string): { readonly project?: string } {
  return ABOUT_INDEX.includes(kind) || kind === "void" ? {} : { project };
}

const ABOUT_INDEX: readonly Kind[] = ONCE;

interface Place {
  readonly ledger: ToyLedger;
  readonly random: Random;
  readonly project: string;
}

function draftOf(kind: Kind, place: Place): Draft {
  const { random } = place;
  const about = { project: I, log: L, root: [] };
  switch (kind) {
    case "project-created":
      return { kind, config: randomConfig(random) };
    case "project-configured":
      return configured(place);
    case "project-recovered":
      return recovered(place);
    case "file-accepted":
      return accepted(place);
    case "yanked":
    case "unyanked":
      return { kind, files: filesFor(place), reason: random.pick(["owner", "mistake", "malware"]) };
    case "withdrawn":
      return { kind, files: filesFor(place), reason: random.pick(["owner", "legal", "canceled"]) };
    case "status":
      return { kind, status: random.pick(LEDGER_STATUSES.slice(1)) };
    case "void":
      return voided(place);
    case "trust-changed":
      return trustChanged(place);
    case "rules-changed":
      return signed(place, { ...about, kind, rules: random.pick([2, 2, 1, 3]), spec: digestOf("rules") });
    case "index-role":
      return signed(place, {
        ...about,
        kind,
        role2: random.pick(["index", "index", "gate", "observer"]),
        import: random.pick(["open", "open", "closed"]),
      });
    case "sunset":
      return signed(place, { ...about, kind });
    case "log-succeeded":
      return signed(place, { ...about, kind, origin2: digestOf("next"), genesis: digestOf("genesis") });
    case "import-closed":
      return { kind, project: I, log: L };
    case "release-published":
      return published(place);
    case "release-closed":
      return { kind, release: random.pick(RELEASES) };
    case "file-attested":
      return attested(place);
    case "detail-erased":
      return { kind, details: some(random, DETAILS, 2), ground: "person" };
    case "amended":
      return amended(place);
    case "imported":
      return imported(place);
    case "observed":
      return { kind, items: items(random, observedItem) };
    case "promoted":
      return { kind, files: filesFor(place) };
    default:
      return { kind: "project-reserved" };
  }
}

export function randomConfig(random: Random): ConfigRecord {
  const attestations = random.pick(["optional", "optional", "optional", "required"] as const);
  const policy = {
    uploads:
      attestations === "required" && random.chance(85)
        ? "publisher"
        : random.pick(["any", "any", "publisher"] as const),
    attestations,
    release: random.pick(["direct", "direct", "staged", "staged-passkey"] as const),
    closeDays: random.pick([null, null, 1, 3, 365]),
  };
  const publishers = random.pick([
    [PUBLISHER],
    [PUBLISHER],
    both(PUBLISHER, OTHER_PUBLISHER),
    [OTHER_PUBLISHER],
  ]);
  const principals = random.pick([
    [],
    [],
    [PRINCIPAL],
    [OTHER_PRINCIPAL],
    both(PRINCIPAL, OTHER_PRINCIPAL),
    both(PRINCIPAL, P256_PRINCIPAL),
  ]);
  if (random.chance(8)) return EMPTY_CONFIG;
  const needsPasskey = policy.release === "staged-passkey" && random.chance(85);
  return { policy, publishers, principals: needsPasskey ? [PRINCIPAL] : principals };
}

function both(a: string, b: string): readonly string[] {
  return [a, b].sort();
}

/** A few of the items, ascending, at least one. */
function some<T extends string>(random: Random, from: readonly T[], max: number): readonly T[] {
  const count = 1 + random.below(max);
  return [...new Set(Array.from({ length: count }, () => random.pick(from)))].sort();
}

function projectAt({ ledger, project }: Place) {
  const found = ledger.state.projects.get(project);
  return found?.kind === "project" ? found : null;
}

/** Files of the project, as a rule: all in the state of the first one. */
function filesFor(place: Place): readonly string[] {
  const { random } = place;
  const known = [...(projectAt(place)?.files.entries() ?? [])].flatMap(([key, record]) =>
    record.kind === "file" ? [{ key, state: record.state }] : [],
  );
  if (known.length === 0 || random.chance(15)) return some(random, [...FILES, ...RELEASES], 2);
  const { state } = random.pick(known);
  const alike = known.filter((file) => file.state === state).map((file) => file.key);
  return some(random, alike, 3);
}

/** The draft with root signatures that are enough, or too few, or a stranger's. */
function signed<D extends Extract<Draft, { readonly root: unknown }>>(
  { ledger, random }: Place,
  draft: D,
): D {
  const signers = random.pick([
    ROOTS.slice(0, 2),
    ROOTS.slice(1),
    ROOTS,
    ROOTS.slice(0, 2),
    ROOTS.slice(0, 1),
    [],
  ]);
  const all = random.chance(10) ? [...signers, NEXT_ROOT] : signers;
  return rootSigned(ledger, draft, all);
}

function configured(place: Place): Draft {
  const { ledger, random } = place;
  const [act, way] = random.pick([
    ["change", "free"],
    ["change", "passkey"],
    ["change", "passkey"],
    ["change", "account"],
    ["ask", "passkey"],
    ["ask", "publisher"],
    ["ask", "account"],
    ["take", "none"],
    ["take", "none"],
    ["cancel", "passkey"],
    ["cancel", "publisher"],
    ["cancel", "account"],
    ["undo", "passkey"],
    ["undo", "passkey"],
  ] as const);
  const project = projectAt(place);
  const base = project?.base ?? EMPTY_CONFIG;
  const tighter = {
    ...(project?.current ?? base),
    policy: { ...(project?.current ?? base).policy, closeDays: 1 },
  };
  const wanted = random.pick([randomConfig(random), randomConfig(random), base, tighter]);
  const isNone = act === "take" || act === "cancel";
  const config = isNone ? null : act === "undo" && random.chance(80) ? base : wanted;
  const draft: DraftOf<"project-configured"> = {
    kind: "project-configured",
    act,
    way,
    config,
    consent: NONE,
  };
  if (way === "publisher") return { ...draft, consent: random.pick([BY_PUBLISHER, BY_OTHER_PUBLISHER]) };
  if (way !== "passkey") return draft;
  if (ledger.state.projects.get(K)?.kind !== "project")
    return { ...draft, act: "take", way: "none", config: null };
  if (act === "change" && config !== null && random.chance(20)) {
    return { ...draft, consent: consentByP256(ledger, config, random.chance(20)) };
  }
  return { ...draft, consent: ledger.consent(act, config, assertion(random)) };
}

function assertion(random: Random): Parameters<ToyLedger["consent"]>[2] {
  return {
    key: random.pick([PASSKEY, PASSKEY, OTHER_PASSKEY, OTHER_PASSKEY]),
    flags: random.pick([0x05, 0x0d, 0x15, 0x1d, 0x1d, 0x1d, 0x01, 0x45]),
    form: random.pick([0, 0, 1, 2]),
    ...(random.chance(5) ? { serial: 0 } : {}),
  };
}

function recovered(place: Place): Draft {
  const { random } = place;
  const kind = "project-recovered";
  if (random.chance(50)) return { kind, act: "take", way: "none", config: null, root: null };
  const config = randomConfig(random);
  if (random.chance(60)) return { kind, act: "ask", way: "staff", config, root: null };
  const draft: DraftOf<"project-recovered"> = {
    kind,
    act: "ask",
    way: "root",
    config,
    root: [],
    project: place.project,
  };
  return signed(place, draft);
}

function attestations(random: Random, max: number, time: number): readonly StatedAttestation[] {
  const stated = Array.from({ length: random.below(max + 1) }, () => ({
    digest: random.pick(ATTESTATIONS),
    predicate: random.pick(["publish", "publish", "slsa", "other"] as const),
    publisher: random.pick([PUBLISHER, PUBLISHER, PUBLISHER, OTHER_PUBLISHER]),
    time: time + random.pick([0, 0, 0, 0, -50, 120, 121, -21_600]),
  }));
  const order = { publish: 1, slsa: 2, other: 3 } as const;
  const keyOf = (item: (typeof stated)[number]) => `${order[item.predicate]}${item.digest}`;
  return [...new Map(stated.map((item) => [keyOf(item), item])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, item]) => item);
}

function accepted(place: Place): Draft {
  const { ledger, random } = place;
  const received = ledger.now + random.pick([0, 0, 0, -60, 120, 121]);
  const isToken = random.chance(25);
  const isStaged = projectAt(place)?.current.policy.release !== "direct";
  return {
    kind: "file-accepted",
    sha256: random.pick(BYTES),
    file: random.pick(random.chance(3) ? RELEASES : FILES),
    release: random.pick(random.chance(3) ? FILES : RELEASES),
    size: 1 + random.below(1000),
    metadata: random.pick([null, digestOf("metadata")]),
    show: isStaged === random.chance(92) ? "staged" : "now",
    uploader: isToken ? "token" : "publisher",
    publisher: isToken === random.chance(95) ? null : random.pick([PUBLISHER, PUBLISHER, OTHER_PUBLISHER]),
    received,
    attestations: attestations(random, random.pick([0, 2, 4]), received),
  };
}

function voided({ ledger, random, ...place }: Place): Draft {
  const entries = [...(ledger.state.projects.get(place.project)?.entries ?? [])].map((entry) => entry.index);
  const states = [...ledger.state.states].map((entry) => entry.index);
  const all = [...entries, ...entries, ...(place.project === I ? states : []), ledger.state.size + 1];
  const target = random.chance(80) ? random.pick(all) : random.pick([...states, 0]);
  const draft = voidOf(ledger, target, place.project);
  return random.chance(50) ? draft : signed({ ledger, random, ...place }, { ...draft, root: [] });
}

function trustChanged(place: Place): Draft {
  const { ledger, random } = place;
  const draft = trust(ledger, random.chance(20) ? { rootVersion: random.below(3) } : {});
  return signed(place, draft);
}

function published(place: Place): Draft {
  const { ledger, random } = place;
  const files = filesFor(place);
  const draft: DraftOf<"release-published"> = {
    kind: "release-published",
    release: random.pick(RELEASES),
    files,
    consent: NONE,
  };
  const project = projectAt(place);
  const first = project?.files.get(files[0] ?? "");
  const release = first?.kind === "file" && random.chance(85) ? first.release : draft.release;
  if (random.chance(40) || ledger.state.projects.get(K)?.kind !== "project") return { ...draft, release };
  const covered = files.map((file) => {
    const record = project?.files.get(file);
    return { file, sha256: record?.kind === "file" ? record.sha256 : digestOf("nothing") };
  });
  return { ...draft, release, consent: ledger.approval(covered, assertion(random)) };
}

function attested(place: Place): Draft {
  const { ledger, random } = place;
  const [file = ""] = filesFor(place);
  const record = projectAt(place)?.files.get(file);
  const [spare] = attestations(random, 4, ledger.now);
  const stated = attestations(random, 4, ledger.now);
  const one = { digest: digestOf("one"), predicate: "publish", publisher: PUBLISHER, time: 0 } as const;
  return {
    kind: "file-attested",
    sha256: record?.kind === "file" && random.chance(90) ? record.sha256 : random.pick(BYTES),
    file,
    attestations: stated.length > 0 ? stated : [spare ?? one],
  };
}

function amended(place: Place): Draft {
  const { size } = place.ledger.state;
  const from = place.random.below(size);
  const to = from + place.random.below(Math.max(1, size - from) + 1);
  return signed(place, { kind: "amended", from, to, root: [], project: place.project });
}

function items<T extends { readonly file: string }>(
  random: Random,
  make: (random: Random) => T,
): readonly T[] {
  const made = Array.from({ length: 1 + random.below(4) }, () => make(random));
  return [...new Map(made.map((item) => [item.file, item])).values()].sort((a, b) =>
    a.file < b.file ? -1 : 1,
  );
}

function observedItem(random: Random): ObservedItem {
  return {
    file: random.pick(random.chance(3) ? RELEASES : FILES),
    provenance: random.pick([null, digestOf("provenance")]),
    // As a rule the same release for the same name.
    release: random.pick(random.chance(5) ? FILES : RELEASES.slice(0, random.chance(10) ? 3 : 1)),
    seen: random.pick(["published", "yanked", "withdrawn"]),
    sha256: random.chance(85) ? (BYTES[0] ?? "") : random.pick(BYTES),
    size: 7,
  };
}

function importedItem(random: Random): ImportedItem {
  const isBurnt = random.chance(15);
  return {
    file: random.pick(random.chance(3) ? RELEASES : FILES),
    metadata: isBurnt ? null : random.pick([null, digestOf("metadata")]),
    open: random.chance(50),
    release: random.pick(random.chance(3) ? FILES : RELEASES),
    sha256: isBurnt ? NO_DIGEST : random.pick(BYTES),
    size: isBurnt ? 0 : 9,
    state: isBurnt ? "withdrawn" : random.pick(["published", "yanked", "withdrawn"]),
  };
}

function imported(place: Place): Draft {
  const { random } = place;
  const isNew = projectAt(place) === null;
  return {
    kind: "imported",
    config: isNew === random.chance(90) ? randomConfig(random) : null,
    items: items(random, importedItem),
  };
}

/** How long nothing happens: mostly no time, sometimes past one of the delays. */
export function randomPause(random: Random): number {
  return random.pick([0, 0, 1, 60, 3_600, DAY, 8 * DAY, 15 * DAY, 22 * DAY, 7 * DAY + random.below(300)]);
}
