// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { optionValue, readUvCommand } from "../../src/drive/uv-command.ts";

const read = (text: string) => readUvCommand("uv", text.split(" "), "/here");

test("readUvCommand: the command is found behind options, and where it works", () => {
  const call = read("--directory there -q --project ../p pip install -r x.txt a");
  assert.deepEqual([call.name, call.folder, call.project], ["pip install", "/here/there", "/here/p"]);
  assert.deepEqual(call.args.slice(-3), ["-r", "x.txt", "a"]);
  assert.equal(read("--directory=/else sync").folder, "/else");
});

for (const [words, name, args, script] of [
  ["run --with a -- python -c -i", "run", ["--with", "a"], null],
  ["run tool.py -i x", "run", [], "tool.py"],
  ["run -s tool -i x", "run", ["-s"], "tool"],
  ["run --with-requirements r.txt pytest -f", "run", ["--with-requirements", "r.txt"], null],
  ["tool run --from a b -c x", "tool run", ["--from", "a"], null],
  ["lock --script tool.py", "lock", ["--script", "tool.py"], "tool.py"],
] as const) {
  test(`readUvCommand: uv ${words}`, () => {
    const call = read(words);
    assert.deepEqual([call.name, call.args, call.script], [name, args, script]);
  });
}

test("readUvCommand: uvx is `uv tool run`", () => {
  assert.deepEqual(readUvCommand("uvx", ["-q", "ruff", "-i"], "/").name, "tool run");
  assert.deepEqual(readUvCommand("uvx", ["-q", "ruff", "-i"], "/").args, ["-q"]);
});

test("optionValue: in the same word or the next one, and the last one counts", () => {
  assert.equal(optionValue(["--target", "a", "--target=b"], "--target", "-t"), "b");
  assert.equal(optionValue(["-ta"], "--target", "-t"), "a");
  assert.equal(optionValue(["--to=a"], "--target", "-t"), null);
});
