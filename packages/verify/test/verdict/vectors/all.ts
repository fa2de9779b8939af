// SPDX-License-Identifier: Apache-2.0
import { publisherRecordFor, type Verdict } from "@countermark/verify";
import { GITHUB_IDENTITY, GOOGLE_IDENTITY } from "../../identity/vectors/identities.ts";

const ORIGIN = "example.com/index";
const GITHUB = publisherRecordFor(GITHUB_IDENTITY);
const SIGNED = { signedAt: 1_790_000_000, logIndex: 3 };
const ATTESTED = { identity: GITHUB, ...SIGNED };
const LOGGED = { origin: ORIGIN, index: 7, head: "audited" } as const;
const LOGGED_LINE = `logged at index 7 of ${ORIGIN}, audited: the index kept its rules`;
const IDS = "repository id 4242, owner id 17";
const ISSUER = `of ${GITHUB.issuer}`;
const WORKFLOW = "workflow .github/workflows/release.yml";
const CALLED = "other-org/actions/.github/workflows/publish.yml";
const ATTESTED_LINE = `attested by "octo-org/sampleproject" (${IDS}), ${WORKFLOW}, environment pypi ${ISSUER}`;
const VERDICT: Verdict = {
  filename: "f.tar.gz",
  logged: LOGGED,
  attested: ATTESTED,
  locked: "first-use",
  yanked: false,
};

interface Row {
  readonly claim: string;
  readonly verdict: Partial<Verdict>;
  readonly lines: readonly string[];
  readonly words: readonly string[];
}

const ALL_WORDS = ["logged", "attested", "locked", "audited"];

/** Verdicts on files by other identities. */
const IDENTITIES: readonly (readonly [claim: string, changes: Partial<typeof GITHUB>, words: string])[] = [
  [
    "without ids",
    { projectId: null, ownerId: null },
    `"octo-org/sampleproject" (repository id none, owner id none), ${WORKFLOW}, environment pypi ${ISSUER}`,
  ],
  [
    "without workflow and environment",
    { workflow: null, environment: null },
    `"octo-org/sampleproject" (${IDS}) ${ISSUER}`,
  ],
  [
    "of a called workflow",
    { calledWorkflow: CALLED },
    `"octo-org/sampleproject" (${IDS}), ${WORKFLOW}, called workflow ${CALLED}, environment pypi ${ISSUER}`,
  ],
  ["of a person", publisherRecordFor(GOOGLE_IDENTITY), '"alice@example.com" of https://accounts.google.com'],
  ["of nobody", { project: null }, `"nobody" ${ISSUER}`],
];

const LOCKS: readonly (readonly [NonNullable<Verdict["locked"]>, string])[] = [
  ["first-use", "locked now, on first use"],
  ["same-file", "locked, as before"],
  ["same-identity", "locked: a new file of the same identity"],
  ["still-unattested", "locked: a new file, unattested as before"],
  ["newly-attested", "locked now to its identity: it was unattested before"],
  ["older-than-attested", "not held to the lock: older than the project's first attested file"],
  ["change-accepted", "locked now: you accepted the change"],
];

const ROWS: readonly Row[] = [
  ...LOCKS.map(([locked, words]) => ({
    claim: locked,
    verdict: { locked },
    lines: [LOGGED_LINE, ATTESTED_LINE, words],
    words: locked === "older-than-attested" ? ["logged", "attested", "audited"] : ALL_WORDS,
  })),
  ...IDENTITIES.map(([claim, changes, words]) => ({
    claim,
    verdict: { attested: { ...ATTESTED, identity: { ...GITHUB, ...changes } } },
    lines: [LOGGED_LINE, `attested by ${words}`, "locked now, on first use"],
    words: ALL_WORDS,
  })),
  {
    claim: "nothing",
    verdict: { logged: null, attested: null, locked: null },
    lines: ["not logged", "not attested"],
    words: [],
  },
  {
    claim: "yanked",
    verdict: { yanked: true, locked: null },
    lines: [LOGGED_LINE, ATTESTED_LINE, "yanked by its owner or the index"],
    words: ["logged", "attested", "audited"],
  },
  {
    claim: "witnessed",
    verdict: { logged: { ...LOGGED, head: "witnessed" }, attested: null, locked: null },
    lines: [`logged at index 7 of ${ORIGIN}, witnessed: the same for everybody`, "not attested"],
    words: ["logged"],
  },
  {
    claim: "by the index's word",
    verdict: { logged: { ...LOGGED, head: "none" }, attested: null, locked: null },
    lines: [`logged at index 7 of ${ORIGIN}, by the index's word alone`, "not attested"],
    words: ["logged"],
  },
];

/** The files of vectors/verdict/, by name. */
export async function verdictVectors(): Promise<Readonly<Record<string, unknown>>> {
  const others = [
    ["from git", 2],
    ["editable", 1],
  ];
  return {
    "verdict.json": {
      verdicts: ROWS.map(({ claim, verdict, lines, words }) => ({
        claim,
        verdict: { ...VERDICT, ...verdict },
        lines,
        words,
      })),
      coverages: [
        { installed: 6, verified: 6, others: [], line: "6 installed: 6 verified" },
        { installed: 41, verified: 38, others, line: "41 installed: 38 verified, 2 from git, 1 editable" },
      ],
    },
  };
}
