// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { steady } from "../src/steady-words.ts";

const DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

for (const [claim, text, words] of [
  ["a digest in hex", `seen SHA-256 ${DIGEST}.`, "seen SHA-256 <digest>."],
  [
    "a digest in base64",
    `root ${Buffer.from(DIGEST, "hex").toString("base64")} and more`,
    "root <digest> and more",
  ],
  ["a time", "since 2026-03-01T12:00:00Z, or 1772366400", "since <time>, or <time>"],
  ["a port", "http://127.0.0.1:43121/simple/", "http://127.0.0.1:<port>/simple/"],
  [
    "a proxy's secret path",
    "http://127.0.0.1:43121/bm8gc2VjcmV0IGhlcmU/simple/",
    "http://127.0.0.1:<port>/<secret>/simple/",
  ],
  ["a folder of this run", `in "${tmpdir()}/world-a1B2/dist-x9/a.whl": no`, 'in "<dir>/a.whl": no'],
  ["a duration that was measured", "after 1.25 s, not 30 s", "after <n> s, not 30 s"],
  ["several lines", "one\n  two\n", "one two"],
  ["a repository's path, however long", "example/a-very-long-name/.github/workflows/release.yml", null],
  ["a size and a version", "expected 1013 bytes of sampleproject-1.0.0-py3-none-any.whl", null],
] as const) {
  test(`steady: ${claim}`, () => assert.equal(steady(text), words ?? text));
}

test("steady: of what is too long, the middle is cut out, and it shows", () => {
  const words = steady(`begin ${"word ".repeat(100)}[code]`);
  assert.ok(words.length <= 360 && words.includes(" … "), words);
  assert.ok(words.startsWith("begin word") && words.endsWith("word [code]"), words);
});
