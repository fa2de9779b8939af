// SPDX-License-Identifier: Apache-2.0
// The whole chain, end to end, on real packages. `npm run demo -- --help`
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Demo, prepareDemo } from "./demo.ts";
import { DEMO_HELP, type DemoOptions, readOptions } from "./options.ts";
import { StepFailed, type Story, tellStory } from "./story.ts";
import { tellDecisions } from "./tell-decisions.ts";
import { tellInstalling } from "./tell-installing.ts";
import { tellPackages } from "./tell-packages.ts";
import { tellPublishing } from "./tell-publishing.ts";
import { tellRefusals } from "./tell-refusals.ts";
import { tellRestart } from "./tell-restart.ts";
import { tellUpstream } from "./tell-upstream.ts";
import { tellWorld } from "./tell-world.ts";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | null;
  try {
    options = readOptions(args);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${DEMO_HELP}`);
    return 2;
  }
  if (options === null) {
    process.stdout.write(DEMO_HELP);
    return 0;
  }
  const story = tellStory((line) => process.stdout.write(`${line}\n`));
  const held = await runDemo(options, story);
  process.stdout.write(`\ndemo: ${story.held} steps held, ${story.failed} failed\n`);
  return held ? 0 : 1;
}

/** Tells the story from its beginning to the first step that does not hold, and stops every process in any case. */
async function runDemo(options: DemoOptions, story: Story): Promise<boolean> {
  const worldDir = join(options.dir, "world");
  rmSync(worldDir, { recursive: true, force: true });
  mkdirSync(join(options.dir, "cache"), { recursive: true });
  mkdirSync(worldDir, { recursive: true, mode: 0o700 });
  const demo = prepareDemo(options, worldDir, story);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      // Children are killed on the way out.
      process.stdout.write(
        `\nstopped by ${signal}\ndemo: ${story.held} steps held, ${story.failed + 1} failed\n`,
      );
      process.exit(1);
    });
  }
  const complete = await tellEverything(demo);
  await demo.world?.stop();
  const held = complete && story.failed === 0;
  if (held && !options.keep) rmSync(worldDir, { recursive: true, force: true });
  else process.stdout.write(`\nEverything that was written, logs included, is in ${worldDir}\n`);
  return held;
}

async function tellEverything(demo: Demo): Promise<boolean> {
  try {
    await tellWorld(demo);
    await tellPackages(demo);
    await tellPublishing(demo);
    await tellDecisions(demo);
    await tellInstalling(demo);
    await tellRefusals(demo);
    await tellUpstream(demo);
    await tellRestart(demo);
    return true;
  } catch (error) {
    if (!(error instanceof StepFailed)) {
      await demo.story.independentStep("the story goes on", () => Promise.reject(error));
    }
    return false;
  }
}
