// SPDX-License-Identifier: Apache-2.0
import { type FulcioClaims, type GeneralName, quote } from "@countermark/formats";
import { VerifyError } from "../failure.ts";
import type { ProviderConfig, ProviderName } from "./ci-providers.ts";

/**
 * Who a run or a person is, from a token or from a certificate alike.
 *
 * The first ten members are the identity; what a provider does not have is null. The rest is about one run of it.
 */
export type CiIdentity = {
  readonly provider: ProviderName;
  readonly issuer: string;
  /** `octo-org`; a GitLab namespace `group/subgroup`. A name: for display, and equal all the same. */
  readonly owner: string | null;
  /** Decimal; survives a change of name, and is not given to who takes the name later. */
  readonly ownerId: string | null;
  /** `octo-org/sampleproject`: the owner is part of it. */
  readonly project: string | null;
  readonly projectId: string | null;
  /** The workflow that was started, as a path in the project: `.github/workflows/release.yml`. */
  readonly workflow: string | null;
  /** The reusable workflow that the job is written in, `other-org/repo/.github/workflows/publish.yml`; null when it is `workflow`. */
  readonly calledWorkflow: string | null;
  readonly environment: string | null;
  /** The e-mail address of a person; null for a CI job, whose `sub` a project may reshape at will. */
  readonly subject: string | null;
  readonly ref: string | null;
  readonly commit: string | null;
  /** One run, whatever the attempt. */
  readonly runId: string | null;
  readonly trigger: string | null;
  readonly runnerEnvironment: string | null;
};

/** The part of the fields that an identity is read from. */
export type IdentityFields = Omit<FulcioClaims, "buildSignerDigest" | "buildConfigDigest" | "visibility">;

/** How a provider's fields and subject name say who it was. @throws VerifyError `identity-incomplete`, `identity-inconsistent` */
export type Identify = (
  instance: ProviderConfig,
  fields: IdentityFields,
  name: GeneralName,
) => Omit<CiIdentity, "provider" | "issuer">;

export const identifyGithub: Identify = (instance, fields, name) => {
  const project = readBelow(instance, fields, "sourceRepositoryUri");
  const owner = readBelow(instance, fields, "ownerUri");
  readRepositoryName(project, owner);
  const commit = readField(fields, "sourceRepositoryDigest");
  const ref = readField(fields, "sourceRepositoryRef");
  const signer = readBelow(instance, fields, "buildSignerUri");
  const config = readBelow(instance, fields, "buildConfigUri");
  requireUri(name, `${instance.serverUrl}/${signer}`);
  const caller = splitWorkflow(config);
  if (caller.repository !== project || (caller.at !== ref && caller.at !== commit)) {
    throw inconsistent(`the workflow ${quote(config)} is not of ${quote(project)} at ${quote(ref)}`);
  }
  const called = splitWorkflow(signer);
  return {
    owner,
    ownerId: readId(fields, "ownerId"),
    project,
    projectId: readId(fields, "sourceRepositoryId"),
    workflow: caller.path,
    calledWorkflow: signer === config ? null : `${called.repository}/${called.path}`,
    environment: fields.environment,
    subject: null,
    ref,
    commit,
    runId: readGithubRun(readBelow(instance, fields, "runInvocationUri"), project),
    trigger: readField(fields, "buildTrigger"),
    runnerEnvironment: readField(fields, "runnerEnvironment"),
  };
};

export const identifyGitlab: Identify = (instance, fields, name) => {
  const project = readBelow(instance, fields, "sourceRepositoryUri");
  const owner = readBelow(instance, fields, "ownerUri");
  readRepositoryName(project, owner);
  const commit = readField(fields, "sourceRepositoryDigest");
  const ref = readField(fields, "sourceRepositoryRef");
  const config = readBelow(instance, fields, "buildConfigUri");
  requireUri(name, `${instance.serverUrl}/${config}`);
  // An included pipeline of another project has another prefix: then nobody registered what ran.
  const file = config.startsWith(`${project}//`) ? config.slice(project.length + 2) : "";
  const [, path = "", at = ""] = /^([^@]+)@(.+)$/.exec(file) ?? [];
  if (at !== ref && at !== commit) {
    throw inconsistent(`the pipeline ${quote(config)} is not of ${quote(project)} at ${quote(ref)}`);
  }
  return {
    owner,
    ownerId: readId(fields, "ownerId"),
    project,
    projectId: readId(fields, "sourceRepositoryId"),
    workflow: path,
    calledWorkflow: null,
    environment: fields.environment,
    subject: null,
    ref,
    commit,
    runId: readGitlabJob(readBelow(instance, fields, "runInvocationUri"), project),
    trigger: readField(fields, "buildTrigger"),
    runnerEnvironment: readField(fields, "runnerEnvironment"),
  };
};

