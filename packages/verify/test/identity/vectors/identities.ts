// SPDX-License-Identifier: Apache-2.0
import type { CiIdentity } from "@countermark/verify";
import {
  COMMIT,
  GITHUB_CLAIMS,
  GITHUB_CONFIG,
  GITLAB_CLAIMS,
  GITLAB_CONFIG,
  GOOGLE_CLAIMS,
  GOOGLE_CONFIG,
  WORKFLOW,
} from "./claims.ts";

const WORKFLOW_URI = `https://github.com/${GITHUB_CLAIMS.workflow_ref}`;
const GITHUB_NAME = { kind: "uri", value: WORKFLOW_URI };
const GITHUB_FIELDS = {
  issuer: GITHUB_CONFIG.issuer,
  buildSignerUri: WORKFLOW_URI,
  buildSignerDigest: COMMIT,
  runnerEnvironment: "github-hosted",
  sourceRepositoryUri: "https://github.com/octo-org/sampleproject",
  sourceRepositoryDigest: COMMIT,
  sourceRepositoryRef: "refs/heads/main",
  sourceRepositoryId: "4242",
  ownerUri: "https://github.com/octo-org",
  ownerId: "17",
  buildConfigUri: WORKFLOW_URI,
  buildConfigDigest: COMMIT,
  buildTrigger: "push",
  runInvocationUri: "https://github.com/octo-org/sampleproject/actions/runs/900001/attempts/1",
  visibility: "public",
  environment: "pypi",
  subject: GITHUB_CLAIMS.sub,
};
export const GITHUB_IDENTITY: CiIdentity = {
  provider: "github",
  issuer: GITHUB_CONFIG.issuer,
  owner: "octo-org",
  ownerId: "17",
  project: "octo-org/sampleproject",
  projectId: "4242",
  workflow: ".github/workflows/release.yml",
  calledWorkflow: null,
  environment: "pypi",
  subject: null,
  ref: "refs/heads/main",
  commit: COMMIT,
  runId: "900001",
  trigger: "push",
  runnerEnvironment: "github-hosted",
};

const PIPELINE_URI = `https://${GITLAB_CLAIMS.ci_config_ref_uri}`;
const GITLAB_NAME = { kind: "uri", value: PIPELINE_URI };
const GITLAB_FIELDS = {
  issuer: GITLAB_CONFIG.issuer,
  buildSignerUri: PIPELINE_URI,
  buildSignerDigest: COMMIT,
  runnerEnvironment: "gitlab-hosted",
  sourceRepositoryUri: "https://gitlab.com/group/subgroup/sampleproject",
  sourceRepositoryDigest: COMMIT,
  sourceRepositoryRef: "refs/heads/main",
  sourceRepositoryId: "51",
  ownerUri: "https://gitlab.com/group/subgroup",
  ownerId: "7",
  buildConfigUri: PIPELINE_URI,
  buildConfigDigest: COMMIT,
  buildTrigger: "push",
  runInvocationUri: "https://gitlab.com/group/subgroup/sampleproject/-/jobs/800001",
  visibility: "public",
  environment: "pypi",
  subject: GITLAB_CLAIMS.sub,
};
const GITLAB_IDENTITY: CiIdentity = {
  provider: "gitlab",
  issuer: GITLAB_CONFIG.issuer,
  owner: "group/subgroup",
  ownerId: "7",
  project: "group/subgroup/sampleproject",
  projectId: "51",
  workflow: ".gitlab-ci.yml",
  calledWorkflow: null,
  environment: "pypi",
  subject: null,
  ref: "refs/heads/main",
  commit: COMMIT,
  runId: "800001",
  trigger: "push",
  runnerEnvironment: "gitlab-hosted",
};

const GOOGLE_NAME = { kind: "email", value: "alice@example.com" };
const GOOGLE_FIELDS = { issuer: GOOGLE_CONFIG.issuer, subject: "1122334455" };
export const GOOGLE_IDENTITY: CiIdentity = {
  provider: "google",
  issuer: GOOGLE_CONFIG.issuer,
  owner: null,
  ownerId: "1122334455",
  project: null,
  projectId: null,
  workflow: null,
  calledWorkflow: null,
  environment: null,
  subject: "alice@example.com",
  ref: null,
  commit: null,
  runId: null,
  trigger: null,
  runnerEnvironment: null,
};

