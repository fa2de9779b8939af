// SPDX-License-Identifier: Apache-2.0
import { countermark, type Demo, freshEnvironment, holds, theWorld } from "./demo.ts";
import { expectInstalled, pipArguments, userFolder } from "./tell-installing.ts";

/** Chapter 8: everything is stopped and started again. */
export async function tellRestart(demo: Demo): Promise<void> {
  const { story } = demo;
  const packages = await demo.packages;
  story.chapter("Stopped, and started again");
  await story.step("every process ends and starts from what it had written", async () => {
    const world = theWorld(demo);
    const before = await world.readHead();
    await world.stop();
    await world.start();
    const after = await world.readHead();
    story.say(`head before: size ${before.size}, root ${before.root}`);
    story.say(`head after:  size ${after.size}, root ${after.root}`);
    holds(
      after.size > before.size || (after.size === before.size && after.root === before.root),
      "no step back",
    );
  });
  await story.step("one more install works", async () => {
    const environment = await freshEnvironment(demo, "after-restart");
    const wanted = packages.projects[0]?.name ?? "";
    const run = await countermark(demo, pipArguments(environment, [wanted]), { cwd: userFolder(demo) });
    story.quote("countermark install", run.output);
    await expectInstalled(demo, environment, packages);
    holds(/as before/.test(run.output), 'the words "as before"');
  });
}
