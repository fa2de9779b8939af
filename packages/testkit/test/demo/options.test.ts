// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { readOptions } from "../../src/demo/options.ts";

test("readOptions: everything below .demo unless told otherwise", () => {
  assert.deepEqual(readOptions([]), { dir: resolve(".demo"), keep: false, offline: false });
  assert.deepEqual(readOptions(["--dir", "/x", "--keep", "--offline"]), {
    dir: "/x",
    keep: true,
    offline: true,
  });
});

test("readOptions: help is no run", () => {
  assert.equal(readOptions(["--help"]), null);
});

test("readOptions: a mistyped option is refused", () => {
  assert.throws(() => readOptions(["--kep"]), TypeError);
  assert.throws(() => readOptions(["dir"]), TypeError);
});