/** A person: the address is the identity, the provider's number of the account its immutable id where it is given. */
export const identifyEmail: Identify = (_instance, fields, name) => {
  if (name.kind !== "email") throw inconsistent("the subject alternative name is not an e-mail address");
  return {
    owner: null,
    ownerId: fields.subject,
    project: null,
    projectId: null,
    workflow: null,
    calledWorkflow: null,
    environment: null,
    subject: name.value,
    ref: null,
    commit: null,
    runId: null,
    trigger: null,
    runnerEnvironment: null,
  };
};

/** `owner/repository/.github/workflows/file@ref`, where only the ref may have an `@`. */
function splitWorkflow(text: string): {
  readonly repository: string;
  readonly path: string;
  readonly at: string;
} {
  const parts = /^([^/@]+\/[^/@]+)\/(\.github\/workflows\/[^/@]+\.ya?ml)@(.+)$/.exec(text);
  if (parts === null) throw inconsistent(`${quote(text)} is not a workflow at a ref`);
  const [, repository = "", path = "", at = ""] = parts;
  return { repository, path, at };
}

function readGithubRun(text: string, project: string): string {
  const run = text.startsWith(`${project}/actions/runs/`) ? text.slice(project.length + 14) : "";
  const [, id] = /^([1-9][0-9]*)\/attempts\/[1-9][0-9]*$/.exec(run) ?? [];
  if (id === undefined) throw inconsistent(`${quote(text)} is not a run of ${quote(project)}`);
  return id;
}

function readGitlabJob(text: string, project: string): string {
  const job = text.startsWith(`${project}/-/jobs/`) ? text.slice(project.length + 8) : "";
  if (!/^[1-9][0-9]*$/.test(job)) throw inconsistent(`${quote(text)} is not a job of ${quote(project)}`);
  return job;
}

function readRepositoryName(project: string, owner: string): void {
  const name = project.startsWith(`${owner}/`) ? project.slice(owner.length + 1) : "";
  if (!/^[^/]+$/.test(name)) throw inconsistent(`${quote(project)} is not a repository of ${quote(owner)}`);
}

function readId(fields: IdentityFields, field: keyof IdentityFields): string {
  const id = readField(fields, field);
  if (!/^[1-9][0-9]*$/.test(id)) throw inconsistent(`${field} ${quote(id)} is not a decimal number`);
  return id;
}

/** What follows the instance's address and a slash. */
function readBelow(instance: ProviderConfig, fields: IdentityFields, field: keyof IdentityFields): string {
  const uri = readField(fields, field);
  if (!uri.startsWith(`${instance.serverUrl}/`)) {
    throw inconsistent(`${field} ${quote(uri)} is not below ${quote(instance.serverUrl)}`);
  }
  return uri.slice(instance.serverUrl.length + 1);
}

function readField(fields: IdentityFields, field: keyof IdentityFields): string {
  const value = fields[field];
  if (value === null || value === "") {
    throw new VerifyError("identity-incomplete", `Cannot tell who it was: ${field} is absent`);
  }
  return value;
}

function requireUri(name: GeneralName, wanted: string): void {
  if (name.kind === "uri" && name.value === wanted) return;
  const found = name.kind === "not-read" ? "another" : `the ${name.kind} ${quote(name.value)}`;
  throw inconsistent(`the subject alternative name is ${found}, wanted the uri ${quote(wanted)}`);
}

function inconsistent(reason: string): VerifyError {
  return new VerifyError("identity-inconsistent", `Cannot tell who it was: ${reason}`);
}
