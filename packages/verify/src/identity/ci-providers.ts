// SPDX-License-Identifier: Apache-2.0
import type { FulcioClaims, IdTokenAlgorithm } from "@countermark/formats";
import { type Identify, identifyEmail, identifyGithub, identifyGitlab } from "./identify.ts";

export type ProviderName = "github" | "gitlab" | "google";

/** One instance of a provider, as an operator writes it down: the public one or his own. */
export type ProviderConfig = {
  readonly provider: ProviderName;
  /** The `iss` of its tokens, exactly. */
  readonly issuer: string;
  /** Where its repositories are shown, without a slash at the end. */
  readonly serverUrl: string;
};

/** Everything that differs between providers. Code below this table receives the row, never the provider's name. */
type ProviderKind = {
  readonly algorithms: readonly IdTokenAlgorithm[];
  /** Whether each of its tokens has a `jti`. */
  readonly givesTokenId: boolean;
  /** Claims that a token need not have, or may have empty: a field made of one is then absent. */
  readonly optionalClaims: readonly string[];
  /** Claims that must be `true`. */
  readonly claimsTrue: readonly string[];
  /** Events that run a stranger's code with the project's identity. */
  readonly triggersRefused: readonly string[];
  readonly subjectName: { readonly kind: "uri" | "email"; readonly template: string };
  /** Certificate extension -> template, in which `{claim}` stands for a claim and `{serverUrl}` for the row's. */
  readonly fields: { readonly [Field in keyof FulcioClaims]?: string };
  /** Reads the fields back. */
  readonly identify: Identify;
};

/** A provider's instance with all that is known of its kind. */
export type ProviderRow = ProviderConfig & ProviderKind;

const KINDS: Readonly<Record<ProviderName, ProviderKind>> = {
  github: {
    algorithms: ["RS256"],
    givesTokenId: true,
    optionalClaims: ["environment"],
    claimsTrue: [],
    // Both run in the project's name on what a stranger's pull request brings; the Cargo registry refuses the same two.
    triggersRefused: ["pull_request_target", "workflow_run"],
    subjectName: { kind: "uri", template: "{serverUrl}/{job_workflow_ref}" },
    fields: {
      issuer: "{iss}",
      buildSignerUri: "{serverUrl}/{job_workflow_ref}",
      buildSignerDigest: "{job_workflow_sha}",
      runnerEnvironment: "{runner_environment}",
      sourceRepositoryUri: "{serverUrl}/{repository}",
      sourceRepositoryDigest: "{sha}",
      sourceRepositoryRef: "{ref}",
      sourceRepositoryId: "{repository_id}",
      ownerUri: "{serverUrl}/{repository_owner}",
      ownerId: "{repository_owner_id}",
      buildConfigUri: "{serverUrl}/{workflow_ref}",
      buildConfigDigest: "{workflow_sha}",
      buildTrigger: "{event_name}",
      runInvocationUri: "{serverUrl}/{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
      visibility: "{repository_visibility}",
      environment: "{environment}",
      subject: "{sub}",
    },
    identify: identifyGithub,
  },
  gitlab: {
    algorithms: ["RS256"],
    givesTokenId: true,
    optionalClaims: ["environment"],
    claimsTrue: [],
    triggersRefused: [],
    subjectName: { kind: "uri", template: "https://{ci_config_ref_uri}" },
    fields: {
      issuer: "{iss}",
      buildSignerUri: "https://{ci_config_ref_uri}",
      buildSignerDigest: "{ci_config_sha}",
      runnerEnvironment: "{runner_environment}",
      sourceRepositoryUri: "{serverUrl}/{project_path}",
      sourceRepositoryDigest: "{sha}",
      sourceRepositoryRef: "{ref_path}",
      sourceRepositoryId: "{project_id}",
      ownerUri: "{serverUrl}/{namespace_path}",
      ownerId: "{namespace_id}",
      buildConfigUri: "https://{ci_config_ref_uri}",
      buildConfigDigest: "{ci_config_sha}",
      buildTrigger: "{pipeline_source}",
      runInvocationUri: "{serverUrl}/{project_path}/-/jobs/{job_id}",
      visibility: "{project_visibility}",
      environment: "{environment}",
      subject: "{sub}",
    },
    identify: identifyGitlab,
  },
  google: {
    algorithms: ["RS256"],
    givesTokenId: false,
    optionalClaims: [],
    claimsTrue: ["email_verified"],
    triggersRefused: [],
    subjectName: { kind: "email", template: "{email}" },
    fields: { issuer: "{iss}", subject: "{sub}" },
    identify: identifyEmail,
  },
};

/** The rows of the providers' public instances. */
export const PUBLIC_PROVIDERS: readonly ProviderRow[] = [
  providerRow({
    provider: "github",
    issuer: "https://token.actions.githubusercontent.com",
    serverUrl: "https://github.com",
  }),
  providerRow({ provider: "gitlab", issuer: "https://gitlab.com", serverUrl: "https://gitlab.com" }),
  providerRow({
    provider: "google",
    issuer: "https://accounts.google.com",
    serverUrl: "https://accounts.google.com",
  }),
];

/** The names of the providers that have a row. */
export const PROVIDER_NAMES: readonly ProviderName[] = ["github", "gitlab", "google"];

/**
 * The row of one instance.
 *
 * @throws TypeError when a URL is not `http(s)://host[:port][/path]` without a slash at the end
 */
export function providerRow(config: ProviderConfig): ProviderRow {
  for (const url of [config.issuer, config.serverUrl]) {
    if (!/^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?(?:\/[A-Za-z0-9._~-]+)*$/.test(url)) {
      throw new TypeError(`Cannot use "${url}" as the URL of a provider: wanted http(s)://host/path`);
    }
  }
  return { ...config, ...KINDS[config.provider] };
}

/** The row whose issuer is `issuer`, exactly; null when there is none. */
export function findProvider(rows: readonly ProviderRow[], issuer: string): ProviderRow | null {
  return rows.find((row) => row.issuer === issuer) ?? null;
}
