// SPDX-License-Identifier: Apache-2.0
import type { PublisherRecord } from "@countermark/formats";

/** What a forge knows about one job, in the words of GitHub's claims. Ids are decimal strings. */
export interface JobClaims {
  readonly repository: string;
  readonly repositoryId: string;
  readonly owner: string;
  readonly ownerId: string;
  /** Path inside the repository, `.github/workflows/release.yml`. */
  readonly workflow: string;
  readonly ref: string;
  readonly sha: string;
  readonly runId: string;
  readonly environment: string | null;
  /** What started the run; a push unless it is said. */
  readonly event?: string;
  /** The reusable workflow that the job is of, `owner/name/path@ref`; the job's own workflow unless it is said. */
  readonly calledWorkflow?: string;
}

/** A running job, as its steps see it: where to ask for an identity token, and with which secret. */
export interface RegisteredJob {
  readonly claims: JobClaims;
  readonly requestUrl: string;
  readonly requestToken: string;
}

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** A job on the default branch of `<owner>/<name>`, with ids made from the names. */
export function releaseJob(repository: string, changes: Partial<JobClaims> = {}): JobClaims {
  const [owner = "", name = ""] = repository.split("/");
  return {
    repository,
    repositoryId: numberOf(`repository ${repository}`),
    owner,
    ownerId: numberOf(`owner ${owner}`),
    workflow: ".github/workflows/release.yml",
    ref: "refs/tags/v1",
    sha: hexOf(`commit of ${owner}/${name}`, 40),
    runId: numberOf(`run of ${repository}`),
    environment: "pypi",
    ...changes,
  };
}

/** Registers a job at the development issuer, as a forge's scheduler would. Throws when the issuer says no. */
export async function registerJob(
  issuerUrl: string,
  claims: JobClaims,
  fetch: Fetch,
): Promise<RegisteredJob> {
  const response = await fetch(`${issuerUrl}/jobs`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(jobRequest(claims)),
  });
  const answer = (await response.json()) as { requestUrl?: unknown; requestToken?: unknown }; // our own issuer's answer
  const { requestUrl, requestToken } = answer;
  if (!response.ok || typeof requestUrl !== "string" || typeof requestToken !== "string") {
    throw new Error(`The issuer refused the job: ${response.status} ${JSON.stringify(answer)}`);
  }
  return { claims, requestUrl, requestToken };
}

/** The variables that GitHub's runner sets for a step with `id-token: write`. */
export function jobEnvironment(job: RegisteredJob): Record<string, string> {
  return {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_REPOSITORY: job.claims.repository,
    GITHUB_RUN_ID: job.claims.runId,
    GITHUB_SHA: job.claims.sha,
    GITHUB_REF: job.claims.ref,
    ACTIONS_ID_TOKEN_REQUEST_URL: job.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: job.requestToken,
  };
}

/** Asks for an identity token as a step of the job does. */
export async function requestIdToken(job: RegisteredJob, audience: string, fetch: Fetch): Promise<string> {
  const response = await fetch(`${job.requestUrl}&audience=${encodeURIComponent(audience)}`, {
    headers: { authorization: `Bearer ${job.requestToken}` },
  });
  const answer = (await response.json()) as { value?: unknown }; // our own issuer's answer
  if (typeof answer.value !== "string") throw new Error(`The issuer gave no token: ${response.status}`);
  return answer.value;
}

function jobRequest(claims: JobClaims): unknown {
  return {
    repository: claims.repository,
    repository_id: claims.repositoryId,
    repository_owner: claims.owner,
    repository_owner_id: claims.ownerId,
    workflow: claims.workflow,
    ref: claims.ref,
    sha: claims.sha,
    run_id: claims.runId,
    environment: claims.environment,
    ...(claims.event === undefined ? {} : { event_name: claims.event }),
    ...(claims.calledWorkflow === undefined ? {} : { job_workflow_ref: claims.calledWorkflow }),
  };
}

function numberOf(text: string): string {
  return String(10_000_000 + (Number.parseInt(hexOf(text, 12), 16) % 900_000_000));
}

/** `digits` hex digits that depend on `text` only (FNV-1a, repeated: toys need no strength). */
function hexOf(text: string, digits: number): string {
  let out = "";
  for (let round = 0; out.length < digits; round++) {
    let hash = 0x811c9dc5;
    for (const character of `${round}:${text}`)
      hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    out += hash.toString(16).padStart(8, "0");
  }
  return out.slice(0, digits);
}

/** The record by which an index registers the publisher that `claims` will be, as management requests carry it. */
export function publisherOf(issuer: string, claims: JobClaims): PublisherRecord & { readonly v: 1 } {
  return {
    v: 1,
    provider: "github",
    issuer,
    owner: claims.owner,
    ownerId: claims.ownerId,
    project: claims.repository,
    projectId: claims.repositoryId,
    workflow: claims.workflow,
    calledWorkflow: null,
    environment: claims.environment,
    subject: null,
  };
}
