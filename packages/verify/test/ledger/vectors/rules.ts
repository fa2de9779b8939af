// SPDX-License-Identifier: Apache-2.0
import {
  type ConfigRecord,
  configId,
  encodeConfigRecord,
  encodeFileMapRecord,
  encodeHex,
  encodeIndexHeader,
  encodeProjectHeader,
  type IndexHeader,
  type ProjectHeader,
} from "@countermark/formats";
import { findProject, findRelease } from "@countermark/verify";
import { applyAll, changeState, crowded } from "../../vectors/ledger/rules.ts";
import {
  CONFIG,
  crypto,
  DAY,
  type Draft,
  digestOf,
  F,
  GUARDED,
  K,
  ToyLedger,
  toyKey,
  V,
} from "../toy-ledger.ts";
import {
  CANCEL,
  configure,
  OTHER,
  OTHER_GUARDED,
  policy,
  TAKE,
  upload,
  voidOf,
  withFile,
} from "./stories/tell.ts";

type Changes = Parameters<typeof changeState>[2];
type Leaves = (ledger: ToyLedger) => readonly (Draft | Uint8Array)[];

interface Rule {
  readonly claim: string;
  readonly base: keyof typeof BASES;
  readonly changes?: (ledger: ToyLedger) => Changes;
  readonly aside?: Leaves;
  readonly leaves: Leaves;
}

const BASES = {
  "without a file": () => ToyLedger.withProject(),
  "with a file": () => withFile(),
  "a week later": async () => {
    const ledger = await withFile();
    await ledger.wait(7 * DAY + 10);
    return ledger;
  },
  "three weeks later": async () => {
    const ledger = await withFile();
    await ledger.wait(21 * DAY + 10);
    return ledger;
  },
  guarded: () => withFile(GUARDED),
  "guarded, changed": async () => {
    const ledger = await withFile(GUARDED);
    await ledger.add(configure("change", "passkey", CONFIG, ledger.consent("change", CONFIG)));
    return ledger;
  },
  importing: async () => {
    const ledger = await ToyLedger.create({ import: "open" });
    await ledger.add(imported("first", { config: CONFIG, seq: 0 }));
    return ledger;
  },
  observing: async () => {
    const ledger = await ToyLedger.create({ role: "observer" });
    await ledger.add(observed("first", { seq: 0 }));
    return ledger;
  },
} as const satisfies Record<string, () => Promise<ToyLedger>>;

type Outside = Partial<{
  readonly file: string;
  readonly release: string;
  readonly project: string;
  readonly seq: number;
  readonly config: ConfigRecord;
}>;

/** An import of one file, as the second entry of project K. */
function imported(name: string, changes: Outside = {}): Draft {
  const { file = digestOf(name), release = V, project = K, seq = 1, config = null } = changes;
  const known = { metadata: null, open: false, size: 9, state: "published" } as const;
  const item = { ...known, file, release, sha256: digestOf(`${name} bytes`) };
  return { kind: "imported", config, items: [item], project, seq };
}

/** An observation of one file. */
function observed(name: string, changes: Outside = {}): Draft {
  const { file = digestOf(name), release = V, project = K, seq = 1 } = changes;
  const known = { provenance: null, seen: "published", size: 9 } as const;
  const item = { ...known, file, release, sha256: digestOf(`${name} bytes`) };
  return { kind: "observed", items: [item], role: "observer", project, seq };
}

const UNMET = policy({ uploads: "publisher" }, { ...CONFIG, publishers: [] });
const RESERVE: Draft = { kind: "project-reserved", project: digestOf("name") };

function indexWith(ledger: ToyLedger, changes: Partial<IndexHeader>): Changes {
  const header = ledger.state.index?.header;
  if (header === undefined) throw new TypeError("There is no index");
  return { indexHeader: encodeHex(encodeIndexHeader({ ...header, ...changes })) };
}

function projectOf(ledger: ToyLedger) {
  const project = findProject(ledger.state, K);
  if (project === null) throw new TypeError("There is no project");
  return project;
}

