// SPDX-License-Identifier: Apache-2.0
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type RegisteredJob, registerJob, releaseJob } from "../ci-job.ts";
import type { ProcessWorld } from "../process-world.ts";
import {
  type Environment,
  fetchPip,
  fetchTools,
  findPython,
  makeEnvironment,
  type Python,
  type PythonTools,
  scrubbedEnvironment,
} from "../python.ts";
import { ROOT } from "../root.ts";
import { runTool, type ToolRun } from "../run-tool.ts";
import { fetchPackages, type SamplePackages } from "../sample-packages.ts";
import type { DemoOptions } from "./options.ts";
import type { Story } from "./story.ts";

/** What the chapters share. The world appears in the first one. */
export interface Demo {
  readonly options: DemoOptions;
  readonly story: Story;
  /** Made anew for this run. */
  readonly dir: string;
  /** Home of every tool that is driven: empty but for what they put there. */
  readonly home: string;
  /** Being fetched while the world starts. */
  readonly python: Promise<Python>;
  readonly pip: Promise<{ readonly folder: string; readonly version: string }>;
  readonly tools: Promise<PythonTools | null>;
  readonly packages: Promise<SamplePackages>;
  world: ProcessWorld | null;
}

/** Starts to fetch what the story needs; waits for nothing. */
export function prepareDemo(options: DemoOptions, dir: string, story: Story): Demo {
  const home = join(dir, "home");
  mkdirSync(home, { recursive: true });
  const cache = join(options.dir, "cache");
  const python = findPython();
  const demo: Demo = {
    options,
    story,
    dir,
    home,
    python,
    pip: python.then((found) => fetchPip(found, cache, options.offline)),
    tools: python.then((found) => fetchTools(found, cache, options.offline)),
    packages: python.then((found) => fetchPackages(found, cache, options.offline)),
    world: null,
  };
  // Each is awaited by the chapter that needs it; until then a failure must not end the process.
  for (const promise of [demo.python, demo.pip, demo.tools, demo.packages]) promise.catch(() => undefined);
  return demo;
}

export function theWorld(demo: Demo): ProcessWorld {
  if (demo.world === null) throw new Error("the world has not started");
  return demo.world;
}

/** Runs the `countermark` command as its own process, as a user or a CI job would. */
export function runCountermark(
  demo: Demo,
  args: readonly string[],
  extra: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ToolRun> {
  const world = theWorld(demo);
  const env = scrubbedEnvironment(demo.home, {
    COUNTERMARK_TRUST: `${world.trustFile}#sha256=${world.trustDigest}`,
    COUNTERMARK_INDEX: world.indexUrl,
    COUNTERMARK_SIGNING_CONFIG: world.authorityUrl,
    COUNTERMARK_CA: world.caFile,
    ...extra.env,
  });
  const main = join(ROOT, "packages/client/src/main.ts");
  return runTool(process.execPath, ["--conditions=source", main, ...args], {
    env,
    cwd: extra.cwd ?? demo.dir,
  });
}

/** As `runCountermark`, for a command that must succeed. */
export async function countermark(
  demo: Demo,
  args: readonly string[],
  extra: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<ToolRun> {
  const run = await runCountermark(demo, args, extra);
  if (run.status !== 0) {
    throw new Error(
      `countermark ${args[0] ?? ""} ended with status ${run.status}:\n${run.output.slice(-3_000)}`,
    );
  }
  return run;
}

/** Starts a CI job in the repository that publishes `project`: `<project>-authors/<project>`. */
export function startJob(demo: Demo, project: string, run = "1"): Promise<RegisteredJob> {
  const claims = releaseJob(`${project}-authors/${project}`);
  return registerJob(theWorld(demo).issuerUrl, { ...claims, runId: `${claims.runId}${run}` }, fetch);
}

/** A fresh environment with a pip in it, and nothing else. */
export async function freshEnvironment(demo: Demo, name: string): Promise<Environment> {
  const [python, pip] = await Promise.all([demo.python, demo.pip]);
  return makeEnvironment(python, join(demo.dir, "environments", name), pip.folder);
}

/** Throws unless `claim` is true. */
export function holds(claim: boolean, sentence: string): void {
  if (!claim) throw new Error(`wanted: ${sentence}`);
}
