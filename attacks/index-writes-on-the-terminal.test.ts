// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import {
  attack,
  buildWheel,
  download,
  lyingAbout,
  sampleWorld,
  toyProject,
  whileLying,
} from "@countermark/testkit";

const FORGED = "no\u001b[8m\u001b[1A\r\n1 installed: 1 verified\n\u202e";

attack(
  {
    by: "index",
    tries: "answers with words that write a line of their own on the terminal, or hide one",
    stoppedBy: "what a stranger wrote is printed without control characters: a line of ours stays one line",
    noticedBy: "the user",
    when: "when it is printed",
  },
  async (t) => {
    const world = await sampleWorld(t);
    const detail = JSON.stringify({ detail: FORGED });
    const refusal = () =>
      new Response(detail, {
        status: 400,
        statusText: "Bad",
        headers: { "content-type": "application/json" },
      });
    const check = (output: string): void => {
      assert.doesNotMatch(output, /^1 installed/m);
      assert.doesNotMatch(output, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    };
    await t.test("as the answer to an upload", async () => {
      const run = await whileLying(world.network, "index.test", lyingAbout("/legacy/", refusal), () =>
        world.publish({ ...world.claims, runId: "2" }, [buildWheel(toyProject("sampleproject", "1.1.0"))]),
      );
      check(run.output);
      t.saw("the publisher", run.output, /installed/);
    });
    await t.test("as the answer to an installation", async () => {
      const run = await whileLying(world.network, "index.test", lyingAbout("/map/", refusal), () =>
        download(world.createClient(), "sampleproject"),
      );
      check(run.output);
      t.saw("the user", run.output, /installed/);
    });
  },
);
