// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  certificateFieldsFromIdToken,
  findProvider,
  identityFromCertificate,
  identityFromIdToken,
  PUBLIC_PROVIDERS,
  providerRow,
} from "@countermark/verify";
import { believe, type Claims, GITHUB, GITHUB_CLAIMS } from "./tokens.ts";

const CALLED = "other-org/actions/.github/workflows/publish.yml@refs/tags/v1";

test("certificateFieldsFromIdToken: a GitHub token becomes the extensions that Fulcio writes", async () => {
  const { name, fields } = certificateFieldsFromIdToken(GITHUB, await believe(GITHUB_CLAIMS));
  const workflow = `https://github.com/${GITHUB_CLAIMS.workflow_ref}`;
  assert.deepEqual(name, { kind: "uri", value: workflow });
  assert.deepEqual(fields, {
    issuer: GITHUB.issuer,
    buildSignerUri: workflow,
    buildSignerDigest: "a".repeat(40),
    runnerEnvironment: "github-hosted",
    sourceRepositoryUri: "https://github.com/octo-org/sampleproject",
    sourceRepositoryDigest: "a".repeat(40),
    sourceRepositoryRef: "refs/heads/main",
    sourceRepositoryId: "4242",
    ownerUri: "https://github.com/octo-org",
    ownerId: "17",
    buildConfigUri: workflow,
    buildConfigDigest: "a".repeat(40),
    buildTrigger: "push",
    runInvocationUri: "https://github.com/octo-org/sampleproject/actions/runs/900001/attempts/1",
    visibility: "public",
    environment: "pypi",
    subject: "repo:octo-org/sampleproject:environment:pypi",
  });
});

test("certificateFieldsFromIdToken: without an environment, or with an empty one, there is no such extension", async () => {
  for (const environment of [undefined, ""]) {
    const { fields } = certificateFieldsFromIdToken(GITHUB, await believe({ ...GITHUB_CLAIMS, environment }));
    assert.equal(fields.environment, null);
  }
});

for (const claim of [
  "repository",
  "repository_id",
  "repository_owner",
  "repository_owner_id",
  "workflow_ref",
  "job_workflow_ref",
  "run_id",
  "sha",
  "ref",
  "event_name",
]) {
  test(`certificateFieldsFromIdToken: a GitHub token without ${claim} is refused`, async () => {
    const token = await believe({ ...GITHUB_CLAIMS, [claim]: undefined });
    assert.throws(() => certificateFieldsFromIdToken(GITHUB, token), { code: "identity-incomplete" });
  });
}

test("certificateFieldsFromIdToken: a claim that is a number is refused", async () => {
  const token = await believe({ ...GITHUB_CLAIMS, repository_id: 4242 });
  assert.throws(() => certificateFieldsFromIdToken(GITHUB, token), { code: "wrong-type" });
});

test("identityFromIdToken: ids, names, workflow, environment and run of a GitHub job", async () => {
  assert.deepEqual(identityFromIdToken(GITHUB, await believe(GITHUB_CLAIMS)), {
    provider: "github",
    issuer: GITHUB.issuer,
    owner: "octo-org",
    ownerId: "17",
    project: "octo-org/sampleproject",
    projectId: "4242",
    workflow: ".github/workflows/release.yml",
    calledWorkflow: null,
    environment: "pypi",
    subject: null,
    ref: "refs/heads/main",
    commit: "a".repeat(40),
    runId: "900001",
    trigger: "push",
    runnerEnvironment: "github-hosted",
  });
});

test("identityFromIdToken: caller and called workflow are both said", async () => {
  const identity = identityFromIdToken(GITHUB, await believe({ ...GITHUB_CLAIMS, job_workflow_ref: CALLED }));
  assert.equal(identity.workflow, ".github/workflows/release.yml");
  assert.equal(identity.calledWorkflow, "other-org/actions/.github/workflows/publish.yml");
});

test("identityFromIdToken: a called workflow with the caller's path at another ref is a called one", async () => {
  const job_workflow_ref = "octo-org/sampleproject/.github/workflows/release.yml@refs/heads/evil";
  const identity = identityFromIdToken(GITHUB, await believe({ ...GITHUB_CLAIMS, job_workflow_ref }));
  assert.equal(identity.calledWorkflow, "octo-org/sampleproject/.github/workflows/release.yml");
});

test("identityFromIdToken: a workflow may be named at the commit, and a ref may hold an @", async () => {
  const at = (workflow_ref: string, ref: string): Claims => ({
    ...GITHUB_CLAIMS,
    ref,
    workflow_ref,
    job_workflow_ref: workflow_ref,
  });
  const path = "octo-org/sampleproject/.github/workflows/release.yml";
  for (const claims of [
    at(`${path}@${GITHUB_CLAIMS.sha}`, "refs/tags/v1"),
    at(`${path}@refs/heads/a@b`, "refs/heads/a@b"),
  ]) {
    assert.equal(
      identityFromIdToken(GITHUB, await believe(claims)).workflow,
      ".github/workflows/release.yml",
    );
  }
});

