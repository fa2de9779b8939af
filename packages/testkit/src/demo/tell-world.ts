// SPDX-License-Identifier: Apache-2.0

import { createProcessWorld } from "../process-world.ts";
import { type Demo, holds } from "./demo.ts";

/** Chapter 1: processes with keys of their own, on loopback. */
export async function tellWorld(demo: Demo): Promise<void> {
  const { story } = demo;
  story.chapter("The world starts: processes with keys of their own, on this machine only");
  await story.step("an issuer, an authority, an index, three witnesses and an auditor answer", async () => {
    story.say(`all state is below ${demo.dir}`);
    const world = await createProcessWorld(demo.dir, { onStarted: (line) => story.say(line) });
    demo.world = world;
    await world.start();
  });
  await story.step("who is believed is written down in one file, pinned by its digest", async () => {
    const world = demo.world;
    holds(world !== null, "a world");
    story.say(`${world?.trustFile}`);
    story.say(`sha256 ${world?.trustDigest}`);
    for (const line of (world?.policy ?? "").split("\n").filter((part) => part !== ""))
      story.say(`  ${line}`);
  });
}
