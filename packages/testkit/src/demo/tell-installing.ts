// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Environment, scrubbedEnvironment } from "../python.ts";
import { runToolOrThrow } from "../run-tool.ts";
import type { SamplePackages } from "../sample-packages.ts";
import { countermark, type Demo, freshEnvironment, holds } from "./demo.ts";

/** Chapter 5: unmodified installers behind the verifying proxy. */
export async function tellInstalling(demo: Demo): Promise<void> {
  const { story } = demo;
  const packages = await demo.packages;
  const wanted = packages.projects[0]?.name ?? "";
  const lock = lockFile(demo);
  mkdirSync(userFolder(demo), { recursive: true });
  story.chapter("Installing: unmodified pip and uv, behind the verifying proxy");
  await story.step(
    `\`countermark install ${wanted}\` drives pip; the first use of each identity is locked`,
    async () => {
      holds(!existsSync(lock), "no countermark.lock yet");
      const environment = await freshEnvironment(demo, "first-pip");
      expectWords(await installWithPip(demo, environment, [wanted]), packages);
      await expectInstalled(demo, environment, packages);
      holds(existsSync(lock), "a countermark.lock");
      story.say(`${lock}: ${readFileSync(lock).length} bytes`);
    },
  );
  await story.step("the second install, into another environment, says: as before", async () => {
    const environment = await freshEnvironment(demo, "second-pip");
    const before = readFileSync(lock, "utf8");
    const output = await installWithPip(demo, environment, [wanted]);
    await expectInstalled(demo, environment, packages);
    holds(/as before/.test(output), 'the words "as before"');
    holds(readFileSync(lock, "utf8") === before, "the lock unchanged");
  });
  const tools = await demo.tools;
  if (tools === null) {
    story.say("uv could not be fetched: its part is left out");
    return;
  }
  await story.step(
    `\`countermark run -- uv pip install ${wanted}\`: the same, with the same lock`,
    async () => {
      const environment = await freshEnvironment(demo, "first-uv");
      const output = await installWithUv(demo, environment, tools.uv, [wanted]);
      await expectInstalled(demo, environment, packages);
      holds(/as before/.test(output), 'the words "as before"');
    },
  );
}

/** The folder of the person who installs: the lock lives in it. */
export function userFolder(demo: Demo): string {
  return join(demo.dir, "user");
}

export function lockFile(demo: Demo): string {
  return join(userFolder(demo), "countermark.lock");
}

export function pipArguments(environment: Environment, wanted: readonly string[]): readonly string[] {
  return ["install", "--python", environment.python, "--no-cache-dir", ...wanted];
}

export function uvArguments(
  environment: Environment,
  uv: string,
  wanted: readonly string[],
): readonly string[] {
  return ["run", "--", uv, "pip", "install", "--no-cache", "--python", environment.python, ...wanted];
}

/** For each file what is known: attested but for the one project that came with a plain API token. */
function expectWords(output: string, packages: SamplePackages): void {
  const attested = packages.projects.filter((project) => project.way !== "api-token").length;
  const count = (words: RegExp): number => output.match(words)?.length ?? 0;
  holds(count(/^ +attested by /gm) === attested, `${attested} files attested`);
  holds(count(/^ +not attested$/gm) === packages.projects.length - attested, "the others not attested");
  const all = packages.projects.length;
  holds(output.trimEnd().endsWith(`${all} installed: ${all} verified`), "a last line that says the coverage");
}

async function installWithPip(
  demo: Demo,
  environment: Environment,
  wanted: readonly string[],
): Promise<string> {
  const run = await countermark(demo, pipArguments(environment, wanted), { cwd: userFolder(demo) });
  demo.story.quote("countermark install", run.output);
  return run.output;
}

async function installWithUv(
  demo: Demo,
  environment: Environment,
  uv: string,
  wanted: readonly string[],
): Promise<string> {
  const run = await countermark(demo, uvArguments(environment, uv, wanted), { cwd: userFolder(demo) });
  demo.story.quote("countermark run", run.output);
  return run.output;
}

/** Asks the environment itself what it has: every project, in the version that was published. */
export async function expectInstalled(
  demo: Demo,
  environment: Environment,
  packages: SamplePackages,
): Promise<void> {
  const script = "import importlib.metadata as m, sys; print([m.version(n) for n in sys.argv[1:]])";
  const names = packages.projects.map((project) => project.name);
  const run = await runToolOrThrow(environment.python, ["-I", "-c", script, ...names], {
    env: scrubbedEnvironment(demo.home),
  });
  const wanted = `[${packages.projects.map((project) => `'${project.version}'`).join(", ")}]`;
  holds(
    run.stdout.trim() === wanted,
    `${names.join(", ")} in the versions ${wanted}, found ${run.stdout.trim()}`,
  );
  demo.story.say(`the environment has ${packages.projects.map((p) => `${p.name} ${p.version}`).join(", ")}`);
}
