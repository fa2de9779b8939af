// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { filePath, parseRoute, projectPath } from "../src/route.ts";

test("parseRoute: a project's address, with and without its slash, in any spelling of the name", () => {
  const wanted = { project: "sample-project", filename: null };
  for (const path of ["/project/sample-project/", "/project/sample-project", "/project/Sample_Project/"]) {
    assert.deepEqual(parseRoute(path), wanted);
  }
});

test("parseRoute: a file's address comes back", () => {
  const filename = "a b-1.0+local.1-py3-none-any.whl";
  assert.deepEqual(parseRoute(filePath("a-b", filename)), { project: "a-b", filename });
  assert.deepEqual(parseRoute(projectPath("a-b")), { project: "a-b", filename: null });
});

for (const path of [
  "/",
  "/project/",
  "/projects/a/",
  "/project/a/b/c",
  "/project/-a/",
  "/project/%ff/",
  "/project/a%2fb/",
]) {
  test(`parseRoute: ${path} is no page's address`, () => assert.equal(parseRoute(path), null));
}
