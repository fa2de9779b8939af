// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type BuiltFile,
  buildWheel,
  type ClientRun,
  jobEnvironment,
  type ProcessWorld,
  publisherOf,
  type RegisteredJob,
  registerJob,
  releaseJob,
  runClient,
  toyProject,
} from "@countermark/testkit";

/** One run of a CI job that has built and attested its file, and has yet to upload it. */
export interface CiRun {
  readonly version: string;
  readonly file: BuiltFile;
  /** PEP 740, parsed. */
  readonly attestation: unknown;
  /** A new upload token, by a new identity token of the same run; null when it cannot be had now. */
  exchangeToken(): Promise<string | null>;
}

/** Registers the publisher of a project, before there is trouble. */
export async function registerPublisher(world: ProcessWorld, project: string): Promise<void> {
  await world.manage("projects", {
    project,
    publishers: [publisherOf(world.issuerUrl, claimsOf(project, 0))],
  });
}

/** Runs a job of `project` up to its upload: the authority and the issuer are not what is under attack. */
export async function startCiRun(
  world: ProcessWorld,
  dir: string,
  project: string,
  number: number,
): Promise<CiRun> {
  const version = `${number}.0`;
  const file = buildWheel(toyProject(project, version));
  const folder = join(dir, "dist", version);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, file.filename);
  writeFileSync(path, file.bytes);
  const job = await registerJob(world.issuerUrl, claimsOf(project, number), fetch);
  const signed = await countermark(world, job, ["sign", path]);
  if (signed.status !== 0) throw new Error(`Cannot attest ${path}: ${signed.output}`);
  return {
    version,
    file,
    attestation: JSON.parse(readFileSync(`${path}.publish.attestation`, "utf8")),
    async exchangeToken() {
      const run = await countermark(world, job, ["exchange-token"]);
      return run.status === 0 ? run.stdout.trim() : null;
    },
  };
}

function claimsOf(project: string, run: number): ReturnType<typeof releaseJob> {
  return releaseJob(`example/${project}`, { runId: String(1_000 + run) });
}

async function countermark(
  world: ProcessWorld,
  job: RegisteredJob,
  args: readonly string[],
): Promise<ClientRun> {
  return await runClient(args, {
    fetch: (url, init) => fetch(url, init),
    now: () => Math.floor(Date.now() / 1_000),
    env: {
      COUNTERMARK_TRUST: `${world.trustFile}#sha256=${world.trustDigest}`,
      COUNTERMARK_INDEX: world.indexUrl,
      COUNTERMARK_SIGNING_CONFIG: world.authorityUrl,
      ...jobEnvironment(job),
    },
  });
}
