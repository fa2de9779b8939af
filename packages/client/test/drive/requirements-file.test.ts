// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { readRequirementLines, splitWords } from "../../src/drive/requirements-file.ts";

const read = (text: string | Buffer, env = {}) =>
  readRequirementLines(Buffer.from(text as string), env)?.map(({ number, words }) => [number, ...words]);

for (const [claim, text, lines] of [
  ["comments and empty lines are gone", "# x\n\na # -i y\n", [[3, "a"]]],
  ["a fragment is no comment", "a#b\n", [[1, "a#b"]]],
  [
    "a line goes on behind a backslash",
    "--in\\\ndex-url x\nb\n",
    [
      [1, "--index-url", "x"],
      [3, "b"],
    ],
  ],
  [
    "a comment does not go on",
    "a\\\n# b\\\nc\n",
    [
      [1, "a"],
      [3, "c"],
    ],
  ],
  [
    "a comment that goes on hides the next line from pip alone",
    "a # b\\\n-i x\n",
    [
      [2, "-i", "x"],
      [1, "a"],
    ],
  ],
  ["the last line may end in a backslash", "a\\", [[1, "a"]]],
  [
    "Python's other line ends are line ends",
    "a\fb\x85c\u2028d\re",
    [
      [1, "a"],
      [2, "b"],
      [3, "c"],
      [4, "d"],
      [5, "e"],
    ],
  ],
  ["the mark of UTF-8 is gone", "\ufeff-i x\n", [[1, "-i", "x"]]],
] as const) {
  test(`readRequirementLines: ${claim}`, () => assert.deepEqual(read(text), lines));
}

const variable = (name: string) => `\${${name}}`;

test("readRequirementLines: a variable is what the environment has, if it has something", () => {
  assert.deepEqual(
    read(`${variable("A")} ${variable("B")} ${variable("C")} ${variable("d")}`, { A: "-i x", B: "" }),
    [[1, "-i", "x", variable("B"), variable("C"), variable("d")]],
  );
});

for (const [claim, bytes] of [
  ["UTF-16", Buffer.from("\ufeffa", "utf16le")],
  ["UTF-32, whose mark begins with two zeros", Buffer.from([0, 0, 0xfe, 0xff, 0, 0, 0, 0x61])],
  ["a declared encoding", Buffer.from("#\n# -*- coding: utf-7 -*-\na\n")],
] as const) {
  test(`readRequirementLines: ${claim} is not read`, () => assert.equal(read(bytes), undefined));
}

test("readRequirementLines: a declared encoding that reads options as UTF-8 does is read", () => {
  assert.deepEqual(read("# coding: utf-8\na\n"), [[2, "a"]]);
  assert.deepEqual(read("a\nb\n# coding: utf-7\n"), [
    [1, "a"],
    [2, "b"],
  ]);
});

test("splitWords: quotes and backslashes are taken away as a shell does", () => {
  assert.deepEqual(splitWords(`"--index"'-url' a\\ b "c\\"d" 'e`), ["--index-url", "a b", 'c"d', "e"]);
});