test("identityFromIdToken: the attempt is not part of the run", async () => {
  const identity = identityFromIdToken(GITHUB, await believe({ ...GITHUB_CLAIMS, run_attempt: "3" }));
  assert.equal(identity.runId, "900001");
});

for (const [claim, changed, code] of [
  [
    "a workflow of another repository",
    { workflow_ref: "octo-org/other/.github/workflows/release.yml@refs/heads/main" },
    "identity-inconsistent",
  ],
  [
    "a workflow of a repository with this prefix",
    { workflow_ref: "octo-org/sampleproject2/.github/workflows/release.yml@refs/heads/main" },
    "identity-inconsistent",
  ],
  [
    "a workflow at another ref",
    { workflow_ref: "octo-org/sampleproject/.github/workflows/release.yml@refs/heads/x" },
    "identity-inconsistent",
  ],
  [
    "a workflow without a ref",
    { workflow_ref: "octo-org/sampleproject/.github/workflows/release.yml" },
    "identity-inconsistent",
  ],
  [
    "a workflow in a sub-folder",
    { workflow_ref: "octo-org/sampleproject/.github/workflows/a/b.yml@refs/heads/main" },
    "identity-inconsistent",
  ],
  [
    "a workflow that is no YAML file",
    { workflow_ref: "octo-org/sampleproject/.github/workflows/a.sh@refs/heads/main" },
    "identity-inconsistent",
  ],
  [
    "a called workflow outside the workflows' folder",
    { job_workflow_ref: "octo-org/actions/publish.yml@refs/tags/v1" },
    "identity-inconsistent",
  ],
  [
    "a called workflow without a ref",
    { job_workflow_ref: "octo-org/actions/.github/workflows/publish.yml@" },
    "identity-inconsistent",
  ],
  ["a repository of another owner", { repository_owner: "evil" }, "identity-inconsistent"],
  ["the owner in another case", { repository_owner: "Octo-Org" }, "identity-inconsistent"],
  ["an id that is no number", { repository_id: "octo" }, "identity-inconsistent"],
  ["an id with a leading zero", { repository_owner_id: "017" }, "identity-inconsistent"],
  ["a run that is no number", { run_id: "1/attempts/2" }, "identity-inconsistent"],
  ["pull_request_target", { event_name: "pull_request_target" }, "trigger-refused"],
  ["workflow_run", { event_name: "workflow_run" }, "trigger-refused"],
] as const) {
  test(`identityFromIdToken: ${claim} is refused`, async () => {
    const token = await believe({ ...GITHUB_CLAIMS, ...changed });
    assert.throws(() => identityFromIdToken(GITHUB, token), { code });
  });
}

test("identityFromCertificate: says what the token said, and refuses a certificate that disagrees with itself", async () => {
  const token = await believe(GITHUB_CLAIMS);
  const { name, fields } = certificateFieldsFromIdToken(GITHUB, token);
  const uri = `https://github.com/${GITHUB_CLAIMS.job_workflow_ref}`;
  assert.deepEqual(identityFromCertificate(GITHUB, fields, name), identityFromIdToken(GITHUB, token));
  for (const [changedFields, changedName, code] of [
    [{ ...fields, issuer: "https://gitlab.com" }, name, "identity-issuer"],
    [{ ...fields, issuer: null }, name, "identity-issuer"],
    [fields, { kind: "uri", value: `${uri}x` }, "identity-inconsistent"],
    [fields, { kind: "uri", value: uri.slice(0, -1) }, "identity-inconsistent"],
    [fields, { kind: "email", value: uri }, "identity-inconsistent"],
    [fields, { kind: "not-read", tag: 0x82 }, "identity-inconsistent"],
    [{ ...fields, sourceRepositoryId: null }, name, "identity-incomplete"],
    [{ ...fields, ownerId: null }, name, "identity-incomplete"],
    [{ ...fields, runInvocationUri: null }, name, "identity-incomplete"],
    [{ ...fields, buildConfigUri: null }, name, "identity-incomplete"],
    [{ ...fields, buildSignerUri: "https://github.com.evil.test/a/b" }, name, "identity-inconsistent"],
    [{ ...fields, ownerUri: "https://github.com/" }, name, "identity-inconsistent"],
    [{ ...fields, buildTrigger: "pull_request_target" }, name, "trigger-refused"],
    [{ ...fields, buildTrigger: "workflow_run" }, name, "trigger-refused"],
  ] as const) {
    assert.throws(() => identityFromCertificate(GITHUB, changedFields, changedName), { code });
  }
});

test("identityFromCertificate: the same paths below another address are another instance's", async () => {
  const { fields } = certificateFieldsFromIdToken(GITHUB, await believe(GITHUB_CLAIMS));
  // As long as the true one, so that cutting at its length would give the same path.
  const move = (uri: string | null): string =>
    (uri ?? "").replace("https://github.com/", "https://gitevil.co/");
  const signer = move(fields.buildSignerUri);
  for (const moved of [
    { ...fields, buildSignerUri: signer },
    { ...fields, buildSignerUri: signer, buildConfigUri: move(fields.buildConfigUri) },
    { ...fields, sourceRepositoryUri: move(fields.sourceRepositoryUri) },
    { ...fields, ownerUri: move(fields.ownerUri) },
    { ...fields, runInvocationUri: move(fields.runInvocationUri) },
  ]) {
    const name = { kind: "uri", value: moved.buildSignerUri ?? "" } as const;
    assert.throws(() => identityFromCertificate(GITHUB, moved, name), { code: "identity-inconsistent" });
  }
});

