// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { StepFailed, tellStory } from "../../src/demo/story.ts";

test("tellStory: counts what held and what did not", async () => {
  const lines: string[] = [];
  const story = tellStory((line) => void lines.push(line));
  story.chapter("One");
  assert.equal(await story.step("this holds", async () => 7), 7);
  await assert.rejects(
    story.step("this does not", () => Promise.reject(new Error("because"))),
    StepFailed,
  );
  await story.independentStep("nor does this", () => Promise.reject(new Error("either")));
  assert.deepEqual([story.held, story.failed], [1, 2]);
  assert.ok(lines.some((line) => line.includes("DID NOT HOLD: because")));
  assert.ok(lines.some((line) => line.includes("1.3 nor does this")));
});

test("tellStory: quotes without colours, and without a runner's secrets", () => {
  const lines: string[] = [];
  const start = String.fromCharCode(27);
  tellStory((line) => void lines.push(line)).quote(
    "tool",
    `${start}[33mWARNING${start}[0m x\n::add-mask::secret\n`,
  );
  assert.deepEqual(lines, ["      tool> WARNING x"]);
});