/** Something that entry 3 asked for in this way. */
function asked(ledger: ToyLedger, way: ProjectHeader["way"], config: ConfigRecord = OTHER): Changes {
  const record = encodeConfigRecord(config);
  const pending = configId((bytes) => crypto.sha256(bytes), record);
  const header = { ...projectOf(ledger).header, pending, asked: 3, way };
  return { header: encodeHex(encodeProjectHeader(header)), pending: encodeHex(record) };
}

function closedRelease(ledger: ToyLedger): Changes {
  const release = findRelease(projectOf(ledger), V);
  if (release === null) throw new TypeError("There is no release");
  const hex = encodeHex(encodeFileMapRecord({ ...release, state: "closed", closed: 3 }));
  return { records: [{ key: V, hex }] };
}

const RULES: readonly Rule[] = [
  {
    claim: "an entry after the log's end",
    base: "with a file",
    changes: (ledger) => indexWith(ledger, { end: "succeeded" }),
    leaves: () => [RESERVE],
  },
  {
    claim: "an entry after the log's sunset",
    base: "with a file",
    changes: (ledger) => indexWith(ledger, { end: "sunset" }),
    leaves: () => [RESERVE],
  },
  {
    claim: "a project has the rules that its last entry was made by",
    base: "with a file",
    changes: (ledger) => ({
      header: encodeHex(encodeProjectHeader({ ...projectOf(ledger).header, rules: 7 })),
    }),
    leaves: () => [{ kind: "yanked", files: [F], reason: "owner" }, RESERVE],
  },
  {
    claim: "nothing is said under rules that are not known",
    base: "with a file",
    changes: (ledger) => indexWith(ledger, { rules: 2 }),
    leaves: (ledger) => [RESERVE, ledger.leaf(RESERVE, toyKey("stranger")), new Uint8Array([1])],
  },
  {
    claim: "a recovery to a configuration that contradicts itself",
    base: "three weeks later",
    changes: (ledger) => asked(ledger, "staff", UNMET),
    leaves: () => [{ kind: "project-recovered", act: "take", way: "none", config: null, root: null }],
  },
  ...(["account", "passkey", "publisher", "staff", "root"] as const).map(
    (way): Rule => ({
      claim: `a take of what was asked for by ${way}`,
      base: "a week later",
      changes: (ledger) => asked(ledger, way),
      leaves: () => [TAKE],
    }),
  ),
  {
    claim: "a take of what is no longer legal",
    base: "a week later",
    changes: (ledger) => asked(ledger, "account", UNMET),
    leaves: () => [TAKE],
  },
  ...(["account", "staff", "root"] as const).flatMap((way): readonly Rule[] => [
    {
      claim: `a cancel of what was asked for by ${way}`,
      base: "with a file",
      changes: (ledger) => asked(ledger, way),
      leaves: () => [CANCEL],
    },
    {
      claim: `a free change while something is pending by ${way}`,
      base: "without a file",
      changes: (ledger) => asked(ledger, way),
      leaves: () => [configure("change", "free", GUARDED)],
    },
    {
      claim: `a change by passkey while something is pending by ${way}`,
      base: "guarded",
      changes: (ledger) => asked(ledger, way),
      leaves: (ledger) => [
        configure("change", "passkey", OTHER_GUARDED, ledger.consent("change", OTHER_GUARDED)),
      ],
    },
    {
      claim: `an undo while something is pending by ${way}`,
      base: "guarded, changed",
      changes: (ledger) => asked(ledger, way),
      leaves: (ledger) => [configure("undo", "passkey", GUARDED, ledger.consent("undo", GUARDED))],
    },
  ]),
  {
    claim: "a file after its release was closed",
    base: "with a file",
    changes: closedRelease,
    leaves: (ledger) => [
      upload(ledger, "late"),
      upload(ledger, "other", { release: digestOf("other release") }),
    ],
  },
  {
    claim: "the last files in a bucket that are imported, then one too many",
    base: "importing",
    changes: () => ({ crowdOfFiles: 4_095 }),
    leaves: () => [
      imported("of a release too many", { release: crowded(4_095), file: crowded(4_096) }),
      imported("last", { file: crowded(4_095) }),
      imported("too many", { file: crowded(4_096), seq: 2 }),
      imported("a release too many", { release: crowded(4_096), seq: 2 }),
      imported("in another bucket", { seq: 2 }),
    ],
  },
  {
    claim: "the last projects in a bucket that are imported, then one too many",
    base: "importing",
    changes: () => ({ crowdOfProjects: 4_095 }),
    leaves: () => [
      imported("last", { project: crowded(4_095), config: CONFIG, seq: 0 }),
      imported("too many", { project: crowded(4_096), config: CONFIG, seq: 0 }),
      imported("into a crowd", { project: crowded(4_095), seq: 1 }),
    ],
  },
  {
    claim: "the last projects in a bucket that are observed, then one too many",
    base: "observing",
    changes: () => ({ crowdOfProjects: 4_095 }),
    leaves: () => [
      observed("last", { project: crowded(4_095), seq: 0 }),
      observed("too many", { project: crowded(4_096), seq: 0 }),
      observed("in a crowd", { project: crowded(4_095), seq: 1 }),
    ],
  },
  {
    claim: "the last file in a bucket, then a file and a release too many",
    base: "with a file",
    changes: () => ({ crowdOfFiles: 4_095 }),
    leaves: (ledger) => [
      upload(ledger, "last", { file: crowded(4_095) }),
      upload(ledger, "too many", { file: crowded(4_096), seq: 3 }),
      upload(ledger, "of a release too many", { release: crowded(4_096), seq: 3 }),
      upload(ledger, "in another bucket", { seq: 3 }),
    ],
  },
  {
    claim: "the last name in a bucket, then a name and a project too many; the name is created all the same",
    base: "with a file",
    changes: () => ({ crowdOfProjects: 4_095 }),
    leaves: () => [
      { kind: "project-reserved", project: crowded(4_095), seq: 0 },
      { kind: "project-reserved", project: crowded(4_096), seq: 0 },
      { kind: "project-created", config: CONFIG, project: crowded(4_096), seq: 0 },
      { kind: "project-created", config: CONFIG, project: crowded(4_095), seq: 1 },
    ],
  },
  {
    claim: "an older state goes on as if nothing had come after it",
    base: "with a file",
    aside: () => [{ kind: "yanked", files: [F], reason: "owner" }],
    leaves: (ledger) => {
      const second = upload(ledger, "second");
      const statement = statementOf(ledger, second);
      return [
        second,
        { ...voidOf(ledger, 3), target: 4, statement, seq: 3 },
        { ...voidOf(ledger, 2), seq: 4 },
      ];
    },
  },
  {
    claim: "an older state does not know what came after it",
    base: "with a file",
    aside: (ledger) => [upload(ledger, "second")],
    leaves: (ledger) => {
      const statement = statementOf(ledger, upload(ledger, "second"));
      return [{ ...voidOf(ledger, 3), target: 4, statement }];
    },
  },
];

