// SPDX-License-Identifier: Apache-2.0
// What a job of each provider says in its token.

export const NOW = 1_800_000_000;

export const GITHUB_CONFIG = {
  provider: "github",
  issuer: "https://token.actions.githubusercontent.com",
  serverUrl: "https://github.com",
} as const;

export const GITLAB_CONFIG = {
  provider: "gitlab",
  issuer: "https://gitlab.com",
  serverUrl: "https://gitlab.com",
} as const;

export const GOOGLE_CONFIG = {
  provider: "google",
  issuer: "https://accounts.google.com",
  serverUrl: "https://accounts.google.com",
} as const;

const TIMES = { aud: "pypi", iat: NOW - 10, nbf: NOW - 10, exp: NOW + 290 } as const;
export const COMMIT = "a1".repeat(20);
export const WORKFLOW = "octo-org/sampleproject/.github/workflows/release.yml";

export const GITHUB_CLAIMS = {
  iss: GITHUB_CONFIG.issuer,
  sub: "repo:octo-org/sampleproject:environment:pypi",
  ...TIMES,
  jti: "0b6a3f6e",
  repository: "octo-org/sampleproject",
  repository_id: "4242",
  repository_owner: "octo-org",
  repository_owner_id: "17",
  repository_visibility: "public",
  workflow_ref: `${WORKFLOW}@refs/heads/main`,
  workflow_sha: COMMIT,
  job_workflow_ref: `${WORKFLOW}@refs/heads/main`,
  job_workflow_sha: COMMIT,
  ref: "refs/heads/main",
  sha: COMMIT,
  run_id: "900001",
  run_attempt: "1",
  event_name: "push",
  environment: "pypi",
  runner_environment: "github-hosted",
};

export const GITLAB_CLAIMS = {
  iss: GITLAB_CONFIG.issuer,
  sub: "project_path:group/subgroup/sampleproject:ref_type:branch:ref:main",
  ...TIMES,
  jti: "1c7b4f7f",
  project_path: "group/subgroup/sampleproject",
  project_id: "51",
  namespace_path: "group/subgroup",
  namespace_id: "7",
  project_visibility: "public",
  ci_config_ref_uri: "gitlab.com/group/subgroup/sampleproject//.gitlab-ci.yml@refs/heads/main",
  ci_config_sha: COMMIT,
  ref_path: "refs/heads/main",
  sha: COMMIT,
  job_id: "800001",
  pipeline_source: "push",
  environment: "pypi",
  runner_environment: "gitlab-hosted",
};

export const GOOGLE_CLAIMS = {
  iss: GOOGLE_CONFIG.issuer,
  sub: "1122334455",
  aud: "pypi",
  iat: NOW - 10,
  exp: NOW + 290,
  email: "alice@example.com",
  email_verified: true,
};