const GITLAB = providerRow({
  provider: "gitlab",
  issuer: "https://gitlab.example",
  serverUrl: "https://gitlab.example",
});
const GITLAB_CLAIMS = {
  ...GITHUB_CLAIMS,
  iss: GITLAB.issuer,
  project_path: "group/sub/app",
  project_id: "5",
  namespace_path: "group/sub",
  namespace_id: "6",
  ci_config_ref_uri: "gitlab.example/group/sub/app//.gitlab-ci.yml@refs/heads/main",
  ci_config_sha: "b".repeat(40),
  ref_path: "refs/heads/main",
  pipeline_source: "push",
  job_id: "31",
  project_visibility: "private",
  runner_environment: "self-hosted",
};

test("identityFromIdToken: a GitLab job, its instance in the identity", async () => {
  const identity = identityFromIdToken(GITLAB, await believe(GITLAB_CLAIMS, GITLAB));
  assert.deepEqual(
    [
      identity.issuer,
      identity.owner,
      identity.ownerId,
      identity.project,
      identity.projectId,
      identity.workflow,
      identity.runId,
    ],
    ["https://gitlab.example", "group/sub", "6", "group/sub/app", "5", ".gitlab-ci.yml", "31"],
  );
});

for (const [claim, changed] of [
  [
    "a pipeline of another project",
    { ci_config_ref_uri: "gitlab.example/group/sub/app2//.gitlab-ci.yml@refs/heads/main" },
  ],
  [
    "a pipeline of another instance",
    { ci_config_ref_uri: "gitlab.com/group/sub/app//.gitlab-ci.yml@refs/heads/main" },
  ],
  [
    "a pipeline at another ref",
    { ci_config_ref_uri: "gitlab.example/group/sub/app//.gitlab-ci.yml@refs/heads/x" },
  ],
  ["a project of another namespace", { namespace_path: "group" }],
  ["a job that is no number", { job_id: "x" }],
] as const) {
  test(`identityFromIdToken: ${claim} is refused`, async () => {
    const token = await believe({ ...GITLAB_CLAIMS, ...changed }, GITLAB);
    assert.throws(() => identityFromIdToken(GITLAB, token), { code: "identity-inconsistent" });
  });
}

test("identityFromCertificate: a GitLab certificate under another name is refused", async () => {
  const { fields } = certificateFieldsFromIdToken(GITLAB, await believe(GITLAB_CLAIMS, GITLAB));
  const name = {
    kind: "uri",
    value: "https://gitlab.example/group/sub/other//.gitlab-ci.yml@refs/heads/main",
  } as const;
  assert.throws(() => identityFromCertificate(GITLAB, fields, name), { code: "identity-inconsistent" });
});

test("identityFromIdToken: a person is the address and the account's number, if the provider vouches for it", async () => {
  const google = findProvider(PUBLIC_PROVIDERS, "https://accounts.google.com");
  assert.ok(google !== null);
  const { jti: _, ...registered } = GITHUB_CLAIMS;
  const claims = {
    ...registered,
    iss: google.issuer,
    sub: "1234567",
    email: "a@example.org",
    email_verified: true,
  };
  const identity = identityFromIdToken(google, await believe(claims, google));
  assert.deepEqual([identity.subject, identity.ownerId, identity.runId], ["a@example.org", "1234567", null]);
  const { fields } = certificateFieldsFromIdToken(google, await believe(claims, google));
  const uri = { kind: "uri", value: "a@example.org" } as const;
  assert.throws(() => identityFromCertificate(google, fields, uri), { code: "identity-inconsistent" });
  for (const email_verified of [false, "true", undefined]) {
    const token = await believe({ ...claims, email_verified }, google);
    assert.throws(() => identityFromIdToken(google, token), { code: "identity-unverified" });
  }
});

test("findProvider: the issuer is compared exactly", () => {
  assert.equal(
    findProvider(PUBLIC_PROVIDERS, "https://token.actions.githubusercontent.com")?.provider,
    "github",
  );
  assert.equal(findProvider(PUBLIC_PROVIDERS, "https://token.actions.githubusercontent.com/"), null);
  assert.equal(findProvider(PUBLIC_PROVIDERS, "https://TOKEN.actions.githubusercontent.com"), null);
});

test("providerRow: a URL with a slash at the end, a query or no scheme is refused", () => {
  for (const serverUrl of ["https://ghe.example/", "https://ghe.example?x", "ghe.example", "https://a b"]) {
    assert.throws(
      () => providerRow({ provider: "github", issuer: "https://ghe.example/_services/token", serverUrl }),
      TypeError,
    );
  }
});