const GITHUB_NEEDS = Object.keys(GITHUB_CLAIMS).filter(
  (claim) => !["sub", "aud", "iat", "nbf", "exp", "jti", "environment", "iss"].some((name) => name === claim),
);

type Changes = Readonly<Record<string, unknown>>;

/** vectors/identity/ci-identity.json */
export function ciIdentityVectors() {
  const github = (changes: Changes = {}) => ({
    provider: GITHUB_CONFIG,
    claims: JSON.stringify({ ...GITHUB_CLAIMS, ...changes }),
  });
  const gitlab = (changes: Changes = {}) => ({
    provider: GITLAB_CONFIG,
    claims: JSON.stringify({ ...GITLAB_CLAIMS, ...changes }),
  });
  const google = (changes: Changes = {}) => ({
    provider: GOOGLE_CONFIG,
    claims: JSON.stringify({ ...GOOGLE_CLAIMS, ...changes }),
  });
  const { environment: _environment, ...withoutEnvironment } = GITHUB_FIELDS;
  const { environment: _other, ...gitlabWithoutEnvironment } = GITLAB_FIELDS;
  const githubSays = { name: GITHUB_NAME, fields: GITHUB_FIELDS, identity: GITHUB_IDENTITY };
  return {
    accepted: [
      { claim: "a job of GitHub", ...github(), ...githubSays },
      {
        claim: "a job of GitHub without an environment",
        ...github({ environment: undefined }),
        name: GITHUB_NAME,
        fields: withoutEnvironment,
        identity: { ...GITHUB_IDENTITY, environment: null },
      },
      {
        claim: "a job of GitHub with an empty environment",
        ...github({ environment: "" }),
        name: GITHUB_NAME,
        fields: withoutEnvironment,
        identity: { ...GITHUB_IDENTITY, environment: null },
      },
      {
        claim: "a job of GitHub's own instance elsewhere",
        provider: {
          provider: "github",
          issuer: "https://github.example/_services/token",
          serverUrl: "https://github.example",
        },
        claims: JSON.stringify({ ...GITHUB_CLAIMS, iss: "https://github.example/_services/token" }),
        name: { kind: "uri", value: WORKFLOW_URI.replace("github.com", "github.example") },
        fields: Object.fromEntries(
          Object.entries({ ...GITHUB_FIELDS, issuer: "https://github.example/_services/token" }).map(
            ([name, value]) => [name, value.replace("https://github.com/", "https://github.example/")],
          ),
        ),
        identity: { ...GITHUB_IDENTITY, issuer: "https://github.example/_services/token" },
      },
      {
        claim: "an environment of 2,048 characters",
        ...github({ environment: "x".repeat(2_048) }),
        name: GITHUB_NAME,
        fields: { ...GITHUB_FIELDS, environment: "x".repeat(2_048) },
        identity: { ...GITHUB_IDENTITY, environment: "x".repeat(2_048) },
      },
      {
        claim: "a job of GitLab without an environment",
        ...gitlab({ environment: undefined }),
        name: GITLAB_NAME,
        fields: gitlabWithoutEnvironment,
        identity: { ...GITLAB_IDENTITY, environment: null },
      },
      {
        claim: "a job of GitLab",
        ...gitlab(),
        name: GITLAB_NAME,
        fields: GITLAB_FIELDS,
        identity: GITLAB_IDENTITY,
      },
      { claim: "a person", ...google(), name: GOOGLE_NAME, fields: GOOGLE_FIELDS, identity: GOOGLE_IDENTITY },
    ],
    refused: [
      ...GITHUB_NEEDS.map((name) => ({
        claim: `a job of GitHub without ${name}`,
        ...github({ [name]: undefined }),
        code: "identity-incomplete",
      })),
      {
        claim: "a job of GitHub with an empty name",
        ...github({ repository: "" }),
        code: "identity-incomplete",
      },
      { claim: "an id that is a number", ...github({ repository_id: 4242 }), code: "wrong-type" },
      {
        claim: "a claim of 2,049 characters",
        ...github({ event_name: "x".repeat(2_049) }),
        code: "too-large",
      },
      {
        claim: "a token of another issuer",
        ...github({ iss: "https://gitlab.com" }),
        code: "identity-issuer",
      },
      {
        claim: "pull_request_target",
        ...github({ event_name: "pull_request_target" }),
        code: "trigger-refused",
      },
      { claim: "workflow_run", ...github({ event_name: "workflow_run" }), code: "trigger-refused" },
      {
        claim: "a person whose address is not verified",
        ...google({ email_verified: false }),
        code: "identity-unverified",
      },
      {
        claim: "a person whose address is verified in words",
        ...google({ email_verified: "true" }),
        code: "identity-unverified",
      },
      {
        claim: "a person of whose address nothing is said",
        ...google({ email_verified: undefined }),
        code: "identity-unverified",
      },
      { claim: "a person without address", ...google({ email: undefined }), code: "identity-incomplete" },
    ],
  };
}

