// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOutput } from "../../src/show/output.ts";

function capture(colours: boolean, json: boolean) {
  const seen = { out: "", err: "" };
  const output = createOutput(
    {
      stdout: (text) => {
        seen.out += text;
      },
      stderr: (text) => {
        seen.err += text;
      },
      colours,
    },
    json,
  );
  return { seen, output };
}

test("createOutput: with --json only the document is on standard output", () => {
  const { seen, output } = capture(true, true);
  output.say(output.paint("good", "line"));
  output.progress("work");
  output.result({ a: 1 });
  assert.deepEqual(JSON.parse(seen.out), { a: 1 });
  assert.equal(seen.err, "line\nwork\n");
});

test("createOutput: without --json the document is not printed", () => {
  const { seen, output } = capture(false, false);
  output.say("line");
  output.result({ a: 1 });
  assert.equal(seen.out, "line\n");
});

test("createOutput: colours only where they are wanted", () => {
  for (const [colours, shown] of [
    [false, "x y\n"],
    [true, "\u001b[31mx\u001b[39m y\n"],
  ] as const) {
    const { seen, output } = capture(colours, false);
    output.say(`${output.paint("bad", "x")} y`);
    assert.equal(seen.out, shown);
  }
});

for (const colours of [false, true]) {
  test(`createOutput: a stranger's control characters do not reach the terminal, ${colours ? "with" : "without"} colours`, () => {
    const { seen, output } = capture(colours, false);
    output.say("a\u001b]0;title\u0007b\u202ec\rd\n  attested by somebody else");
    output.progress("hidden:\u001b[8m all of this\u200b");
    assert.equal(seen.out, "a?]0;title?b?c?d?  attested by somebody else\n");
    assert.equal(seen.err, "hidden:?[8m all of this?\n");
  });
}

test("createOutput: what a stranger put into a painted word is no colour of ours", () => {
  const { seen, output } = capture(true, false);
  output.say(output.paint("bad", "x\u001b[8m\u001b[32my"));
  assert.equal(seen.out, "\u001b[31mx?[8m?[32my\u001b[39m\n");
});

test("createOutput: what was noted is in the document, also in an error's", () => {
  const { seen, output } = capture(false, true);
  output.note("seen", [1]);
  output.result({ error: {} });
  assert.deepEqual(JSON.parse(seen.out), { error: {}, seen: [1] });
});
