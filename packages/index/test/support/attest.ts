// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import {
  type Attestation,
  encodeFulcioExtensions,
  encodeInTotoStatement,
  encodeSubjectAltName,
  NO_FULCIO_CLAIMS,
  PUBLISH_PREDICATE_TYPE,
} from "@countermark/formats";
import { withExtension } from "../../../verify/test/support/toy-certificates.ts";
import { makeWorld } from "../../../verify/test/support/toy-sigstore.ts";
import type { BuiltFile } from "./build.ts";
import { TOY_PLAN } from "./toy-plan.ts";
import { GITHUB, JOB, type Job } from "./world.ts";

/** A real attestation over `file` by a job of the toy identity provider; it verifies under the toy trust root. */
export function attest(file: BuiltFile, job: Job = JOB, predicateType = PUBLISH_PREDICATE_TYPE): Attestation {
  const url = (path: string): string => `${GITHUB.serverUrl}/${path}`;
  const claims = {
    ...NO_FULCIO_CLAIMS,
    issuer: GITHUB.issuer,
    buildSignerUri: url(job.job_workflow_ref),
    buildSignerDigest: job.job_workflow_sha,
    runnerEnvironment: job.runner_environment,
    sourceRepositoryUri: url(job.repository),
    sourceRepositoryDigest: job.sha,
    sourceRepositoryRef: job.ref,
    sourceRepositoryId: job.repository_id,
    ownerUri: url(job.repository_owner),
    ownerId: job.repository_owner_id,
    buildConfigUri: url(job.workflow_ref),
    buildConfigDigest: job.workflow_sha,
    buildTrigger: job.event_name,
    runInvocationUri: url(`${job.repository}/actions/runs/${job.run_id}/attempts/${job.run_attempt}`),
    visibility: job.repository_visibility,
    environment: job.environment,
    subject: `repo:${job.repository}:environment:${job.environment}`,
  };
  const plan = TOY_PLAN;
  const extensions = encodeFulcioExtensions(claims).map((extension, i) => [`fulcio${i}`, extension]);
  const leaf = withExtension(plan.leaf, {
    subjectAltName: encodeSubjectAltName([{ kind: "uri", value: url(job.job_workflow_ref) }]),
    ...Object.fromEntries(extensions),
  });
  const sha256 = new Uint8Array(createHash("sha256").update(file.bytes).digest());
  const subject = { filename: file.filename, sha256 };
  const predicate = predicateType === PUBLISH_PREDICATE_TYPE ? null : {};
  const statement = encodeInTotoStatement(subject, predicateType, predicate);
  return makeWorld({ ...plan, leaf, statement }).attestation;
}

/** The field `attestations` of an upload. */
export function attestationsField(...attestations: readonly Attestation[]): string {
  return JSON.stringify(attestations.map(({ json }) => json));
}
