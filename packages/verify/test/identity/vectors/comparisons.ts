// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";
import { type CiIdentity, publisherRecordFor } from "@countermark/verify";
import { GITHUB_CONFIG } from "./claims.ts";
import { GITHUB_IDENTITY, GOOGLE_IDENTITY } from "./identities.ts";

/** Another value of each member, where the rest stays. */
const OTHERS: { readonly [Field in keyof CiIdentity]: CiIdentity[Field] } = {
  provider: "gitlab",
  issuer: "https://token.actions.githubusercontent.com/octo",
  owner: "octo-orb",
  ownerId: "18",
  project: "octo-org/sampleproject2",
  projectId: "4243",
  workflow: ".github/workflows/other.yml",
  calledWorkflow: "other-org/actions/.github/workflows/publish.yml",
  environment: "test",
  subject: "alice@example.com",
  ref: "refs/heads/other",
  commit: "b2".repeat(20),
  runId: "900002",
  trigger: "schedule",
  runnerEnvironment: "self-hosted",
};
const FIELDS = Object.keys(OTHERS) as readonly (keyof CiIdentity)[];
const WHO = [
  "provider",
  "issuer",
  "owner",
  "ownerId",
  "project",
  "projectId",
  "workflow",
  "calledWorkflow",
  "environment",
  "subject",
] as const satisfies readonly (keyof PublisherRecord)[];
const RUN = ["ref", "commit", "runId", "trigger", "runnerEnvironment"] as const;
const BUILDER: readonly (keyof CiIdentity)[] = ["workflow", "calledWorkflow", "environment"];

function withOther(field: keyof CiIdentity, identity: CiIdentity = GITHUB_IDENTITY): CiIdentity {
  return { ...identity, [field]: OTHERS[field] };
}

/** vectors/identity/cross-check.json */
export function crossCheckVectors() {
  const accepted = [];
  const refused = [];
  for (const predicate of ["publish", "provenance"] as const) {
    const asked = { token: GITHUB_IDENTITY, certificate: GITHUB_IDENTITY, predicate };
    accepted.push({ claim: `${predicate}: the same run`, ...asked });
    accepted.push({
      claim: `${predicate}: the same person`,
      ...asked,
      token: GOOGLE_IDENTITY,
      certificate: GOOGLE_IDENTITY,
    });
    const run: readonly (keyof CiIdentity)[] =
      predicate === "publish" ? ["runId", "commit", "ref"] : ["commit"];
    const who =
      predicate === "publish" ? WHO : WHO.filter((field) => !BUILDER.some((name) => name === field));
    for (const field of FIELDS) {
      const claim = `${predicate}: another ${field}`;
      const other = { ...asked, certificate: withOther(field) };
      if (who.some((name) => name === field)) refused.push({ claim, ...other, code: "cross-check-identity" });
      else if (run.some((name) => name === field)) refused.push({ claim, ...other, code: "cross-check-run" });
      else accepted.push({ claim, ...other });
    }
    refused.push({
      claim: `${predicate}: an owner in another case`,
      ...asked,
      certificate: { ...GITHUB_IDENTITY, owner: "Octo-Org" },
      code: "cross-check-identity",
    });
    refused.push({
      claim: `${predicate}: another project and another commit`,
      ...asked,
      certificate: { ...withOther("projectId"), commit: OTHERS.commit },
      code: "cross-check-identity",
    });
  }
  return { accepted, refused };
}

/** vectors/identity/same-identity.json */
export function sameIdentityVectors() {
  const record = publisherRecordFor(GITHUB_IDENTITY);
  const compared = (
    claim: string,
    identity: CiIdentity,
    differences: readonly (keyof PublisherRecord)[],
    registered: PublisherRecord = record,
  ) => ({
    claim,
    record: registered,
    identity,
    differences,
    words: differences
      .map((field) => `${field} is ${inWords(identity[field])}, expected ${inWords(registered[field])}`)
      .join("; "),
    registered: { ...registered, ...Object.fromEntries(WHO.map((field) => [field, identity[field]])) },
  });
  const anyEnvironment = { ...record, environment: null };
  return [
    compared("the same", GITHUB_IDENTITY, []),
    compared("the same person", GOOGLE_IDENTITY, [], publisherRecordFor(GOOGLE_IDENTITY)),
    ...WHO.map((field) => compared(`another ${field}`, withOther(field), [field])),
    ...RUN.map((field) => compared(`another ${field}`, withOther(field), [])),
    ...WHO.filter(
      (field) => GITHUB_IDENTITY[field] !== null && field !== "provider" && field !== "issuer",
    ).map((field) => compared(`no ${field}`, { ...GITHUB_IDENTITY, [field]: null }, [field])),
    compared("a record for any environment", GITHUB_IDENTITY, [], anyEnvironment),
    compared(
      "a record for any environment, and none",
      { ...GITHUB_IDENTITY, environment: null },
      [],
      anyEnvironment,
    ),
    compared("a record without a project's id", GITHUB_IDENTITY, ["projectId"], {
      ...record,
      projectId: null,
    }),
    compared("the project in another case", { ...GITHUB_IDENTITY, project: "Octo-Org/SampleProject" }, [
      "project",
    ]),
    compared("two differences", { ...withOther("owner"), ownerId: "18" }, ["owner", "ownerId"]),
  ];
}

function inWords(value: string | null): string {
  return value === null ? "none" : `"${value}"`;
}

/** vectors/identity/providers.json */
export function providerVectors() {
  const github = (changes: { readonly issuer?: string; readonly serverUrl?: string }) => ({
    ...GITHUB_CONFIG,
    ...changes,
  });
  return {
    names: ["github", "gitlab", "google"],
    usable: [
      GITHUB_CONFIG,
      github({ issuer: "http://localhost:8080", serverUrl: "http://127.0.0.1:8080" }),
      github({ issuer: "https://github.example/_services/token/v1.0~a-b" }),
    ],
    unusable: [
      ["an issuer with a slash at the end", { issuer: "https://github.example/" }],
      ["a server with a slash at the end", { serverUrl: "https://github.com/" }],
      ["a server without a scheme", { serverUrl: "github.com" }],
      ["a scheme that is another one", { issuer: "ftp://github.example" }],
      ["text before the scheme", { issuer: "xhttps://github.example" }],
      ["an empty issuer", { issuer: "" }],
      ["no host", { issuer: "https://" }],
      ["a space", { issuer: "https://github.example/a b" }],
      ["a port that is no number", { issuer: "https://github.example:x" }],
      ["an empty port", { issuer: "https://github.example:" }],
      ["a query", { issuer: "https://github.example?x=y" }],
      ["two slashes in the path", { issuer: "https://github.example//token" }],
    ].map(([claim, changes]) => ({ claim, ...github(changes as object) })),
    found: [
      { issuer: "https://token.actions.githubusercontent.com", provider: "github" },
      { issuer: "https://gitlab.com", provider: "gitlab" },
      { issuer: "https://accounts.google.com", provider: "google" },
      { issuer: "https://gitlab.com/", provider: null },
      { issuer: "https://gitlab.co", provider: null },
      { issuer: "", provider: null },
    ],
  };
}