/** What a void would name the next entry by, if it were `draft`. */
function statementOf(ledger: ToyLedger, draft: Draft): string {
  const payload = JSON.parse(new TextDecoder().decode(ledger.leaf(draft))).payload as string; // the envelope of an entry
  return encodeHex(crypto.sha256(new Uint8Array(Buffer.from(payload, "base64"))));
}

/** vectors/ledger/rules.json */
export async function ruleVectors() {
  const bases: Record<string, readonly string[]> = {};
  const rules = [];
  for (const { claim, base, changes = (): Changes => ({}), aside = () => [], leaves } of RULES) {
    const ledger = await BASES[base]();
    bases[base] = ledger.leaves.map(encodeHex);
    const changed = changes(ledger);
    const hexOf = (items: readonly (Draft | Uint8Array)[]): string[] =>
      items.map((item) => encodeHex(item instanceof Uint8Array ? item : ledger.leaf(item)));
    let state = changeState(ledger.state, K, changed, crypto);
    const isCrowd = changed.crowdOfFiles !== undefined || changed.crowdOfProjects !== undefined;
    const steps = [];
    for (const leaf of hexOf(leaves(ledger))) {
      const applied = await applyAll(state, [leaf], crypto);
      state = applied.state;
      const map = isCrowd ? null : state.projects.commitment();
      steps.push({ leaf, outcome: applied.outcomes[0], map });
    }
    rules.push({
      claim,
      base,
      project: K,
      changes: changed,
      aside: hexOf(aside(ledger)),
      steps,
    });
  }
  return { bases, rules };
}
