// SPDX-License-Identifier: Apache-2.0
import { type JsonInput, type JsonObject, parseJsonObject } from "@countermark/formats";
import { CLAIM_CHARS_MAX, JOB_BYTES_MAX } from "../limits.ts";

/** What a forge knows of one job; the names are those of GitHub's claims. */
export type Job = {
  readonly repository: string;
  readonly repositoryId: string;
  readonly owner: string;
  readonly ownerId: string;
  /** The workflow's path in the repository: `.github/workflows/release.yml`. */
  readonly workflow: string;
  readonly workflowName: string;
  readonly jobWorkflowRef: string;
  readonly jobWorkflowSha: string;
  readonly ref: string;
  readonly sha: string;
  readonly runId: string;
  readonly runNumber: string;
  readonly runAttempt: string;
  readonly eventName: string;
  readonly actor: string;
  readonly actorId: string;
  readonly environment: string | null;
  readonly runnerEnvironment: string;
  readonly visibility: string;
};

const DECIMAL = /^[1-9][0-9]*$/;

/**
 * Reads the body of `POST /jobs`. Needed: repository, repository_id, repository_owner, repository_owner_id, workflow (a
 * path), ref, sha, run_id. The rest has the value that an ordinary push has.
 *
 * @throws ParseError
 */
export function parseJob(bytes: Uint8Array): Job {
  const body = parseJsonObject(bytes, { bytesMax: JOB_BYTES_MAX, depthMax: 1 }, "job");
  const repository = text(body, "repository", /^[^/]+\/[^/]+$/);
  const workflow = text(body, "workflow", /^\.github\/workflows\/[^/@]+\.ya?ml$/);
  const ref = text(body, "ref", /^refs\/./);
  const sha = text(body, "sha", /^[0-9a-f]{40}$/);
  const owner = text(body, "repository_owner");
  const ownerId = text(body, "repository_owner_id", DECIMAL);
  const job: Job = {
    repository,
    repositoryId: text(body, "repository_id", DECIMAL),
    owner,
    ownerId,
    workflow,
    workflowName: textOr(body, "workflow_name", workflow),
    jobWorkflowRef: textOr(body, "job_workflow_ref", `${repository}/${workflow}@${ref}`),
    jobWorkflowSha: textOr(body, "job_workflow_sha", sha),
    ref,
    sha,
    runId: text(body, "run_id", DECIMAL),
    runNumber: textOr(body, "run_number", "1"),
    runAttempt: textOr(body, "run_attempt", "1"),
    eventName: textOr(body, "event_name", "push"),
    actor: textOr(body, "actor", owner),
    actorId: textOr(body, "actor_id", ownerId),
    environment: body.has("environment")
      ? body.textOrNull("environment", { charsMax: CLAIM_CHARS_MAX })
      : null,
    runnerEnvironment: textOr(body, "runner_environment", "github-hosted"),
    visibility: textOr(body, "repository_visibility", "public"),
  };
  body.end();
  return job;
}

/** The claims that GitHub's issuer makes of a job, but for issuer, audience and times. */
export function claimsOf(job: Job, tokenId: string): { readonly [name: string]: JsonInput } {
  return {
    jti: tokenId,
    sub: subjectOf(job),
    ref: job.ref,
    sha: job.sha,
    repository: job.repository,
    repository_owner: job.owner,
    repository_owner_id: job.ownerId,
    run_id: job.runId,
    run_number: job.runNumber,
    run_attempt: job.runAttempt,
    repository_visibility: job.visibility,
    repository_id: job.repositoryId,
    actor_id: job.actorId,
    actor: job.actor,
    workflow: job.workflowName,
    head_ref: "",
    base_ref: "",
    event_name: job.eventName,
    ref_protected: "false",
    ref_type: job.ref.startsWith("refs/tags/") ? "tag" : "branch",
    workflow_ref: `${job.repository}/${job.workflow}@${job.ref}`,
    workflow_sha: job.sha,
    job_workflow_ref: job.jobWorkflowRef,
    job_workflow_sha: job.jobWorkflowSha,
    runner_environment: job.runnerEnvironment,
    ...(job.environment === null ? {} : { environment: job.environment }),
  };
}

/** The subject as GitHub makes it where a repository has not chosen another form. */
function subjectOf(job: Job): string {
  if (job.environment !== null) return `repo:${job.repository}:environment:${job.environment}`;
  if (job.eventName === "pull_request") return `repo:${job.repository}:pull_request`;
  return `repo:${job.repository}:ref:${job.ref}`;
}

function text(body: JsonObject, name: string, pattern = /^.+$/): string {
  return body.text(name, { charsMax: CLAIM_CHARS_MAX, pattern });
}

function textOr(body: JsonObject, name: string, otherwise: string): string {
  return body.has(name) ? text(body, name) : otherwise;
}
