// SPDX-License-Identifier: Apache-2.0
import { countermark, type Demo, holds, runCountermark } from "./demo.ts";
import { distFiles } from "./tell-publishing.ts";

/** Chapter 7: what the publisher, and anyone, can check. */
export async function tellUpstream(demo: Demo): Promise<void> {
  const { story } = demo;
  const { projects } = await demo.packages;
  const [first] = projects;
  if (first === undefined) throw new Error("the story needs a project");
  story.chapter("Upstream and audit");
  await story.step(
    `\`countermark check-mine\` tells the publisher of ${first.name} that the index hosts exactly his files`,
    async () => {
      const run = await countermark(demo, ["check-mine", ...distFiles(demo, first)]);
      story.quote("countermark check-mine", run.output);
    },
  );
  await story.step("with one of his files left out, it names the one that he did not give", async () => {
    const run = await runCountermark(demo, ["check-mine", ...distFiles(demo, first).slice(0, 1)]);
    story.quote("countermark check-mine", run.output);
    holds(run.status === 1, `exit status 1, found ${run.status}`);
  });
  await story.step(
    "`countermark audit`, by anybody and without a token, replays the ledger: every entry legal, every attestation valid, the state as cosigned",
    async () => {
      const run = await countermark(demo, ["audit"]);
      story.quote("countermark audit", run.output);
    },
  );
}
