// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  buildWheel,
  type ProcessWorld,
  publisherOf,
  type RegisteredJob,
  toyProject,
  wheelFilename,
} from "@countermark/testkit";
import { sleep } from "../sleep.ts";
import { type Town, VICTIMS } from "../town.ts";
import {
  countermark,
  publish,
  type Reply,
  SAMPLE,
  sampleClaims,
  startSampleJob,
  upload,
} from "./operations.ts";

/** What the operations of one row work with: things that were published before, and names that nobody used yet. */
export interface Stage {
  readonly town: Town;
  readonly world: ProcessWorld;
  readonly dir: string;
  /** The row's own project, with two files. */
  readonly project: string;
  readonly token: string;
  /** A filename of the project. */
  readonly toYank: string;
  /** That nothing was published under yet. */
  readonly version: string;
  readonly job: RegisteredJob;
  /** A file of the sample project, with its receipt beside it. */
  readonly published: {
    readonly path: string;
    readonly filename: string;
    readonly sha256: string;
    readonly receipt: string;
  };
  /** What a row changes for the client. */
  readonly clientEnvironment: Record<string, string>;
}

/** What every row shares. */
export interface Ground {
  readonly town: Town;
  readonly dir: string;
  readonly token: string;
  readonly published: Stage["published"];
}

const BACK_MS_MAX = 60_000;

/** Publishes the sample project once, as a CI job does. */
export async function prepareGround(town: Town, dir: string): Promise<Ground> {
  const { world } = town;
  const { token } = await world.createAccount("owner");
  const publisher = publisherOf(world.issuerUrl, sampleClaims(0));
  await world.manage("projects", { project: SAMPLE, publishers: [publisher] });
  const built = buildWheel(toyProject(SAMPLE, "1.0.0"));
  const folder = join(dir, "published");
  mkdirSync(folder, { recursive: true });
  const path = join(folder, built.filename);
  writeFileSync(path, built.bytes);
  const sha256 = createHash("sha256").update(built.bytes).digest("hex");
  const published = { path, filename: built.filename, sha256, receipt: `${path}.tlog-proof` };
  const job = await startSampleJob(world.issuerUrl, 0);
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: job.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: job.requestToken,
    CI: "true",
    GITHUB_ACTIONS: "true",
  };
  const run = await countermark(
    { world, dir, clientEnvironment: {} },
    ["publish", "--receipts", folder, path],
    env,
  );
  if (run.status !== 0) throw new Error(`cannot publish the sample project: ${run.output}`);
  return { town, dir, token, published };
}

/** A project for row `number` with two files, and a job that is running already. */
export async function prepareStage(ground: Ground, number: number): Promise<Stage> {
  const { town, dir, token, published } = ground;
  const { world } = town;
  const project = `row-${number}`;
  const stage: Stage = {
    town,
    world,
    dir,
    project,
    token,
    toYank: wheelFilename(toyProject(project, "0.2")),
    version: `2.${number}`,
    job: await startSampleJob(world.issuerUrl, number),
    published,
    clientEnvironment: {},
  };
  for (const version of ["0.1", "0.2"])
    await completed(`preparing ${project}`, stage, () => upload({ ...stage, version }));
  return stage;
}

/** Everything runs, and what could not be done is done now. @throws when something is not back in time */
export async function bringBack(stage: Stage): Promise<void> {
  const { world, project } = stage;
  await completed("the upload that waited", stage, () => upload(stage));
  await completed("publishing from CI", stage, async () => {
    const job = await startSampleJob(world.issuerUrl, Number(project.slice("row-".length)) + 500);
    return await publish({ ...stage, job, version: `${stage.version}.1`, clientEnvironment: {} });
  });
}

/** Tries until it works, and keeps every process running, as whoever supervises them does. */
export async function completed(words: string, stage: Stage, attempt: () => Promise<Reply>): Promise<void> {
  const deadline = performance.now() + BACK_MS_MAX;
  for (;;) {
    await keepRunning(stage.town);
    const reply = await attempt();
    // A quarantined project takes no files; that it says so shows that the ledger is there.
    if (reply.kind === "works" || /not-open|not shown/.test(reply.words)) return;
    if (performance.now() > deadline) throw new Error(`${words} is not back: ${reply.kind}, ${reply.words}`);
    await sleep(200);
  }
}

export async function keepRunning(town: Town): Promise<void> {
  for (const name of VICTIMS) if (!town.isRunning(name)) await town.start(name).catch(() => {});
  for (const name of ["issuer", "authority"]) {
    if (!town.world.service(name).isRunning()) await town.world.startService(name);
  }
}

/** What the operator reads of the index since `from` bytes of its log: the last thing it said. */
export function operatorWords(stage: Stage, from: number): string {
  const lines = readFileSync(indexLog(stage), "utf8").slice(from).split("\n");
  return lines.filter((line) => /^(index|countermark-index)\b/.test(line)).at(-1) ?? "";
}

export function indexLogLength(stage: Stage): number {
  return statSync(indexLog(stage)).size;
}

function indexLog({ world }: Stage): string {
  return world.service("index").logFile;
}
