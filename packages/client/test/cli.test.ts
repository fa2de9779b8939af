// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli } from "../src/cli.ts";
import { fakeFetch, fakeWorld, json, toyToken } from "./world.ts";

const COMMANDS = [
  "publish",
  "release",
  "sign",
  "exchange-token",
  "verify",
  "install",
  "run",
  "proxy",
  "check-mine",
  "audit",
  "inspect",
];
const nowhere = fakeFetch({});

for (const command of COMMANDS) {
  test(`runCli: ${command} --help says how it is used, with an example`, async () => {
    const world = fakeWorld(nowhere);
    assert.equal(await runCli([command, "--help"], world), 0);
    assert.match(world.text(), new RegExp(`Usage: countermark ${command}`));
    assert.match(world.text(), /Examples:\n {2}\$ /);
  });
}

for (const [claim, args] of [
  ["a mistyped option is refused", ["publish", "--indx", "https://x", "a"]],
  ["a mistyped option before the command is refused", ["--indx", "https://x", "publish", "a"]],
  ["a command that does not exist is refused", ["instal", "requests"]],
  ["a missing argument is refused", ["verify"]],
  ["an argument too many is refused", ["verify", "a", "b"]],
  ["no command at all is refused", []],
] as const) {
  test(`runCli: ${claim} with status 2`, async () => {
    const world = fakeWorld(nowhere);
    assert.equal(await runCli(args, world), 2);
    assert.equal(world.text(), "");
  });
}

test("runCli: an error is one line with its code, and one document with --json", async () => {
  const world = fakeWorld(nowhere);
  assert.equal(await runCli(["exchange-token", "--json"], world), 2);
  assert.match(world.errors(), /^countermark: Cannot choose an index.*\[no-index\]\n$/);
  assert.deepEqual(JSON.parse(world.text()).error.code, "no-index");
});

test("runCli: the index must be https, unless it is this machine", async () => {
  for (const url of [
    "http://index.example",
    "ftp://index.example",
    "http://user:pw@index.example",
    "index",
  ]) {
    assert.equal(await runCli(["exchange-token", "--index", url], fakeWorld(nowhere)), 2);
  }
});

test("runCli: an option after the command beats the one before, and both beat the environment", async () => {
  const token = toyToken({ aud: "index" });
  const fetch = fakeFetch({
    "GET https://c.example/_/oidc/audience": () => json({ audience: "index" }),
    "POST https://c.example/_/oidc/mint-token": () =>
      json({ success: true, token: "pypi-secret", expires: 1_790_000_900 }),
  });
  const world = fakeWorld(fetch, { COUNTERMARK_INDEX: "https://a.example", COUNTERMARK_ID_TOKEN: token });
  assert.equal(
    await runCli(["--index", "https://b.example", "exchange-token", "--index", "https://c.example/"], world),
    0,
  );
  assert.equal(world.text(), "pypi-secret\n");
});

test("runCli: a server that is not there gives status 3", async () => {
  const world = fakeWorld(nowhere);
  assert.equal(await runCli(["exchange-token", "--index", "https://a.example"], world), 3);
  assert.match(world.errors(), /\[unreachable\]/);
});

test("runCli: a file that is not there gives status 2", async () => {
  assert.equal(await runCli(["inspect", "/nowhere/at/all"], fakeWorld(nowhere)), 2);
});