/** vectors/identity/certificate-identity.json */
export function certificateIdentityVectors() {
  const github = { provider: GITHUB_CONFIG, name: GITHUB_NAME };
  const githubWith = (changes: Changes, name: object = GITHUB_NAME) => ({
    provider: GITHUB_CONFIG,
    name,
    fields: { ...GITHUB_FIELDS, ...changes },
  });
  const gitlabWith = (changes: Changes, name: object = GITLAB_NAME) => ({
    provider: GITLAB_CONFIG,
    name,
    fields: { ...GITLAB_FIELDS, ...changes },
  });
  const personWith = (changes: Changes, name: object = GOOGLE_NAME) => ({
    provider: GOOGLE_CONFIG,
    name,
    fields: { ...GOOGLE_FIELDS, ...changes },
  });
  /** The same workflow is the one that was started and the one that signs. */
  const started = (ref: string, changes: Changes = {}) => {
    const uri = `https://github.com/${ref}`;
    return githubWith({ buildSignerUri: uri, buildConfigUri: uri, ...changes }, { kind: "uri", value: uri });
  };
  const called = (ref: string) => {
    const uri = `https://github.com/${ref}`;
    return githubWith({ buildSignerUri: uri }, { kind: "uri", value: uri });
  };
  const pipeline = (ref: string, changes: Changes = {}) => {
    const uri = `https://gitlab.com/${ref}`;
    return gitlabWith({ buildConfigUri: uri, ...changes }, { kind: "uri", value: uri });
  };
  const run = (path: string) =>
    githubWith({ runInvocationUri: `https://github.com/octo-org/sampleproject/${path}` });
  const job = (path: string) =>
    gitlabWith({ runInvocationUri: `https://gitlab.com/group/subgroup/sampleproject/${path}` });
  const runOf = (project: string, id: string) =>
    `https://github.com/${project}/actions/runs/${id}/attempts/1`;
  /** The URI on a server whose name is another of the same length. */
  const elsewhere = (field: "sourceRepositoryUri" | "ownerUri" | "buildConfigUri" | "runInvocationUri") =>
    githubWith({ [field]: GITHUB_FIELDS[field].replace("github.com", "gitxub.com") });
  const wrong = (claim: string, asked: object) => ({ claim, ...asked, code: "identity-inconsistent" });
  const absent = (field: string, asked: (changes: Changes) => object, provider: string) => [
    { claim: `${provider}: without ${field}`, ...asked({ [field]: null }), code: "identity-incomplete" },
    { claim: `${provider}: with an empty ${field}`, ...asked({ [field]: "" }), code: "identity-incomplete" },
  ];
  const PIPELINE = "group/subgroup/sampleproject//.gitlab-ci.yml";
  const RUNS = "octo-org/sampleproject/actions/runs/900001/attempts/1";
  return {
    accepted: [
      { claim: "GitHub", ...github, fields: GITHUB_FIELDS, identity: GITHUB_IDENTITY },
      {
        claim: "GitHub: another attempt of a run",
        ...run("actions/runs/900001/attempts/12"),
        identity: GITHUB_IDENTITY,
      },
      {
        claim: "GitHub: a workflow named at its commit",
        ...started(`${WORKFLOW}@${COMMIT}`),
        identity: GITHUB_IDENTITY,
      },
      {
        claim: "GitHub: a ref with an @",
        ...started(`${WORKFLOW}@refs/heads/a@b`, { sourceRepositoryRef: "refs/heads/a@b" }),
        identity: { ...GITHUB_IDENTITY, ref: "refs/heads/a@b" },
      },
      {
        claim: "GitHub: a workflow that ends in .yaml",
        ...started("octo-org/sampleproject/.github/workflows/release.yaml@refs/heads/main"),
        identity: { ...GITHUB_IDENTITY, workflow: ".github/workflows/release.yaml" },
      },
      {
        claim: "GitHub: a called workflow of another project",
        ...called("other-org/actions/.github/workflows/publish.yml@refs/tags/v1"),
        identity: { ...GITHUB_IDENTITY, calledWorkflow: "other-org/actions/.github/workflows/publish.yml" },
      },
      {
        claim: "GitHub: the workflow itself, called at another ref",
        ...called(`${WORKFLOW}@refs/heads/evil`),
        identity: { ...GITHUB_IDENTITY, calledWorkflow: WORKFLOW },
      },
      {
        claim: "GitHub: without an environment",
        ...githubWith({ environment: null }),
        identity: { ...GITHUB_IDENTITY, environment: null },
      },
      {
        claim: "GitHub: a run, an owner and a repository of one digit",
        ...githubWith({
          ownerId: "7",
          sourceRepositoryId: "8",
          runInvocationUri: runOf("octo-org/sampleproject", "9"),
        }),
        identity: { ...GITHUB_IDENTITY, ownerId: "7", projectId: "8", runId: "9" },
      },
      {
        claim: "GitHub: a repository of one letter",
        ...started("octo-org/x/.github/workflows/release.yml@refs/heads/main", {
          sourceRepositoryUri: "https://github.com/octo-org/x",
          runInvocationUri: runOf("octo-org/x", "900001"),
        }),
        identity: { ...GITHUB_IDENTITY, project: "octo-org/x" },
      },
      {
        claim: "GitLab: a job of one digit",
        ...job("-/jobs/9"),
        identity: { ...GITLAB_IDENTITY, runId: "9" },
      },
      {
        claim: "GitLab: a ref with an @",
        ...pipeline(`${PIPELINE}@refs/heads/a@b`, { sourceRepositoryRef: "refs/heads/a@b" }),
        identity: { ...GITLAB_IDENTITY, ref: "refs/heads/a@b" },
      },
      {
        claim: "GitLab",
        provider: GITLAB_CONFIG,
        name: GITLAB_NAME,
        fields: GITLAB_FIELDS,
        identity: GITLAB_IDENTITY,
      },
      {
        claim: "GitLab: a pipeline named at its commit",
        ...pipeline(`${PIPELINE}@${COMMIT}`),
        identity: GITLAB_IDENTITY,
      },
      {
        claim: "GitLab: a pipeline in a folder",
        ...pipeline("group/subgroup/sampleproject//ci/release.yml@refs/heads/main"),
        identity: { ...GITLAB_IDENTITY, workflow: "ci/release.yml" },
      },
      { claim: "a person", ...personWith({}), identity: GOOGLE_IDENTITY },
      {
        claim: "a person without a number",
        ...personWith({ subject: null }),
        identity: { ...GOOGLE_IDENTITY, ownerId: null },
      },
    ],
    refused: [
      { claim: "another issuer", ...githubWith({ issuer: "https://gitlab.com" }), code: "identity-issuer" },
      { claim: "no issuer", ...githubWith({ issuer: null }), code: "identity-issuer" },
      {
        claim: "pull_request_target",
        ...githubWith({ buildTrigger: "pull_request_target" }),
        code: "trigger-refused",
      },
      { claim: "workflow_run", ...githubWith({ buildTrigger: "workflow_run" }), code: "trigger-refused" },
      ...[
        "sourceRepositoryUri",
        "ownerUri",
        "sourceRepositoryDigest",
        "sourceRepositoryRef",
        "buildSignerUri",
        "buildConfigUri",
        "ownerId",
        "sourceRepositoryId",
        "runInvocationUri",
        "buildTrigger",
        "runnerEnvironment",
      ].flatMap((field) => absent(field, githubWith, "GitHub")),
      ...[
        "sourceRepositoryUri",
        "ownerUri",
        "sourceRepositoryDigest",
        "sourceRepositoryRef",
        "buildConfigUri",
        "ownerId",
        "sourceRepositoryId",
        "runInvocationUri",
        "buildTrigger",
        "runnerEnvironment",
      ].flatMap((field) => absent(field, gitlabWith, "GitLab")),
      wrong("GitHub: a name that goes on", githubWith({}, { kind: "uri", value: `${WORKFLOW_URI}x` })),
      wrong(
        "GitHub: a name that ends early",
        githubWith({}, { kind: "uri", value: WORKFLOW_URI.slice(0, -1) }),
      ),
      wrong("GitHub: a name of another kind", githubWith({}, { kind: "email", value: WORKFLOW_URI })),
      wrong("GitHub: a name of a kind that is not read", githubWith({}, { kind: "not-read", tag: 0x82 })),
      wrong("GitHub: the started workflow's name where another one signs", {
        ...called("other-org/actions/.github/workflows/publish.yml@refs/tags/v1"),
        name: GITHUB_NAME,
      }),
      wrong(
        "GitHub: a repository of another server",
        githubWith({ sourceRepositoryUri: "https://github.com.evil.example/octo-org/sampleproject" }),
      ),
      wrong("GitHub: a repository of a server of the same length", elsewhere("sourceRepositoryUri")),
      wrong("GitHub: an owner of a server of the same length", elsewhere("ownerUri")),
      wrong("GitHub: a workflow of a server of the same length", elsewhere("buildConfigUri")),
      wrong("GitHub: a run of a server of the same length", elsewhere("runInvocationUri")),
      wrong("GitHub: the server alone as owner", githubWith({ ownerUri: "https://github.com/" })),
      wrong("GitHub: a repository of another owner", githubWith({ ownerUri: "https://github.com/octo" })),
      wrong(
        "GitHub: an owner whose name ends otherwise",
        githubWith({ ownerUri: "https://github.com/octo-or" }),
      ),
      wrong("GitHub: the owner in capitals", githubWith({ ownerUri: "https://github.com/Octo-Org" })),
      wrong("GitHub: a repository with a third part", {
        ...githubWith({
          sourceRepositoryUri: "https://github.com/octo-org/sampleproject/x",
        }),
      }),
      wrong(
        "GitHub: a repository without a name",
        githubWith({ sourceRepositoryUri: "https://github.com/octo-org/" }),
      ),
      wrong("GitHub: an owner's id that is no number", githubWith({ ownerId: "octo" })),
      wrong("GitHub: an owner's id that begins with a letter", githubWith({ ownerId: "x17" })),
      wrong("GitHub: an owner's id that ends with a letter", githubWith({ ownerId: "17x" })),
      wrong("GitHub: an id with a leading zero", githubWith({ sourceRepositoryId: "04242" })),
      wrong("GitHub: an id that is 0", githubWith({ sourceRepositoryId: "0" })),
      wrong("GitHub: an id below 0", githubWith({ sourceRepositoryId: "-4242" })),
      wrong(
        "GitHub: a workflow of another repository",
        started("octo-org/other/.github/workflows/release.yml@refs/heads/main"),
      ),
      wrong(
        "GitHub: a workflow of a repository that begins like it",
        started("octo-org/sampleproject2/.github/workflows/release.yml@refs/heads/main"),
      ),
      wrong("GitHub: a workflow at another ref", started(`${WORKFLOW}@refs/heads/x`)),
      wrong("GitHub: a workflow without a ref", started(WORKFLOW)),
      wrong("GitHub: a workflow with an empty ref", called(`${WORKFLOW}@`)),
      wrong(
        "GitHub: a workflow in a folder of the folder",
        started("octo-org/sampleproject/.github/workflows/a/b.yml@refs/heads/main"),
      ),
      wrong(
        "GitHub: a workflow that is no YAML file",
        started("octo-org/sampleproject/.github/workflows/a.sh@refs/heads/main"),
      ),
      wrong(
        "GitHub: a workflow whose name goes on after .yml",
        called("octo-org/sampleproject/.github/workflows/a.yml2@refs/heads/main"),
      ),
      wrong(
        "GitHub: a workflow without a name",
        called("octo-org/sampleproject/.github/workflows/.yml@refs/heads/main"),
      ),
      wrong(
        "GitHub: a called workflow outside the folder",
        called("octo-org/actions/publish.yml@refs/tags/v1"),
      ),
      wrong(
        "GitHub: a called workflow below another folder",
        called("octo-org/actions/x/.github/workflows/publish.yml@refs/tags/v1"),
      ),
      wrong(
        "GitHub: a called workflow without an owner",
        called("actions/.github/workflows/publish.yml@refs/tags/v1"),
      ),
      wrong(
        "GitHub: a called workflow with an empty owner",
        called("/actions/.github/workflows/publish.yml@refs/tags/v1"),
      ),
      wrong(
        "GitHub: a called workflow with an empty repository",
        called("octo-org//.github/workflows/publish.yml@refs/tags/v1"),
      ),
      wrong(
        "GitHub: a run of another repository",
        githubWith({ runInvocationUri: `https://github.com/${RUNS.replace("sampleproject", "other")}` }),
      ),
      wrong("GitHub: a run without an attempt", run("actions/runs/900001")),
      wrong("GitHub: a run with an empty attempt", run("actions/runs/900001/attempts/")),
      wrong("GitHub: an attempt 0", run("actions/runs/900001/attempts/0")),
      wrong("GitHub: a run with a leading zero", run("actions/runs/0900001/attempts/1")),
      wrong("GitHub: a run that is no number", run("actions/runs/x900001/attempts/1")),
      wrong("GitHub: a run whose number goes on", run("actions/runs/900001x/attempts/1")),
      wrong("GitHub: an attempt whose number goes on", run("actions/runs/900001/attempts/1x")),
      wrong("GitHub: another page of the repository", run("actions/jobs/900001/attempts/1")),
      wrong("GitLab: a name that goes on", gitlabWith({}, { kind: "uri", value: `${PIPELINE_URI}x` })),
      wrong(
        "GitLab: a name of another kind",
        gitlabWith({}, { kind: "other-name", oid: "1.2.3", value: PIPELINE_URI }),
      ),
      wrong("GitLab: a project of another group", gitlabWith({ ownerUri: "https://gitlab.com/group" })),
      wrong(
        "GitLab: a pipeline of another project",
        pipeline("group/subgroup/other//.gitlab-ci.yml@refs/heads/main"),
      ),
      wrong(
        "GitLab: a pipeline of a project that begins like it",
        pipeline("group/subgroup/sampleproject2//.gitlab-ci.yml@refs/heads/main"),
      ),
      wrong("GitLab: a pipeline without a file", pipeline("group/subgroup/sampleproject//@refs/heads/main")),
      wrong("GitLab: a pipeline at another ref", pipeline(`${PIPELINE}@refs/heads/x`)),
      wrong("GitLab: a pipeline without a ref", pipeline(PIPELINE)),
      wrong(
        "GitLab: a job of another project",
        gitlabWith({ runInvocationUri: "https://gitlab.com/group/subgroup/other/-/jobs/800001" }),
      ),
      wrong("GitLab: a job with a leading zero", job("-/jobs/0800001")),
      wrong("GitLab: a job that is no number", job("-/jobs/x800001")),
      wrong("GitLab: a job whose number goes on", job("-/jobs/800001/x")),
      wrong("GitLab: another page of the project", job("-/runs/800001")),
      wrong("GitLab: an id that is no number", gitlabWith({ ownerId: "group" })),
      wrong("GitHub: a workflow at the ref and more lines", started(`${WORKFLOW}@refs/heads/main\nx`)),
      wrong("GitHub: a called workflow without a ref", called(WORKFLOW)),
      wrong("GitHub: a workflow whose text goes on without an @", called(`${WORKFLOW}x`)),
      wrong(
        "GitHub: a workflow whose name has an @",
        called("octo-org/sampleproject/.github/workflows/a@b.yml@refs/heads/main"),
      ),
      wrong("GitLab: a pipeline at the ref and more lines", pipeline(`${PIPELINE}@refs/heads/main\nx`)),
      wrong("GitLab: a pipeline after an @", pipeline("group/subgroup/sampleproject//@x@refs/heads/main")),
      wrong(
        "a person with a name of another kind",
        personWith({}, { kind: "uri", value: "alice@example.com" }),
      ),
      wrong(
        "a person with a name of a kind that is not read",
        personWith({}, { kind: "not-read", tag: 0x82 }),
      ),
    ],
  };
}
